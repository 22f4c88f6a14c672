"""Against real servers on this machine: honest, slow, dripping, endless, redirecting and silent ones."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from oxreel.network.connection import Reach
from oxreel.webhooks.exchange import Answer, post
from support.receiver import Receiver, Reply

HERE = Reach(("127.0.0.1",), 10.0)
HEADERS = {"webhook-id": "msg_1", "webhook-signature": "v1,eA=="}


def send(url: str, reach: Reach = HERE) -> Answer:
    return post(url, HEADERS, '{"type":"x"}', reach)


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """The URL of a server that says whatever `talk` writes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            try:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    talk(connection)
            except OSError:
                return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    thread.join(5)
    assert not thread.is_alive()


def test_the_message_arrives_whole_with_its_headers() -> None:
    with Receiver() as receiver:
        assert send(f"{receiver.url}?a=b") == Answer(200)
        [got] = receiver.received
    assert (got.path, got.body) == ("/hook?a=b", b'{"type":"x"}')
    assert got.headers["content-type"] == "application/json"
    assert got.headers["host"] in receiver.url
    assert {name: got.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_every_2xx_is_a_success(status: int) -> None:
    with Receiver(Reply(status, body=b"")) as receiver:
        assert send(receiver.url) == Answer(status)


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
def test_other_statuses_are_none_and_say_so(status: int) -> None:
    with Receiver(Reply(status, body=b"the inside of a network")) as receiver:
        answer = send(receiver.url)
    assert answer == Answer(status, f"answered with status {status}")
    assert answer.is_gone == (status == 410)


def test_a_redirect_into_the_inside_is_not_followed() -> None:
    with Receiver() as inside, Receiver(Reply(307, {"Location": inside.url})) as receiver:
        answer = send(receiver.url, Reach((receiver.url.split("/")[2],), 10.0))
        assert answer == Answer(307, "answered with status 307; redirects are not followed")
        assert inside.received == []


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120.0),
        (" 7 ", 7.0),
        ("9" * 400, 999999999.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_the_peace_that_an_endpoint_asks_for_is_read(said: str, seconds: float | None) -> None:
    with Receiver(Reply(503, {"Retry-After": said})) as receiver:
        assert send(receiver.url).retry_after == (None if seconds is None else pytest.approx(seconds, abs=300))


@pytest.mark.parametrize(("hours", "seconds"), [(1, 3600.0), (-1, 0.0)])
def test_the_peace_may_be_a_date(hours: int, seconds: float) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)
    with Receiver(Reply(503, {"Retry-After": until})) as receiver:
        assert send(receiver.url).retry_after == pytest.approx(seconds, abs=300)


@pytest.mark.parametrize("url", ["https://127.0.0.1:{port}/", "https://localhost:{port}/"])
def test_a_private_host_is_not_even_connected_to(url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        answer = send(url.format(port=listener.getsockname()[1]), Reach((), 10.0))
        with pytest.raises(TimeoutError):
            listener.accept()
    assert answer.status_code is None
    assert "is not on the public internet" in str(answer.error)


def test_a_name_that_leads_inside_is_refused_without_saying_where() -> None:
    answer = send("https://hooks.example/", Reach((), 10.0, lambda *_: ["10.0.0.7", "fd00::1"]))
    assert answer == Answer(error="the host 'hooks.example' is not on the public internet")


def test_plain_http_is_refused_at_each_attempt_too() -> None:
    assert "is not an https:// URL" in str(send("http://hooks.example/", Reach((), 10.0)).error)


def test_an_unknown_host_a_host_that_is_none_and_a_closed_port_are_said() -> None:
    def unknown(*_: object) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert send("https://no.example/", Reach((), 10.0, unknown)).error == "Name or service not known"
    assert send(f"https://{'a' * 64}.example/").error == "not a host name"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert send(f"http://127.0.0.1:{port}/").error == "Connection refused"


def test_an_endpoint_that_closes_at_once_is_said() -> None:
    with raw_server(lambda _: None) as url:
        assert send(url) == Answer(error="what came is not an answer in HTTP")


def test_nothing_of_what_is_no_answer_is_told() -> None:
    with raw_server(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.9\r\n")) as url:
        assert send(url) == Answer(error="what came is not an answer in HTTP")


def test_an_endpoint_that_says_nothing_is_left_when_the_time_is_up() -> None:
    over = threading.Event()

    def say_nothing(_: socket.socket) -> None:
        over.wait(5)

    with raw_server(say_nothing) as url:
        assert send(url, Reach(("127.0.0.1",), 0.4)) == Answer(error="no answer within 0.4 s")
        over.set()


def test_an_endpoint_that_drips_its_answer_is_left_when_the_whole_time_is_up() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        for _ in range(200):
            connection.sendall(b"x")
            time.sleep(0.02)

    with raw_server(drip) as url:
        assert send(url, Reach(("127.0.0.1",), 0.5)) == Answer(error="no answer within 0.5 s")


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\n"]
)
def test_of_a_huge_body_little_is_read_and_the_status_counts(head: bytes) -> None:
    sent = 0

    def flood(connection: socket.socket) -> None:
        nonlocal sent
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        connection.sendall(head)
        while True:
            sent += connection.send(b"x" * 65536)

    with raw_server(flood) as url:
        assert send(url) == Answer(200)
    assert sent < 20_000_000


def test_a_body_that_drips_does_not_hold_the_place_for_long() -> None:
    dripped = 0
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        nonlocal dripped
        connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 1000\r\n\r\n")
        while dripped < 300 and not over.wait(0.05):
            connection.sendall(b"x")
            dripped += 1

    with raw_server(drip) as url:
        assert send(url, Reach(("127.0.0.1",), 60.0)) == Answer(202)
        over.set()
    assert dripped < 300

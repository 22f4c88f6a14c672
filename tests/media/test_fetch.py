"""Against real servers on this machine: honest, slow, endless, lying and redirecting ones."""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from oxreel.errors import BadReference
from oxreel.media.fetch import fetch
from oxreel.media.limits import Limits

TLS = Path(__file__).parent / "tls"
LIMITS = Limits(fetch_seconds=10, fetch_redirects=3, allow_hosts=("127.0.0.1",))
LARGEST = 1_000_000


class Site(BaseHTTPRequestHandler):
    """Answers by path."""

    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, dict[str, str]]]

    def do_GET(self) -> None:
        self.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        if self.path.startswith("/redirect?"):
            self.answer(302, b"", Location=unquote(self.path.partition("?")[2]))
        elif self.path == "/gzip":
            self.answer(200, gzip.compress(b"\0" * 10_000_000), **{"Content-Encoding": "gzip"})
        elif self.path == "/missing":
            self.answer(404, b"no")
        elif self.path == "/chunked":
            self.answer_chunked(b"x" * 1000, 3)
        elif self.path == "/endless":
            self.answer_chunked(b"x" * 65536, 10_000)
        else:
            self.answer(200, self.path.encode())

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer_chunked(self, piece: bytes, times: int) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for _ in range(times):
                self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing: tests speak for themselves."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Nothing: a client that hangs up is what some tests are about."""


@contextmanager
def site(tls: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[tuple[str, dict[str, str]]]]]:
    """The port of a running site, and the requests that it has seen."""
    seen: list[tuple[str, dict[str, str]]] = []
    server = Server(("127.0.0.1", 0), type("ThisSite", (Site,), {"seen": seen}))
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_port, seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def web() -> Iterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    with site() as (port, seen):
        yield f"http://127.0.0.1:{port}", seen


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


def refusal(url: str, target: Path, limits: Limits = LIMITS, **more: Callable[[str, int], list[str]]) -> str:
    with pytest.raises(BadReference) as caught:
        fetch(url, target, "input_image", LARGEST, limits, **more)
    assert caught.value.message.startswith("input_image: ")
    return caught.value.message


Web = tuple[str, list[tuple[str, dict[str, str]]]]


def test_a_file_is_fetched_whole(web: Web, tmp_path: Path) -> None:
    url, seen = web
    for path, body in (("/a%20b.png?x=1&y=%2F", b"/a%20b.png?x=1&y=%2F"), ("/chunked", b"x" * 3000)):
        fetch(url + path, tmp_path / "out", "input_image", LARGEST, LIMITS)
        assert (tmp_path / "out").read_bytes() == body
    assert seen[0][1]["accept-encoding"] == "identity"
    assert seen[0][1]["host"] == url.removeprefix("http://")


def test_a_url_with_letters_that_no_request_line_can_have_is_encoded(web: Web, tmp_path: Path) -> None:
    fetch(web[0] + '/süß/"x" y.png', tmp_path / "out", "input_image", LARGEST, LIMITS)
    assert (tmp_path / "out").read_bytes() == b"/s%C3%BC%C3%9F/%22x%22%20y.png"


def test_a_redirect_is_followed_and_too_many_are_not(web: Web, tmp_path: Path) -> None:
    url, _ = web
    fetch(f"{url}/redirect?{url}/there", tmp_path / "out", "input_image", LARGEST, LIMITS)
    assert (tmp_path / "out").read_bytes() == b"/there"
    fetch(f"{url}/redirect?/relative", tmp_path / "out", "input_image", LARGEST, LIMITS)
    assert (tmp_path / "out").read_bytes() == b"/relative"
    chain = "/there"
    for _ in range(4):
        chain = f"/redirect?{quote(chain)}"
    assert "redirects more than 3 times" in refusal(url + chain, tmp_path / "out")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "localhost", "127.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.169.254"],
)
def test_a_private_host_is_refused_without_being_connected_to(address: str, web: Web, tmp_path: Path) -> None:
    url, seen = web
    message = refusal(f"http://{address}:{url.rpartition(':')[2]}/x", tmp_path / "out", replace(LIMITS, allow_hosts=()))
    assert "is not on the public internet" in message
    assert seen == []
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "inside", ["http://localhost:1/", "http://169.254.169.254/latest", "http://[::1]/", "//10.0.0.1/x"]
)
def test_a_redirect_to_a_private_host_is_refused(inside: str, web: Web, tmp_path: Path) -> None:
    only_this_port = replace(LIMITS, allow_hosts=(web[0].removeprefix("http://"),))
    assert "is not on the public internet" in refusal(f"{web[0]}/redirect?{inside}", tmp_path / "out", only_this_port)


@pytest.mark.parametrize("elsewhere", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/"])
def test_a_redirect_to_another_scheme_is_refused(elsewhere: str, web: Web, tmp_path: Path) -> None:
    assert "not an http(s) URL" in refusal(f"{web[0]}/redirect?{elsewhere}", tmp_path / "out")


def test_a_name_is_looked_up_once_and_the_connection_goes_to_that_very_address(web: Web, tmp_path: Path) -> None:
    url, seen = web
    port = int(url.rpartition(":")[2])
    answers = iter([["127.0.0.1"], ["127.0.0.99"]])  # rebinding: the second answer would lead elsewhere
    asked: list[str] = []

    def resolve(host: str, _: int) -> list[str]:
        asked.append(host)
        return next(answers)

    fetch(f"http://rebind.example:{port}/x", tmp_path / "out", "input_image", LARGEST, LIMITS, resolve=resolve)
    assert asked == ["rebind.example"]
    assert seen[0][1]["host"] == f"rebind.example:{port}"


def test_a_name_that_answers_with_private_addresses_is_refused(tmp_path: Path) -> None:
    message = refusal("http://inside.example/", tmp_path / "out", resolve=lambda *_: ["10.0.0.7", "fd00::1"])
    assert "'inside.example' is not on the public internet" in message
    assert "10.0.0.7" not in message  # what the inside of the network looks like is nobody's business


def test_of_several_addresses_the_refused_ones_are_passed_over(web: Web, tmp_path: Path) -> None:
    port = web[0].rpartition(":")[2]
    addresses = ["10.255.255.1", "127.0.0.1"]
    fetch(f"http://mixed.example:{port}/y", tmp_path / "out", "f", LARGEST, LIMITS, resolve=lambda *_: addresses)
    assert (tmp_path / "out").read_bytes() == b"/y"


@pytest.mark.parametrize("allowed", ["films.example", "films.example:{port}"])
def test_an_allowed_host_may_be_private(allowed: str, web: Web, tmp_path: Path) -> None:
    port = web[0].rpartition(":")[2]
    limits = replace(LIMITS, allow_hosts=(allowed.format(port=port),))
    fetch(f"http://FILMS.example:{port}/z", tmp_path / "out", "f", LARGEST, limits, resolve=lambda *_: ["127.0.0.1"])
    assert (tmp_path / "out").read_bytes() == b"/z"
    assert "public" in refusal(
        f"http://other.example:{port}/z", tmp_path / "out", limits, resolve=lambda *_: ["127.0.0.1"]
    )


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("file:///etc/passwd", "not an http(s) URL"),
        ("ftp://example.com/x.png", "not an http(s) URL"),
        ("x.png", "not an http(s) URL"),
        ("", "not an http(s) URL"),
        ("http://user:pass@127.0.0.1/x", "user name or password"),
        ("http://user@127.0.0.1/x", "user name or password"),
        ("http://", "no host"),
        ("http://127.0.0.1:0/", "no host or port"),
        ("http://127.0.0.1:99999/", "is not a URL"),
        ("http://[::1/", "is not a URL"),
        ("http://" + "a" * 300 + ".ü/", "is not a host name"),
        ("http://" + "a" * 64 + ".example/", "not a host name"),
        ("http://127.0.0.1/" + "a" * 9000, "9017 characters"),
    ],
)
def test_what_is_no_fetchable_url_is_refused(url: str, why: str, tmp_path: Path) -> None:
    assert why in refusal(url, tmp_path / "out")


def test_an_unknown_host_and_a_closed_port_are_said(tmp_path: Path) -> None:
    def unknown(_: str, __: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert "Name or service not known" in refusal("http://no.example/", tmp_path / "out", resolve=unknown)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert "could not be fetched from '127.0.0.1'" in refusal(f"http://127.0.0.1:{port}/", tmp_path / "out")


def test_an_answer_that_is_not_the_file_is_refused(web: Web, tmp_path: Path) -> None:
    assert "status 404" in refusal(web[0] + "/missing", tmp_path / "out")
    assert "compressed (gzip)" in refusal(web[0] + "/gzip", tmp_path / "out")


def test_a_file_that_says_it_is_too_large_is_not_read(tmp_path: Path) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 12345678\r\n\r\n")

    with raw_server(talk) as url:
        assert "the file is 12.3 MB; at most 1 MB are allowed" in refusal(url, tmp_path / "out")


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\n"])
def test_a_file_that_never_ends_is_cut_off_at_the_limit(head: bytes, tmp_path: Path) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(b"x" * 65536)

    with raw_server(talk) as url:
        assert "the file is larger; at most 1 MB" in refusal(url, tmp_path / "out")
    assert (tmp_path / "out").stat().st_size <= LARGEST


def test_endless_chunks_are_cut_off_at_the_limit(web: Web, tmp_path: Path) -> None:
    assert "the file is larger" in refusal(web[0] + "/endless", tmp_path / "out")


def drip(pieces: list[bytes]) -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)
        for _ in range(100):  # two seconds: a test that fails must end, too
            connection.sendall(b"x")
            time.sleep(0.02)

    return talk


@pytest.mark.parametrize(
    "said",
    [
        [],  # the status line itself never ends
        [b"HTTP/1.1 200 OK\r\nX-Long: "],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n"],
    ],
)
def test_a_server_that_drips_is_left_when_the_whole_time_is_up(said: list[bytes], tmp_path: Path) -> None:
    with raw_server(drip(said)) as url:
        message = refusal(url, tmp_path / "out", replace(LIMITS, fetch_seconds=0.4))
    assert "took longer than 0.4 s" in message


def wait(event: threading.Event) -> None:
    event.wait(5)


def test_a_server_that_says_nothing_is_left_when_the_time_is_up(tmp_path: Path) -> None:
    gone = threading.Event()
    with raw_server(lambda _: wait(gone)) as url:
        assert "took longer than 0.3 s" in refusal(url, tmp_path / "out", replace(LIMITS, fetch_seconds=0.3))
        gone.set()


def test_endless_informational_answers_are_left_when_the_time_is_up(tmp_path: Path) -> None:
    def talk(connection: socket.socket) -> None:
        while True:
            connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")
            time.sleep(0.005)

    with raw_server(talk) as url:
        assert "took longer" in refusal(url, tmp_path / "out", replace(LIMITS, fetch_seconds=0.4))


@pytest.mark.parametrize(
    "nonsense",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: " + b"b" * 200_000 + b"\r\n\r\n",
    ],
)
def test_what_is_not_http_is_refused(nonsense: bytes, tmp_path: Path) -> None:
    with raw_server(lambda connection: connection.sendall(nonsense)) as url:
        assert "could not be fetched from '127.0.0.1'" in refusal(url, tmp_path / "out")


def test_no_proxy_of_the_environment_is_used(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    fetch(web[0] + "/direct", tmp_path / "out", "f", LARGEST, LIMITS)
    assert (tmp_path / "out").read_bytes() == b"/direct"


def test_tls_is_checked_against_the_name_though_the_connection_is_made_to_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(TLS / "certificate.pem", TLS / "key.pem")
    with site(server) as (port, _):
        url = f"https://films.example:{port}/secure"
        said = refusal(url, tmp_path / "out", resolve=lambda *_: ["127.0.0.1"])
        assert "CERTIFICATE_VERIFY_FAILED" in said or "certificate" in said
        monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "certificate.pem"))
        fetch(url, tmp_path / "out", "f", LARGEST, LIMITS, resolve=lambda *_: ["127.0.0.1"])
        assert (tmp_path / "out").read_bytes() == b"/secure"
        other = url.replace("films", "other")
        assert "other.example" in refusal(other, tmp_path / "out", resolve=lambda *_: ["127.0.0.1"])

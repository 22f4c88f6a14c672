"""Who gets the first user's key from the hub's own page."""

import contextlib
import http.client
import os
import socket
import sys
from collections.abc import Callable

import httpx
import pytest

from oxreel.workbench.session import host_name, is_loopback, socket_owner
from support.hub import RunningHub

PATH = "/ai/workbench/session"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}

linux_only = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells who owns a socket; elsewhere nobody is signed in"
)


def ask(hub: RunningHub, **headers: str) -> httpx.Response:
    """As the page asks, but for what a test changes; an empty text leaves a header out."""
    sent = {
        "Host": f"127.0.0.1:{hub.port}",
        **OWN_PAGE,
        **{name.replace("_", "-"): text for name, text in headers.items()},
    }
    return httpx.get(hub.url + PATH, headers={name: text for name, text in sent.items() if text}, trust_env=False)


@linux_only
def test_the_hubs_own_page_on_its_own_machine_is_signed_in(hub: RunningHub) -> None:
    answer = ask(hub)
    assert answer.status_code == 200
    assert answer.json() == {"api_key": hub.key}
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers


@linux_only
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"])
def test_every_name_of_the_machine_itself_will_do(hub: RunningHub, host: str) -> None:
    assert ask(hub, Host=f"{host}:{hub.port}").status_code == 200


@pytest.mark.parametrize(
    ("why", "headers"),
    [
        ("another site's page asks", {"Sec_Fetch_Site": "cross-site"}),
        ("a page of another port asks", {"Sec_Fetch_Site": "same-site"}),
        ("no browser asks", {"Sec_Fetch_Site": ""}),
        ("a domain was rebound to this machine", {"Host": "evil.example"}),
        ("a domain only looks like this machine", {"Host": "localhost.evil.example"}),
        ("a domain begins with an address", {"Host": "127.0.0.1.evil.example:80"}),
        ("a proxy stands between", {"X_Forwarded_For": "203.0.113.7"}),
        ("a proxy stands between", {"Forwarded": "for=203.0.113.7"}),
        ("a proxy stands between", {"X_Real_IP": "127.0.0.1"}),
        ("a proxy stands between", {"Via": "1.1 proxy"}),
    ],
)
def test_nobody_is_signed_in_when(hub: RunningHub, why: str, headers: dict[str, str]) -> None:
    answer = ask(hub, **headers)
    assert answer.status_code == 403, why
    assert answer.json()["status_message"] == "forbidden"
    assert hub.key not in answer.text


def test_a_hub_that_others_can_reach_signs_nobody_in(start_hub: Callable[..., RunningHub]) -> None:
    hub = start_hub(OXREEL_HOST="0.0.0.0")
    assert ask(hub).status_code == 403


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can act as another user")
@linux_only
def test_another_user_of_the_machine_gets_nothing_whatever_it_sends(hub: RunningHub) -> None:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", hub.port)) as connection:
        connection.connect()
        os.fchown(connection.sock.fileno(), 65534, -1)
        connection.request("GET", PATH, headers=OWN_PAGE)
        assert connection.getresponse().status == 403


@linux_only
def test_a_sockets_owner_is_known_only_for_that_very_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            own = client.getsockname()[1]
            assert socket_owner(own, port) == os.geteuid()
            assert socket_owner(own, port + 1) is None
            assert socket_owner(port, 1) is None


@pytest.mark.parametrize(
    ("header", "name"),
    [("127.0.0.1:8000", "127.0.0.1"), ("[::1]:8000", "::1"), ("localhost", "localhost"), ("", ""), ("[", "")],
)
def test_the_host_header_is_read_without_its_port(header: str, name: str) -> None:
    assert host_name(header) == name


def test_only_the_machine_itself_is_loopback() -> None:
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]")))
    others = ("", "0.0.0.0", "::", "10.0.0.1", "localhost.", "127.0.0.1.nip.example", "0177.0.0.1")
    assert not any(map(is_loopback, others))

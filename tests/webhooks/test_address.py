import pytest

from oxreel.errors import InvalidParams
from oxreel.network.connection import Reach
from oxreel.webhooks import check_address

PUBLIC = Reach((), 1.0)
ALLOWING = Reach(("hooks.inside", "127.0.0.1", "films.inside:8443"), 1.0)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example/oxreel",
        "https://hooks.example:8443/a/b?token=x%20y&z",
        "https://93.184.215.14/",
        "https://[2606:4700:4700::1111]/x",
        "https://bücher.example/",
    ],
)
def test_a_public_https_url_is_taken(url: str) -> None:
    check_address("webhook_url", url, PUBLIC)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://hooks.example/", "is not an https:// URL"),
        ("ftp://hooks.example/", "is not an http(s) URL"),
        ("hooks.example", "is not an http(s) URL"),
        ("", "is not an http(s) URL"),
        ("https://", "names no host"),
        ("https://hooks.example:0/", "names no host or port"),
        ("https://hooks.example:99999/", "is not a URL"),
        ("https://me:secret@hooks.example/", "user name or password"),
        ("https://hooks.example/a b", "blanks"),
        ("https://hooks.example/\r\nX: y", "blanks"),
        ("https://hooks.example/" + "a" * 2048, "at most 2048"),
        ("https://127.0.0.1/", "not on the public internet"),
        ("https://[::1]/", "not on the public internet"),
        ("https://10.0.0.7:8443/", "not on the public internet"),
        ("https://169.254.169.254/latest", "not on the public internet"),
    ],
)
def test_what_nobody_may_be_sent_to_is_refused_with_the_field(url: str, why: str) -> None:
    with pytest.raises(InvalidParams) as caught:
        check_address("webhook_url", url, PUBLIC)
    assert caught.value.message.startswith("webhook_url: ")
    assert why in caught.value.message
    assert "secret" not in caught.value.message
    may_be_allowed = why in ("is not an https:// URL", "not on the public internet")
    assert ("OXREEL_WEBHOOK_ALLOW_HOSTS" in caught.value.message) == may_be_allowed


@pytest.mark.parametrize(
    "url", ["http://hooks.inside/", "https://HOOKS.inside:1/", "http://127.0.0.1:5000/", "http://films.inside:8443/"]
)
def test_hosts_that_the_operator_allows_may_be_private_and_without_tls(url: str) -> None:
    check_address("webhook_url", url, ALLOWING)


@pytest.mark.parametrize("url", ["http://films.inside/", "http://127.0.0.2/"])
def test_allowing_one_host_allows_no_other(url: str) -> None:
    with pytest.raises(InvalidParams):
        check_address("webhook_url", url, ALLOWING)

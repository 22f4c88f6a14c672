import ipaddress
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oxreel.network.addresses import is_public, look_up, look_up_within


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "8.8.8.8", "2606:4700:4700::1111", "2a00:1450::1"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.1",
        "0.0.0.0",
        "0.1.2.3",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2002:808:808::1",
        "2001::1",
        "2001:db8::1",
        "3fff::1",
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700::1%1",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "100::1",
        "5f00::1",
        "",
        "localhost",
        "2130706433",
        "127.1",
    ],
)
def test_every_other_address_is_not(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses())
def test_nothing_that_python_calls_private_is_public(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert not is_public(str(address))


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_hides_in_an_ipv6_one(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for wrapped in (0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80, number):
        assert not is_public(str(ipaddress.IPv6Address(wrapped)))


def test_odd_spellings_of_an_address_are_looked_up_to_what_they_mean() -> None:
    for spelling in ("127.1", "2130706433", "0x7f000001", "127.0.0.1"):
        assert look_up(spelling, 80) == ["127.0.0.1"]


def test_a_look_up_that_hangs_is_left_behind() -> None:
    def hang(_: str, __: int) -> list[str]:
        time.sleep(30)
        return []

    with pytest.raises(TimeoutError):
        look_up_within(hang, "slow.example", 80, 0.05)

"""What counts as the public internet, by values and against every spelling that a resolver may take."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from araldo.addresses import check_public_target, is_numeric_host, is_public, untrusted_url
from araldo.errors import Rejected

_CLOSED = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.9.9.9",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "2001::1",
    "2001:db8::1",
    "3fff::1",
    "100::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "5f00::1",
    "4000::1",
]
_OPEN = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.0.1",
    "172.32.0.1",
    "192.167.0.1",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]


@pytest.mark.parametrize("address", _CLOSED)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", _OPEN)
def test_the_rest_is(address: str) -> None:
    assert is_public(address)


@given(st.integers(0, 2**32 - 1))
def test_an_address_carried_by_ipv6_is_judged_as_itself(number: int) -> None:
    plain = is_public(str(IPv4Address(number)))
    for carrier in (0xFFFF << 32, 0x64FF9B << 96, 0x2002 << 112):
        shift = 80 if carrier == 0x2002 << 112 else 0
        assert is_public(str(IPv6Address(carrier | number << shift))) is plain


@given(st.integers(0, 2**32 - 1), st.sampled_from(["{0}", "0x{0:x}", "0{0:o}", "{1}.{2}", "0x{1:x}.{2}", "0{1:o}.{2}"]))
def test_every_spelling_that_the_system_takes_for_a_number_is_seen_as_one(number: int, shape: str) -> None:
    text = shape.format(number, number >> 24, number & 0xFFFFFF)
    assert socket.inet_aton(text) == number.to_bytes(4, "big")
    assert is_numeric_host(text)
    # Not the usual spelling: refused whatever it means.
    assert not is_public(text)


@pytest.mark.parametrize("name", ["example.com", "0x.example", "1.2.3.4.nip.io", "a1", "xn--0x", "0xg"])
def test_names_are_not_numbers(name: str) -> None:
    assert not is_numeric_host(name)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "url_invalid"),
        ("picture.jpg", "url_invalid"),
        ("//example.com/a", "url_invalid"),
        ("ftp://example.com/a", "url_invalid"),
        ("file:///etc/passwd", "url_invalid"),
        ("data:image/png;base64,AAAA", "url_invalid"),
        ("gopher://127.0.0.1:6379/_x", "url_invalid"),
        ("http://", "url_invalid"),
        ("http://[::1", "url_invalid"),
        ("http://example.com:99999/", "url_invalid"),
        ("http://example.com:0/", "url_invalid"),
        ("http://example.com/" + "a" * 5000, "url_invalid"),
        ("http://user@example.com/", "url_has_credentials"),
        ("http://:secret@example.com/", "url_has_credentials"),
    ],
)
def test_urls_that_are_refused_before_anything_is_looked_up(url: str, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        untrusted_url(url)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "１２７.０.０.１",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
    ],
)
def test_no_spelling_of_this_machine_passes(host: str) -> None:
    with pytest.raises(Rejected) as caught:
        check_public_target(untrusted_url(f"http://{host}/latest/meta-data"))
    assert caught.value.code in {"address_not_public", "url_invalid"}


def test_only_the_webs_own_ports_pass() -> None:
    check_public_target(URL("https://example.com/"))
    check_public_target(URL("https://example.com:80/"))
    check_public_target(URL("http://1.1.1.1/"))
    for port in (22, 25, 6379, 8080):
        with pytest.raises(Rejected) as caught:
            check_public_target(URL(f"http://example.com:{port}/"))
        assert caught.value.code == "port_not_allowed"

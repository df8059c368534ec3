"""What counts as the public internet, by values and against every spelling that a resolver may take."""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from yarl import URL

from araldo.addresses import is_numeric_host, is_public, parse_untrusted_url, require_public_target
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
def test_other_addresses_are_public(address: str) -> None:
    assert is_public(address)


@given(st.integers(0, 2**32 - 1))
def test_an_embedded_ipv4_address_decides(number: int) -> None:
    plain = is_public(str(IPv4Address(number)))
    for carrier in (0xFFFF << 32, 0x64FF9B << 96, 0x2002 << 112):
        shift = 80 if carrier == 0x2002 << 112 else 0
        assert is_public(str(IPv6Address(carrier | number << shift))) is plain


@given(st.integers(0, 2**32 - 1), st.sampled_from(["{0}", "0x{0:x}", "0{0:o}", "{1}.{2}", "0x{1:x}.{2}", "0{1:o}.{2}"]))
def test_every_numeric_spelling_of_an_address_is_detected(number: int, shape: str) -> None:
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
        ("http://@example.com/", "url_has_credentials"),
        ("http://example.com@127.0.0.1/", "url_has_credentials"),
        ("http://example.com\\@127.0.0.1/", "url_invalid"),
        ("http://example.com\\.internal/", "url_invalid"),
        ("http:\\\\example.com/", "url_invalid"),
        ("http://exa\tmple.com/", "url_invalid"),
        ("http://example.com/a\nb", "url_invalid"),
        ("http://example.com/a\r\nHost: 127.0.0.1", "url_invalid"),
        ("\x00http://example.com/", "url_invalid"),
        ("http://example.com/\x7f", "url_invalid"),
        ("http://example.com/\x85", "url_invalid"),
        ("http://example.com/\ud800", "url_invalid"),
        ("http://127%2e0%2e0%2e1/", "url_invalid"),
        ("http://%6c%6f%63%61%6c%68%6f%73%74/", "url_invalid"),
        ("http://exa mple.com/", "url_invalid"),
        ("http://ex\u200bample.com/", "url_invalid"),
        ("http://a\u2100b.example/", "url_invalid"),
        ("http://[fe80::1%25eth0]/", "url_invalid"),
        ("http://[2606:4700:4700::1111%eth0]/", "url_invalid"),
        ("http://[::1].example.com/", "url_invalid"),
        ("http://127.0.0.1[::1]/", "url_invalid"),
        ("http://[v1.a]/", "url_invalid"),
        ("http://example.com:+80/", "url_invalid"),
        ("http://example.com:8_0/", "url_invalid"),
        ("http://example.com:\uff18\uff10/", "url_invalid"),
        ("http://example.com:80:80/", "url_invalid"),
    ],
)
def test_malformed_urls_are_refused_without_a_lookup(url: str, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        parse_untrusted_url(url)
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
def test_no_spelling_of_a_local_address_is_accepted(host: str) -> None:
    with pytest.raises(Rejected) as caught:
        require_public_target(parse_untrusted_url(f"http://{host}/latest/meta-data"))
    assert caught.value.code in {"address_not_public", "url_invalid"}


@pytest.mark.parametrize(
    ("url", "host", "target"),
    [
        ("HTTP://Example.COM", "example.com", "/"),
        ("https://example.com?x=%2F", "example.com", "/?x=%2F"),
        ("https://example.com/a?", "example.com", "/a?"),
        (" https://example.com/a%2fb/../%7e;c?A=%2F&b=a+b%20c#part ", "example.com", "/a%2fb/../%7e;c?A=%2F&b=a+b%20c"),
        ("https://b\u00fccher.example/\u00fc x?q=\u00fc", "xn--bcher-kva.example", "/%C3%BC%20x?q=%C3%BC"),
        ("https://example\u3002com./%", "example.com.", "/%"),
        ("https://[2606:4700:4700::1111]:443/\\a", "2606:4700:4700::1111", "/\\a"),
    ],
)
def test_the_host_is_normalized_and_the_rest_unchanged(url: str, host: str, target: str) -> None:
    parsed = parse_untrusted_url(url)
    assert (parsed.raw_host, parsed.raw_path_qs) == (host, target)


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="#"), max_size=60))
def test_no_byte_of_path_and_query_changes(rest: str) -> None:
    url = f"https://example.com/{rest}"
    parsed = parse_untrusted_url(url)
    assert (parsed.raw_host, parsed.port, parsed.raw_path_qs, str(parsed)) == ("example.com", 443, f"/{rest}", url)


@given(st.text(max_size=30))
@example("example.com@127.0.0.1")
@example("127.0.0.1\\@example.com")
def test_any_authority_gives_a_plain_host_or_is_refused(rest: str) -> None:
    try:
        parsed = parse_untrusted_url(f"http://{rest}")
    except Rejected:
        return
    host = parsed.raw_host or ""
    assert re.fullmatch("[a-z0-9._-]+|[0-9a-f:.]+", host)
    # What any other reader of the finished URL takes for the host is what was judged.
    assert urlsplit(str(parsed)).hostname == host


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("d%2F?y=%2F", "http://example.com/a%2Fb/d%2F?y=%2F"),
        ("../d", "http://example.com/d"),
        ("?z=%2F", "http://example.com/a%2Fb/c?z=%2F"),
        ("/x%2f/../y?", "http://example.com/x%2f/../y?"),
        ("//other.example/z%2F", "http://other.example/z%2F"),
        ("https://other.example/%2F?%2f", "https://other.example/%2F?%2f"),
        ("\\\\other.example", "http://example.com/a%2Fb/\\\\other.example"),
    ],
)
def test_a_redirect_is_resolved_without_rewriting_either_side(location: str, target: str) -> None:
    assert str(parse_untrusted_url(location, parse_untrusted_url("http://example.com/a%2Fb/c?x=%2F"))) == target


def test_only_ports_80_and_443_are_accepted() -> None:
    require_public_target(URL("https://example.com/"))
    require_public_target(URL("https://example.com:80/"))
    require_public_target(URL("http://1.1.1.1/"))
    for port in (22, 25, 6379, 8080):
        with pytest.raises(Rejected) as caught:
            require_public_target(URL(f"http://example.com:{port}/"))
        assert caught.value.code == "port_not_allowed"

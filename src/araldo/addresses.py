"""Which URLs and network addresses an untrusted URL may make this server connect to. Pure."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urljoin, urlsplit

from yarl import URL

from araldo.errors import Rejected
from araldo.messages import Message

_MAX_URL = 4096
# C0, DEL and C1: some parsers drop them, so parsers disagree on where the host ends.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# Exactly one host and at most one port in plain digits: int() would take "+80", "8_0" and digits of any script.
_AUTHORITY = re.compile(r"(\[[^\[\]]+\]|[^:\[\]]+)(:[0-9]{0,5})?")
# A parsed host. No percent sign: host names need no encoding, and a zone id refers to this machine's interfaces.
_NAME = re.compile(r"[a-z0-9._-]+")
_IPV6 = re.compile(r"[0-9a-f:.]*:[0-9a-f:.]*")

# IANA's special-purpose address registry (RFC 6890 as amended). Listed here because `ipaddress.is_global` has changed
# between Python's patch releases.
_BLOCKED_IPV4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        # A public address that is the metadata service of Azure.
        "168.63.129.16/32",
    )
)
_GLOBAL_UNICAST_6 = IPv6Network("2000::/3")
_BLOCKED_IPV6 = tuple(IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "3fff::/20"))
_NAT64 = IPv6Network("64:ff9b::/96")
_6TO4 = IPv6Network("2002::/16")


def is_public(address: str) -> bool:
    """Return whether the address is on the public internet; False for anything but an address in its usual spelling.

    Of an IPv6 address that embeds an IPv4 address (mapped, 6to4, NAT64), the IPv4 address decides.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return _is_public_ipv4(parsed)
    embedded = _embedded_ipv4(parsed)
    if embedded is not None:
        return _is_public_ipv4(embedded)
    return parsed in _GLOBAL_UNICAST_6 and not any(parsed in blocked for blocked in _BLOCKED_IPV6)


def is_public_url(url: str | None) -> bool:
    """Return whether the internet can reach a server at this URL, judged by the URL alone."""
    host = urlsplit(url).hostname if url else None
    if not host or host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return False
    try:
        ip_address(host)
    except ValueError:
        return "." in host
    return is_public(host)


def _is_public_ipv4(address: IPv4Address) -> bool:
    return not any(address in blocked for blocked in _BLOCKED_IPV4)


def _embedded_ipv4(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _6TO4:
        return IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    return None


def is_numeric_host(host: str) -> bool:
    """Return whether a resolver could read `host` as an IPv4 number: decimal, octal, hexadecimal or shortened.

    This is the URL standard's "ends in a number" rule; no public host name ends so.
    """
    last = host.rstrip(".").rpartition(".")[2].lower()
    return last.isdigit() or (last.startswith("0x") and all(digit in "0123456789abcdef" for digit in last[2:]))


def parse_untrusted_url(url: str, base: URL | None = None) -> URL:
    """Parse an untrusted URL into the one object that is checked and requested; `base` resolves a relative redirect.

    The host is parsed and IDNA-encoded. Path and query stay byte for byte as written, because a signature may cover
    them; only spaces and non-ASCII letters are percent-encoded, as in browsers. The fragment is dropped.
    Raises Rejected unless the URL is http(s) without credentials.
    """
    url = url.strip(" ")
    if not url or len(url) > _MAX_URL or _CONTROL.search(url):
        raise refusal("url_invalid")
    try:
        return _parse(url if base is None else _resolve_redirect(url, base))
    except ValueError:
        raise refusal("url_invalid") from None


def _parse(url: str) -> URL:
    """Parse an absolute URL. Raises ValueError when it is malformed, Rejected when it has credentials."""
    written, parsed = URL(url, encoded=True), URL(url)
    authority, host, port = written.raw_authority, parsed.raw_host or "", parsed.port
    if "@" in authority:
        raise refusal("url_has_credentials")
    if parsed.scheme not in ("http", "https") or not port or not _AUTHORITY.fullmatch(authority):
        raise ValueError(url)
    if not (_IPV6 if authority.startswith("[") else _NAME).fullmatch(host):
        raise ValueError(url)
    path, query = _percent_encode(written.raw_path), _percent_encode(written.raw_query_string)
    if not query and "?" in url.partition("#")[0]:
        # yarl drops an empty query, but a signature covers the question mark too.
        path += "?"
    return URL.build(
        scheme=parsed.scheme,
        host=f"[{host}]" if ":" in host else host,
        port=port,
        path=path,
        query_string=query,
        encoded=True,
    )


def _percent_encode(written: str) -> str:
    """Percent-encode only what a request line cannot contain."""
    return quote(written, safe=_PRINTABLE)


def _resolve_redirect(location: str, base: URL) -> str:
    """Resolve a redirect's Location; dot segments are removed only when it is relative to the path."""
    if _SCHEME.match(location):
        return location
    if location.startswith("//"):
        return f"{base.scheme}:{location}"
    if location.startswith("/"):
        return f"{base.scheme}://{base.raw_authority}{location}"
    # Not yarl's `join`, which decodes the base's path.
    return urljoin(str(base), location)


def require_public_target(target: URL) -> None:
    """Raise Rejected for ports other than 80 and 443, and for a literal address that is not public."""
    if target.port not in (80, 443):
        raise refusal("port_not_allowed")
    host = target.host or ""
    # aiohttp does not pass literal addresses to the resolver; unusual spellings of numbers are refused too.
    if (is_numeric_host(host) or ":" in host) and not is_public(host):
        raise refusal("address_not_public")


def refusal(code: str, **values: object) -> Rejected:
    return Rejected(_REFUSALS[code].with_values(**values), service="web", code=code)


_REFUSALS = {
    "url_invalid": Message("addresses.url_invalid"),
    "url_has_credentials": Message("addresses.url_has_credentials"),
    "https_needed": Message("addresses.https_needed"),
    "port_not_allowed": Message("addresses.port_not_allowed"),
    "address_not_public": Message("addresses.address_not_public"),
    "too_many_redirects": Message("addresses.too_many_redirects"),
    "too_big": Message("addresses.too_big"),
}

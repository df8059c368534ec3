"""The server's own URL, accepted host names, own origins and cookie names. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

_THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")
_PORTS = {"http": "80", "https": "443"}
SESSION_COOKIE = "araldo_session"


@dataclass(frozen=True, slots=True)
class Site:
    """`hosts`: lower case, without ports, IPv6 in brackets."""

    own_url: str
    hosts: frozenset[str]

    @property
    def is_https(self) -> bool:
        return self.own_url.startswith("https://")

    @property
    def session_cookie(self) -> str:
        return self.cookie_name(SESSION_COOKIE)

    def cookie_name(self, name: str) -> str:
        """Add `__Host-` behind HTTPS: browsers accept such a cookie only from this host, not from a sibling domain."""
        return f"__Host-{name}" if self.is_https else name

    def is_known_host(self, host_header: str) -> bool:
        """Return whether the Host is known. A DNS rebinding page can only send its own name."""
        return host_of(host_header) in self.hosts

    def is_own_host(self, host_header: str) -> bool:
        """Return whether the Host is that of the server's own URL."""
        return host_of(host_header) == host_of(urlsplit(self.own_url).netloc)

    def is_own_origin(self, origin: str, host_header: str) -> bool:
        """Return whether the origin is that of the own URL, or of the request's Host, which is checked before."""
        try:
            split = urlsplit(origin)
            asked = urlsplit(f"{split.scheme}://{host_header}")
        except ValueError:
            return False
        return split.scheme in _PORTS and _authority(split) in {_authority(asked), _authority(urlsplit(self.own_url))}


def build_site(own_url: str, host: str, allowed: Iterable[str]) -> Site:
    """Build the Site. `host`: the address that the server listens on; `allowed`: further names from the settings."""
    names = [urlsplit(own_url).netloc, f"[{host}]" if ":" in host else host, *allowed, *_THIS_MACHINE]
    return Site(own_url, frozenset(filter(None, map(host_of, names))))


def host_of(authority: str) -> str:
    """Return the host without port, lower case: `[::1]` of `[::1]:8000`, `localhost` of `LOCALHOST:80`."""
    authority = authority.strip().lower()
    if authority.startswith("["):
        return "".join(authority.partition("]")[:2])
    return authority.partition(":")[0].removesuffix(".")


def _authority(split: SplitResult) -> str:
    """Return host and port, with the scheme's default port if none is written."""
    netloc = split.netloc.rpartition("@")[2].lower()
    host = host_of(netloc)
    return f"{host}:{netloc[len(host) :].removeprefix(':') or _PORTS.get(split.scheme, '')}"

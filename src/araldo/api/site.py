"""Where this server is met: its own address, the names that it answers to, and the origins that are its own. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

_THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")
_PORTS = {"http": "80", "https": "443"}
SESSION_COOKIE = "araldo_session"


@dataclass(frozen=True, slots=True)
class Site:
    """`hosts` without ports, in small letters, IPv6 in brackets. `sandbox_url`: set while everything goes there."""

    own_url: str
    hosts: frozenset[str]
    sandbox_url: str | None

    @property
    def is_https(self) -> bool:
        return self.own_url.startswith("https://")

    @property
    def session_cookie(self) -> str:
        return self.cookie_name(SESSION_COOKIE)

    def cookie_name(self, name: str) -> str:
        """Add `__Host-` behind HTTPS: browsers take such a cookie from this very host, and from no sibling domain."""
        return f"__Host-{name}" if self.is_https else name

    def is_known_host(self, host_header: str) -> bool:
        """A page elsewhere can have its own name lead to this machine, but cannot send another name than its own."""
        return host_of(host_header) in self.hosts

    def is_own_host(self, host_header: str) -> bool:
        """Whether that is the name in the own URL: cookies that are set there come back there."""
        return host_of(host_header) == host_of(urlsplit(self.own_url).netloc)

    def is_own_origin(self, origin: str, host_header: str) -> bool:
        """The own URL's, or that of the very address that was asked, which `is_known_host` has checked."""
        try:
            split = urlsplit(origin)
            asked = urlsplit(f"{split.scheme}://{host_header}")
        except ValueError:
            return False
        return split.scheme in _PORTS and _authority(split) in {_authority(asked), _authority(urlsplit(self.own_url))}


def build_site(own_url: str, host: str, allowed: Iterable[str], sandbox_url: str | None) -> Site:
    """`host`: what the server listens on; `allowed`: what an operator adds."""
    names = [urlsplit(own_url).netloc, f"[{host}]" if ":" in host else host, *allowed, *_THIS_MACHINE]
    return Site(own_url, frozenset(filter(None, map(host_of, names))), sandbox_url)


def host_of(authority: str) -> str:
    """`[::1]` of `[::1]:8000`, `localhost` of `LOCALHOST:80`."""
    authority = authority.strip().lower()
    if authority.startswith("["):
        return "".join(authority.partition("]")[:2])
    return authority.partition(":")[0].removesuffix(".")


def _authority(split: SplitResult) -> str:
    """With the port, whether it was written or not."""
    netloc = split.netloc.rpartition("@")[2].lower()
    host = host_of(netloc)
    return f"{host}:{netloc[len(host) :].removeprefix(':') or _PORTS.get(split.scheme, '')}"

"""The connection to a stranger: made to public addresses only, looked at where it is made."""

from __future__ import annotations

import socket
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from araldo.addresses import is_public


class AddressNotPublic(Exception):
    """The address, or one of the name's addresses, is not on the public internet."""


class PublicOnlyResolver(AbstractResolver):
    """Refuses a name as soon as one of its addresses is not public."""

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not all(is_public(one["host"]) for one in found):
            raise AddressNotPublic
        return found

    async def close(self) -> None:
        await self._inner.close()


def _public_socket(address: tuple[Any, ...]) -> socket.socket:
    """The last check, on what is about to be connected to, however it was found."""
    family, kind, protocol, _, (host, *_rest) = address
    if not is_public(host):
        raise AddressNotPublic
    return socket.socket(family, kind, protocol)


def guarded_connector(resolver: AbstractResolver) -> aiohttp.TCPConnector:
    return aiohttp.TCPConnector(
        resolver=PublicOnlyResolver(resolver),
        use_dns_cache=False,
        force_close=True,
        # One address after the other: in a race the guard's refusal would drown among other failures.
        happy_eyeballs_delay=None,
        socket_factory=_public_socket,
    )

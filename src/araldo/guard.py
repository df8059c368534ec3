"""Connections to untrusted hosts: public addresses only, checked when the connection is made."""

from __future__ import annotations

import socket
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from araldo.addresses import is_public


class AddressNotPublic(Exception):
    """The address, or one of the name's addresses, is not public."""


class PublicOnlyResolver(AbstractResolver):
    """Refuses a name when any of its addresses is not public."""

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not all(is_public(address["host"]) for address in found):
            raise AddressNotPublic
        return found

    async def close(self) -> None:
        await self._inner.close()


def _public_socket(address: tuple[Any, ...]) -> socket.socket:
    """Check the address that is about to be connected to, however it was resolved. Raises AddressNotPublic."""
    family, kind, protocol, _, (host, *_rest) = address
    if not is_public(host):
        raise AddressNotPublic
    return socket.socket(family, kind, protocol)


def guarded_connector(resolver: AbstractResolver) -> aiohttp.TCPConnector:
    return aiohttp.TCPConnector(
        resolver=PublicOnlyResolver(resolver),
        use_dns_cache=False,
        force_close=True,
        # One address after the other: in a race AddressNotPublic would be lost among other errors.
        happy_eyeballs_delay=None,
        socket_factory=_public_socket,
    )

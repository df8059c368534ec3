"""Fetching a picture by its URL as Meta's crawler does: robots.txt first, one GET, no redirects, a limit of bytes."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import aiohttp
from yarl import URL

AGENT = "facebookexternalhit/1.1"


class Unreachable(Exception):
    """No picture there: wrong address, refused, not 200, redirected, or closed to robots."""


class TooSlow(Exception):
    pass


class TooLarge(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Fetched:
    data: bytes
    content_type: str


async def fetch(url: str, *, limit: int, timeout_s: float) -> Fetched:
    """At most `limit` bytes within `timeout_s` seconds.

    :raises Unreachable: TooSlow: TooLarge: as they say.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Unreachable from None
    if (
        not url.isascii()
        or not url.isprintable()
        or " " in url
        or parts.scheme not in {"http", "https"}
        or not parts.hostname
    ):
        raise Unreachable
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    try:
        async with aiohttp.ClientSession(timeout=timeout, headers={"User-Agent": AGENT}) as session:
            if not await _allowed(session, f"{parts.scheme}://{parts.netloc}/robots.txt", url):
                raise Unreachable
            return await _get(session, url, limit)
    except TimeoutError:
        raise TooSlow from None
    except (aiohttp.ClientError, OSError, ValueError):
        raise Unreachable from None


async def _allowed(session: aiohttp.ClientSession, robots_url: str, url: str) -> bool:
    """RFC 9309: no robots.txt (4xx) allows everything, a server that fails (5xx) nothing."""
    async with session.get(robots_url) as answer:
        if answer.status >= 500:
            return False
        if answer.status != 200:
            return True
        text = (await answer.content.read(512 * 1024)).decode("utf-8", "replace")
    rules = RobotFileParser(robots_url)
    rules.parse(text.splitlines())
    return rules.can_fetch(AGENT, url)


async def _get(session: aiohttp.ClientSession, url: str, limit: int) -> Fetched:
    # As it is written: a signature in it may cover every byte.
    async with session.get(URL(url, encoded=True), allow_redirects=False) as answer:
        if answer.status != 200:
            raise Unreachable
        data = bytearray()
        async for chunk in answer.content.iter_chunked(65536):
            data += chunk
            if len(data) > limit:
                raise TooLarge
        return Fetched(bytes(data), answer.content_type)

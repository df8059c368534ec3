"""Fetch a picture by URL as a service's crawler does: one GET, no redirects, a size limit."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import aiohttp
from yarl import URL


class PictureUnreachable(Exception):
    """The URL is invalid, refuses, redirects, does not answer 200, or robots.txt forbids it."""


class PictureTooSlow(Exception):
    pass


class PictureTooLarge(Exception):
    pass


@dataclass(frozen=True, slots=True)
class FetchedPicture:
    data: bytes
    content_type: str


async def fetch_picture(url: str, *, limit: int, timeout_s: float, agent: str, robots: bool) -> FetchedPicture:
    """Fetch at most `limit` bytes within `timeout_s` seconds; `robots`: only if robots.txt allows it to `agent`.

    :raises PictureUnreachable: PictureTooSlow: PictureTooLarge: as they say.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        raise PictureUnreachable from None
    if (
        not url.isascii()
        or not url.isprintable()
        or " " in url
        or parts.scheme not in {"http", "https"}
        or not parts.hostname
    ):
        raise PictureUnreachable
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    try:
        async with aiohttp.ClientSession(timeout=timeout, headers={"User-Agent": agent}) as session:
            if robots and not await _is_allowed_by_robots(session, f"{parts.scheme}://{parts.netloc}", url, agent):
                raise PictureUnreachable
            return await _get(session, url, limit)
    except TimeoutError:
        raise PictureTooSlow from None
    except (aiohttp.ClientError, OSError, ValueError):
        raise PictureUnreachable from None


async def _is_allowed_by_robots(session: aiohttp.ClientSession, base: str, url: str, agent: str) -> bool:
    """Whether robots.txt allows the URL. RFC 9309: a 4xx allows everything, a 5xx nothing."""
    robots_url = f"{base}/robots.txt"
    async with session.get(robots_url) as answer:
        if answer.status >= 500:
            return False
        if answer.status != 200:
            return True
        text = (await answer.content.read(512 * 1024)).decode("utf-8", "replace")
    rules = RobotFileParser(robots_url)
    rules.parse(text.splitlines())
    return rules.can_fetch(agent, url)


async def _get(session: aiohttp.ClientSession, url: str, limit: int) -> FetchedPicture:
    # Keep the URL unchanged: a signature may cover every byte of it.
    async with session.get(URL(url, encoded=True), allow_redirects=False) as answer:
        if answer.status != 200:
            raise PictureUnreachable
        data = bytearray()
        async for chunk in answer.content.iter_chunked(65536):
            data += chunk
            if len(data) > limit:
                raise PictureTooLarge
        return FetchedPicture(bytes(data), answer.content_type)

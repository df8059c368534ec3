"""Downloading a picture as Meta's crawler does: from where it says, robots.txt obeyed."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import aiohttp

_AGENT = "facebookexternalhit/1.1"
_MAX_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Got:
    status: int
    content_type: str
    body: bytes


class NotFetched(Exception):
    """`slow`: it took too long; otherwise it was not to be had."""

    def __init__(self, *, slow: bool = False) -> None:
        super().__init__("slow" if slow else "unreachable")
        self.slow = slow


async def fetch(url: str, *, timeout_s: float) -> Got:
    parts = urlsplit(url)
    if not url.isascii() or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NotFetched
    try:
        async with aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=timeout_s), headers={"User-Agent": _AGENT}
        ) as session:
            if not await _may_fetch(session, url, f"{parts.scheme}://{parts.netloc}/robots.txt"):
                raise NotFetched
            async with session.get(url, allow_redirects=False) as answer:
                body = await answer.content.read(_MAX_BYTES)
                while not answer.content.at_eof() and len(body) < _MAX_BYTES:
                    body += await answer.content.read(_MAX_BYTES)
                return Got(answer.status, answer.content_type, body)
    except TimeoutError as late:
        raise NotFetched(slow=True) from late
    except (aiohttp.ClientError, OSError, ValueError) as fault:
        raise NotFetched from fault


async def _may_fetch(session: aiohttp.ClientSession, url: str, robots_url: str) -> bool:
    async with session.get(robots_url) as answer:
        if answer.status != 200:
            return True
        rules = RobotFileParser()
        rules.parse((await answer.text(errors="replace")).splitlines())
    return rules.can_fetch(_AGENT, url)

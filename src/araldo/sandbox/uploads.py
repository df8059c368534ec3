"""Photos that a call on a Page brings along: a file of its multipart body, or the address of one."""

from __future__ import annotations

import asyncio

from araldo.sandbox import pictures
from araldo.sandbox.asks import Ask
from araldo.sandbox.calls import Call
from araldo.sandbox.download import TooLarge, TooSlow, Unreachable, fetch
from araldo.sandbox.replies import GraphError


async def read_picture(ask: Ask, url_parameter: str) -> pictures.Picture:
    """Read and check the photo; a file comes before an address.

    :raises GraphError: 324 when there is none or it is no picture, 100/1366046 when it is too large.
    """
    data = uploaded_file(ask.call)
    if data is None and ask.call.text(url_parameter):
        data = await _download(ask, ask.call.text(url_parameter))
    if data is None:
        raise GraphError(324, message="(#324) Requires upload file")
    return pictures.check_for_facebook(data, await asyncio.to_thread(pictures.read, data))


def uploaded_file(call: Call) -> bytes | None:
    """The part named `source`, else the first file: clients name it as they like (n8n sends `file`)."""
    return call.files.get("source", next(iter(call.files.values()), None))


async def _download(ask: Ask, url: str) -> bytes:
    try:
        timeout = ask.state.switches.fetch_timeout_s
        return (await fetch(url, limit=pictures.FACEBOOK_LARGEST, timeout_s=timeout)).data
    except TooLarge:
        raise GraphError(100, 1366046) from None
    except (TooSlow, Unreachable):
        raise GraphError(324) from None

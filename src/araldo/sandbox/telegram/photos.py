"""Photos: uploaded, by URL, or sent before; and their limits.

Sources: core.telegram.org/bots/api, "Sending files" and sendPhoto (10 MB, 5 MB by URL, width and height at most 10000
together, their ratio at most 20); the texts of the errors are those of the Bot API's server and of TDLib.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from araldo.sandbox.common import pictures
from araldo.sandbox.common.download import PictureTooLarge, PictureTooSlow, PictureUnreachable, fetch_picture
from araldo.sandbox.telegram.calls import TelegramCall, bad_request
from araldo.sandbox.telegram.records import PhotoFile
from araldo.sandbox.telegram.state import new_number

_CRAWLER = "TelegramBot (like TwitterBot)"
_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif", "BMP": "image/bmp"}
_LARGEST_SIDES, _LARGEST_RATIO = 10_000, 20
_WRONG_IDENTIFIER = "wrong remote file identifier specified: can't unserialize it"


async def read_photo(call: TelegramCall, given: Any, part: str) -> PhotoFile:
    """Return the photo of a parameter: the file `part` or `attach://NAME`, a URL, or a file_id."""
    if isinstance(given, str) and given.startswith("attach://"):
        part, given = given.removeprefix("attach://"), None
    if not given:
        file = call.body.files.get(part)
        if file is None:
            raise bad_request("there is no photo in the request")
        return await _store(call, file.data, call.state.settings.photo_size_limit)
    if isinstance(given, str) and given.startswith(("http://", "https://")):
        return await _store(call, await _download(call, given), call.state.settings.photo_url_size_limit)
    known = call.state.files.get(str(given))
    if known is None:
        raise bad_request(_WRONG_IDENTIFIER)
    return known


async def _download(call: TelegramCall, url: str) -> bytes:
    limit, timeout_s = call.state.settings.photo_url_size_limit, call.state.store.settings.fetch_timeout_s
    try:
        fetched = await fetch_picture(url, limit=limit, timeout_s=timeout_s, agent=_CRAWLER, robots=False)
    except (PictureTooLarge, PictureTooSlow, PictureUnreachable):
        raise bad_request("failed to get HTTP URL content") from None
    if not fetched.content_type.startswith("image/"):
        raise bad_request("wrong type of the web page content")
    return fetched.data


async def _store(call: TelegramCall, data: bytes, limit: int) -> PhotoFile:
    if not data:
        raise bad_request("file must be non-empty")
    if len(data) > limit:
        raise bad_request(f"file of size {len(data)} bytes is too big for a photo; the maximum size is {limit} bytes")
    picture = await asyncio.to_thread(pictures.read, data)
    if picture is None or picture.format not in _TYPES:
        raise bad_request("IMAGE_PROCESS_FAILED")
    sides = sorted((picture.width, picture.height))
    if sum(sides) > _LARGEST_SIDES or sides[1] > _LARGEST_RATIO * sides[0]:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    number = new_number(18)
    name = f"AgACAgQAAx{secrets.token_urlsafe(40)}"
    call.state.disk.put_picture(f"telegram_{number}", data)
    photo = PhotoFile(name, number, _TYPES[picture.format], len(data), picture.width, picture.height)
    return call.state.files.save(photo)

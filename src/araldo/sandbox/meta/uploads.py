"""Read the photo of a call to a Page: a file in its multipart body, or a URL."""

from __future__ import annotations

import asyncio

from araldo.sandbox.common import pictures
from araldo.sandbox.common.download import PictureTooLarge, PictureTooSlow, PictureUnreachable, fetch_picture
from araldo.sandbox.common.pictures import DecodedPicture
from araldo.sandbox.meta import picture_rules
from araldo.sandbox.meta.call_context import CallContext
from araldo.sandbox.meta.calls import Call
from araldo.sandbox.meta.replies import GraphError


async def read_picture(context: CallContext, url_parameter: str) -> DecodedPicture:
    """Read and validate the photo; a file takes precedence over a URL.

    :raises GraphError: 324 when there is none or it is not a picture, 100/1366046 when it is too large.
    """
    data = uploaded_file(context.call)
    if data is None and context.call.text(url_parameter):
        data = await _download(context, context.call.text(url_parameter))
    if data is None:
        raise GraphError(324, message="(#324) Requires upload file")
    return picture_rules.check_for_facebook(data, await asyncio.to_thread(pictures.read, data))


def uploaded_file(call: Call) -> bytes | None:
    """Return the part named `source`, else the first file: clients use other names too (n8n sends `file`)."""
    return call.files.get("source", next(iter(call.files.values()), None))


async def _download(context: CallContext, url: str) -> bytes:
    try:
        timeout = context.state.store.settings.fetch_timeout_s
        return (
            await fetch_picture(
                url, limit=picture_rules.FACEBOOK_LARGEST, timeout_s=timeout, agent=picture_rules.CRAWLER, robots=True
            )
        ).data
    except PictureTooLarge:
        raise GraphError(100, 1366046) from None
    except (PictureTooSlow, PictureUnreachable):
        raise GraphError(324) from None

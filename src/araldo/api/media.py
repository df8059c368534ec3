"""Pictures at their signed URLs, without further authentication, so that platforms can fetch them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from fastapi.responses import PlainTextResponse, Response

from araldo.api.dependencies import DependenciesDep
from araldo.api.routing import ResourceRouter
from araldo.errors import Forbidden, NotFound
from araldo.media import store as media_store
from araldo.messages import Message

router = ResourceRouter(tags=["media"])


@router.api_route("/media/{medium_id}.jpg", methods=["GET", "HEAD"], response_class=Response, include_in_schema=False)
async def get_media(
    medium_id: str,
    deps: DependenciesDep,
    expires: Annotated[str, Query()] = "",
    signature: Annotated[str, Query()] = "",
    size: Annotated[Literal["small", "full"], Query()] = "full",
) -> Response:
    """`size`: "small" for lists, at most 480 pixels a side. It is not signed: whoever may see the picture may."""
    if not deps.media_urls.is_valid(medium_id, expires, signature, deps.clock.now()):
        raise Forbidden(Message("media.link_invalid"), code="link_invalid")
    medium = await deps.database.read(lambda transaction: media_store.find(transaction, medium_id))
    if medium is None:
        raise NotFound(Message("media.not_found"))
    try:
        if size == "small":
            data, mime = await deps.thumbnails.get(medium)
        else:
            data, mime = await deps.blobs.get(medium.digest), medium.mime
    except FileNotFoundError as lost:
        raise NotFound(Message("media.not_found")) from lost
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type=mime, headers=headers)


@router.get("/robots.txt", include_in_schema=False)
async def robots() -> PlainTextResponse:
    """Allow /media/, because Meta's crawler obeys robots.txt when it fetches pictures; disallow the rest."""
    return PlainTextResponse("User-agent: *\nAllow: /media/\nDisallow: /\n")

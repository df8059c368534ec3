"""What a person decides about a post's deliveries."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, HttpUrl

from araldo.api.answers import PostRead, read_of
from araldo.api.auth import CallerHere
from araldo.api.parts import PartsHere
from araldo.api.problems import RESPONSES, language_of

router = APIRouter(prefix="/api/v1/posts", tags=["posts"], responses=RESPONSES)


class Resolve(BaseModel):
    """`published`: it is out, at `post_url` if you know it. `retry`: it is not, send it. `cancelled`: drop it."""

    answer: Annotated[Literal["published", "retry", "cancelled"], Field(alias="as")]
    post_url: HttpUrl | None = None


@router.post("/{post_id}/deliveries/{platform}/resolve", operation_id="resolve_delivery")
async def resolve_delivery(
    post_id: str, platform: str, body: Resolve, request: Request, parts: PartsHere, caller: CallerHere
) -> PostRead:
    """For an `unconfirmed` delivery only: look at the platform first, then say what you saw."""
    url = None if body.post_url is None else str(body.post_url)
    workspace = caller.workspace
    await parts.resolver.resolve(workspace.id, post_id, platform, body.answer, post_url=url)
    view = await parts.intake.settled(workspace, post_id, 0)
    return read_of(parts, view, language_of(request))

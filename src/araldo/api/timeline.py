"""A post's timeline: everything that happened to it, in sentences, with the raw answers on demand."""

from __future__ import annotations

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from araldo.api.auth import CallerHere
from araldo.api.fields import Instant
from araldo.api.parts import PartsHere
from araldo.api.problems import RESPONSES, language_of
from araldo.posts import store as post_store
from araldo.posts import timeline_store
from araldo.posts.timeline import Telling, lines_of
from araldo.storage import events as event_store

router = APIRouter(prefix="/api/v1/posts", tags=["posts"], responses=RESPONSES)

# More than a post can live through; a bound all the same.
_EVENTS_MAX = 5_000

Raw = Annotated[bool, Query(description="Add what was asked of the platform and what it answered, tokens struck out.")]


class TimelineEntry(BaseModel):
    """`seconds`: how long the platform took to answer. `raw` is null unless asked for, and where nothing was asked."""

    at: Instant
    kind: str
    platform: str | None
    text: str
    seconds: float | None
    raw: dict[str, Any] | None = None


class Timeline(BaseModel):
    data: list[TimelineEntry]


@router.get("/{post_id}/timeline", operation_id="get_post_timeline")
async def get_post_timeline(
    post_id: str, request: Request, parts: PartsHere, caller: CallerHere, raw: Raw = False
) -> Timeline:
    """In the order in which it happened; the times within the sentences are in the workspace's zone."""
    workspace = caller.workspace
    async with parts.database.reading() as transaction:
        view = await post_store.get(transaction, workspace.id, post_id)
        events = await event_store.after(transaction, 0, limit=_EVENTS_MAX, workspace_id=workspace.id, post_id=post_id)
        attempts = await timeline_store.attempts_of(transaction, workspace.id, post_id)
    labels = {name: declared.label for name, declared in parts.declarations.items()}
    telling = Telling(labels, ZoneInfo(workspace.zone))
    language = language_of(request)
    return Timeline(
        data=[
            TimelineEntry(
                at=line.at,
                kind=line.kind,
                platform=line.platform,
                text=line.sentence.to(language),
                seconds=line.seconds,
                raw=line.raw if raw else None,
            )
            for line in lines_of(view.post, events, attempts, telling)
        ]
    )

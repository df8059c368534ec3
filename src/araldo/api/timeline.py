"""A post's timeline: all its events as messages, with the platforms' raw answers on request."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import BaseModel

from araldo.api.auth import CallerDep
from araldo.api.dependencies import DependenciesDep
from araldo.api.fields import Instant
from araldo.api.problems import RESPONSES, language_of
from araldo.api.routing import ResourceRouter
from araldo.posts import store as post_store
from araldo.posts import timeline_store
from araldo.posts.models import PostView
from araldo.posts.timeline import Attempt, TimelineContext, account_names, timeline_of
from araldo.storage import events as event_store
from araldo.storage.database import Transaction

router = ResourceRouter(prefix="/api/v1/posts", tags=["posts"], responses=RESPONSES)

# More events than a post can have.
_EVENTS_MAX = 5_000

Raw = Annotated[bool, Query(description="Add the requests to the platform and its answers, with secrets redacted.")]


class TimelineEntry(BaseModel):
    """`seconds`: response time of the platform. `raw`: null unless requested, and for entries without a request."""

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
    post_id: str, request: Request, deps: DependenciesDep, caller: CallerDep, raw: Raw = False
) -> Timeline:
    """List the post's events in order; times within the texts are in the workspace's zone and name it."""
    workspace = caller.workspace

    def in_transaction(transaction: Transaction) -> tuple[PostView, list[event_store.Event], list[Attempt]]:
        view = post_store.get(transaction, workspace.id, post_id)
        events = event_store.list_after(transaction, 0, limit=_EVENTS_MAX, workspace_id=workspace.id, post_id=post_id)
        attempts = timeline_store.attempts_of(transaction, workspace.id, post_id)
        return view, events, attempts

    view, events, attempts = await deps.database.read(in_transaction)
    labels = {name: declared.label for name, declared in deps.declarations.items()}
    context = TimelineContext(labels, workspace.zone, account_names(view))
    language = language_of(request)
    return Timeline(
        data=[
            TimelineEntry(
                at=line.at,
                kind=line.kind,
                platform=line.platform,
                text=line.message.to(language),
                seconds=line.seconds,
                raw=line.raw if raw else None,
            )
            for line in timeline_of(view.post, events, attempts, context)
        ]
    )

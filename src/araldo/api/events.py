"""Server-sent events of a post or of the whole workspace, resumable after any event."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from araldo.api.auth import CallerDep
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.fields import rfc3339
from araldo.api.problems import RESPONSES, described_problems, language_of
from araldo.api.routing import ResourceRouter
from araldo.errors import NotFound, TooMany
from araldo.messages import Language, Message, text_in
from araldo.posts import store as post_store
from araldo.storage import events as event_store
from araldo.storage.database import Transaction
from araldo.storage.events import Event
from araldo.storage.signals import wait_for
from araldo.workspaces.models import Caller

_PAGE = 200
# How long a client waits before it reconnects, in milliseconds.
_RETRY_MS = 2_000


class EventStream(StreamingResponse):
    media_type = "text/event-stream"


router = ResourceRouter(prefix="/api/v1", tags=["events"], responses=RESPONSES)

# More than a user with many tabs or a program with many posts needs.
STREAMS_MAX = 128
_RETRY_AFTER_S = 10


async def _count_stream(deps: DependenciesDep, caller: CallerDep) -> AsyncIterator[None]:
    """Count the stream as open until its response ends. Raises TooMany."""
    if deps.open_streams[caller.id] >= STREAMS_MAX:
        raise TooMany(Message("events.too_many_streams", {"count": STREAMS_MAX}), after_s=_RETRY_AFTER_S)
    deps.open_streams[caller.id] += 1
    try:
        yield
    finally:
        deps.open_streams[caller.id] -= 1
        if not deps.open_streams[caller.id]:
            del deps.open_streams[caller.id]


_STREAM: dict[str, Any] = {
    "response_class": EventStream,
    "responses": described_problems({429: "Too many open streams"}),
    "dependencies": [Depends(_count_stream)],
}

LastEventId = Annotated[str | None, Header(max_length=40, description="Continue after this event; browsers send it.")]
LastEventIdQuery = Annotated[
    int | None, Query(ge=0, alias="last_event_id", description="The same, for clients that cannot set headers.")
]


@router.get("/posts/{post_id}/events", operation_id="stream_post_events", **_STREAM)
async def stream_post_events(
    post_id: str,
    request: Request,
    deps: DependenciesDep,
    caller: CallerDep,
    last_event_id: LastEventId = None,
    asked: LastEventIdQuery = None,
) -> EventStream:
    """Stream a post's events from the first, or after the given one. `status` is the post's current one."""

    def in_transaction(transaction: Transaction) -> int:
        post_store.get(transaction, caller.workspace.id, post_id)
        return event_store.newest_id(transaction)

    newest = await deps.database.read(in_transaction)
    start = _start_id(last_event_id, asked, newest)
    return _event_stream(deps, caller, language_of(request), start or 0, post_id)


@router.get("/events", operation_id="stream_events", **_STREAM)
async def stream_events(
    request: Request,
    deps: DependenciesDep,
    caller: CallerDep,
    last_event_id: LastEventId = None,
    asked: LastEventIdQuery = None,
) -> EventStream:
    """Stream the workspace's events from now on, or after the given one (0: from the beginning)."""
    horizon, newest = await deps.database.read(
        lambda transaction: (event_store.find_horizon(transaction), event_store.newest_id(transaction))
    )
    start = _start_id(last_event_id, asked, newest)
    return _event_stream(deps, caller, language_of(request), horizon if start is None else start, None)


def _start_id(header: str | None, query: int | None, newest: int) -> int | None:
    """Return the id to continue after. The header wins, because a reconnecting browser repeats its first query."""
    named = int(header) if header is not None and header.isascii() and header.isdigit() else query
    # A higher id than the newest is from before a restore of the database: continue with new events.
    return None if named is None else min(named, newest)


def _event_stream(
    deps: AppDependencies, caller: Caller, language: Language, start: int, post_id: str | None
) -> EventStream:
    return EventStream(
        deps.stream_access.guard(caller, follow_events(deps, caller, language, start, post_id)),
        # For nginx: do not buffer the response, which has no end.
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def follow_events(
    deps: AppDependencies, caller: Caller, language: Language, last: int, post_id: str | None
) -> AsyncGenerator[str]:
    """Yield the stream's text. No transaction is open while the client receives it, however slowly."""
    yield f"retry: {_RETRY_MS}\nid: {last}\n\n"
    beat = deps.clock.running() + deps.heartbeat_s
    while not deps.event_feed.closing:
        change = deps.event_feed.subscribe()
        try:
            found, status = await _read_events(deps, caller, last, post_id)
        except NotFound:
            return
        if found:
            last = found[-1].id
            # As one chunk, because a disconnect is only noticed between two chunks.
            yield "".join(format_event(event, language, status) for event in found)
        if deps.clock.running() >= beat:
            yield ": still here\n\n"
            beat = deps.clock.running() + deps.heartbeat_s
        if len(found) < _PAGE:
            await wait_for(change, beat - deps.clock.running())


async def _read_events(
    deps: AppDependencies, caller: Caller, last: int, post_id: str | None
) -> tuple[list[Event], str | None]:
    horizon = deps.event_feed.horizon

    def in_transaction(transaction: Transaction) -> tuple[list[Event], str | None]:
        found = event_store.list_after(
            transaction, last, limit=_PAGE, workspace_id=caller.workspace.id, post_id=post_id, until=horizon
        )
        if post_id is None or not found:
            return found, None
        return found, post_store.get(transaction, caller.workspace.id, post_id).status

    return await deps.database.read(in_transaction)


def format_event(event: Event, language: Language, status: str | None) -> str:
    """Return the event as text of the stream, its messages in the caller's language."""
    data: dict[str, Any] = {
        name: value for name, value in event.data.items() if name not in {"error", "message", "sentence"}
    }
    data |= {
        "id": event.id,
        "kind": event.kind,
        "at": rfc3339(event.at),
        "post_id": event.post_id,
        "delivery_id": event.delivery_id,
        "platform": event.data.get("platform"),
        "state": event.data.get("state"),
    }
    data["error"] = text_in(event.data.get("error") or event.data, language)
    if status is not None:
        data["status"] = status
    return f"id: {event.id}\nevent: {event.kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def format_model_event(event: str, data: BaseModel) -> str:
    """Return an event as it is sent."""
    return f"event: {event}\ndata: {data.model_dump_json()}\n\n"

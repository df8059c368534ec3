"""Recurrences: start, read and end the repetition of a post."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, Field

from araldo.api.auth import CallerDep
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.fields import CleanText, Instant
from araldo.api.problems import RESPONSES
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.api.times import WallTime, ZoneName, parse_wall_time
from araldo.workspaces.models import Workspace

router = ResourceRouter(prefix="/api/v1/posts", tags=["posts"], responses=RESPONSES)


class RecurrenceFields(RequestModel):
    """`zone`: left out, the post's, else the workspace's; `start`: left out, the post's own time."""

    rrule: Annotated[
        CleanText,
        Field(
            max_length=500,
            description="An RRULE of RFC 5545, daily or rarer, counted on the wall clock of the zone.",
            examples=["FREQ=WEEKLY;BYDAY=MO;COUNT=10"],
        ),
    ]
    zone: ZoneName | None = None
    start: WallTime | None = None


class Occurrence(BaseModel):
    """`post_id`: null until the post is created, two weeks ahead; the next occurrence always has one."""

    schedule_time: Instant
    zone: str
    wall_time: str
    post_id: str | None


class RecurrenceRead(BaseModel):
    """`post_id`: the post that is copied; `upcoming`: the next ten; `ended_at`: set after the last occurrence."""

    id: str
    post_id: str
    rrule: str
    zone: str
    start: str
    upcoming: list[Occurrence]
    created_at: Instant
    ended_at: Instant | None


@router.post("/{post_id}/recurrence", operation_id="begin_recurrence", status_code=201)
async def begin_recurrence(
    post_id: str, body: RecurrenceFields, deps: DependenciesDep, caller: CallerDep
) -> RecurrenceRead:
    """Repeat a post. Each occurrence is a post of its own, a copy of this one at the time of its creation."""
    start = None if body.start is None else parse_wall_time(body.start)
    await deps.recurrence_runner.start(caller.workspace, post_id, body.rrule, body.zone, start)
    return await _read_recurrence(deps, caller.workspace, post_id)


@router.get("/{post_id}/recurrence", operation_id="get_recurrence")
async def get_recurrence(post_id: str, deps: DependenciesDep, caller: CallerDep) -> RecurrenceRead:
    return await _read_recurrence(deps, caller.workspace, post_id)


@router.delete("/{post_id}/recurrence", operation_id="end_recurrence")
async def end_recurrence(
    post_id: str,
    deps: DependenciesDep,
    caller: CallerDep,
    future: Annotated[
        Literal["keep", "cancel"],
        Query(description="What to do with occurrences that are already scheduled."),
    ] = "keep",
) -> RecurrenceRead:
    """End the recurrence: no more posts are created."""
    await deps.recurrence_runner.stop(caller.workspace, post_id, cancel_future=future == "cancel")
    return await _read_recurrence(deps, caller.workspace, post_id)


async def _read_recurrence(deps: AppDependencies, workspace: Workspace, post_id: str) -> RecurrenceRead:
    recurrence, upcoming = await deps.recurrence_runner.read(workspace, post_id)
    return RecurrenceRead(
        id=recurrence.id,
        post_id=recurrence.post_id,
        rrule=recurrence.rrule,
        zone=recurrence.zone,
        start=recurrence.start,
        upcoming=[
            Occurrence(
                schedule_time=occurrence.when.instant,
                zone=occurrence.when.zone,
                wall_time=occurrence.when.wall_time,
                post_id=occurrence.post_id,
            )
            for occurrence in upcoming
        ],
        created_at=recurrence.created_at,
        ended_at=recurrence.ended_at,
    )

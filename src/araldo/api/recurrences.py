"""Recurrences: start, read and end the repetition of a post."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, Field

from araldo.api.auth import CallerDep
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.fields import CleanText, InputInstant, Instant
from araldo.api.problems import RESPONSES
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.api.times import WallTime, ZoneName, parse_wall_time
from araldo.workflows.posts.recurrence import Upcoming
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


class OccurrenceFields(RequestModel):
    """`schedule_time`: that of an occurrence in `upcoming`."""

    schedule_time: InputInstant


class Occurrence(BaseModel):
    """`post_id`: null until the post is created, two weeks ahead; the next occurrence always has one.

    `status`: of that post, or `deleted`; `cancelled` and `deleted` are not published. `changed`: somebody has changed
    the post since it was created. `moved_to`: its time, where it was given another one.
    """

    schedule_time: Instant
    zone: str
    wall_time: str
    post_id: str | None
    status: str | None
    changed: bool
    moved_to: Instant | None


class RecurrenceRead(BaseModel):
    """`post_id`: the post that is copied; `upcoming`: the next ten; `ended_at`: set after the last occurrence.

    `scheduled_posts`: how many of its posts `future=cancel` would cancel.
    """

    id: str
    post_id: str
    rrule: str
    zone: str
    start: str
    upcoming: list[Occurrence]
    scheduled_posts: int
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
    """Return the recurrence of a post, or the one that created it."""
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
    """End the recurrence of a post, or the one that created it: no more posts are created."""
    await deps.recurrence_runner.stop(caller.workspace, post_id, cancel_future=future == "cancel")
    return await _read_recurrence(deps, caller.workspace, post_id)


@router.post("/{post_id}/recurrence/occurrences", operation_id="create_occurrence")
async def create_occurrence(
    post_id: str, body: OccurrenceFields, deps: DependenciesDep, caller: CallerDep
) -> Occurrence:
    """Create the post of a coming occurrence ahead of its turn, to edit or cancel it; return the existing one."""
    return _occurrence_of(await deps.recurrence_runner.create_occurrence(caller.workspace, post_id, body.schedule_time))


async def _read_recurrence(deps: AppDependencies, workspace: Workspace, post_id: str) -> RecurrenceRead:
    view = await deps.recurrence_runner.read(workspace, post_id)
    recurrence = view.recurrence
    return RecurrenceRead(
        id=recurrence.id,
        post_id=recurrence.post_id,
        rrule=recurrence.rrule,
        zone=recurrence.zone,
        start=recurrence.start,
        upcoming=[_occurrence_of(occurrence) for occurrence in view.upcoming],
        scheduled_posts=view.scheduled_posts,
        created_at=recurrence.created_at,
        ended_at=recurrence.ended_at,
    )


def _occurrence_of(occurrence: Upcoming) -> Occurrence:
    when, post = occurrence.when, occurrence.post
    return Occurrence(
        schedule_time=when.instant,
        zone=when.zone,
        wall_time=when.wall_time,
        post_id=None if post is None else post.id,
        status=None if post is None else post.status,
        changed=post is not None and post.changed,
        moved_to=None if post is None or post.due_at == when.instant else post.due_at,
    )

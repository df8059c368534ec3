"""Actions on a post: publish, schedule, undo, cancel, retry, and resolve an unknown outcome."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Request, Response
from pydantic import Field, HttpUrl

from araldo.api.answers import DryRunResult, PostRead, dry_run_result
from araldo.api.auth import CallerDep
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.fields import CleanText, DryRun
from araldo.api.idempotent import IdempotencyDep, idempotent
from araldo.api.posts import post_response
from araldo.api.problems import RESPONSES, language_of
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.api.times import InputTime, TimeChoice, ZoneName, parse_schedule
from araldo.posts.rules import NewPost
from araldo.workspaces.models import Caller

router = ResourceRouter(prefix="/api/v1/posts", tags=["posts"], responses=RESPONSES)

_ACCEPTED: dict[int | str, dict[str, Any]] = {202: {"model": PostRead, "description": "Still working; see Location."}}

DeliveryName = Annotated[str, Path(description="The id of a delivery, or its platform where it is the only one.")]
Names = Annotated[list[CleanText], Field(max_length=50)]


class PublishPost(RequestModel):
    """`undo_s`: seconds before sending, during which `/undo` works."""

    undo_s: Annotated[float, Field(ge=0, le=300)] = 0.0


class SchedulePost(RequestModel):
    """`schedule_time`: left out, the post's own time is used."""

    schedule_time: InputTime | None = None
    zone: ZoneName | None = None
    time_choice: TimeChoice | None = None

    def as_new_post(self) -> NewPost | None:
        """Return a NewPost that has only the times; None without `schedule_time`."""
        when = parse_schedule(self.schedule_time, self.zone, self.time_choice)
        if self.schedule_time is None:
            return None
        return NewPost(
            content="", due_at=when.due_at, zone=when.zone, fold=when.fold, next_free_slot=when.next_free_slot
        )


class PlatformSelection(RequestModel):
    """`platforms`: ids of deliveries, or platforms where each is the only one; left out, all that it applies to."""

    platforms: Names | None = None


class ResolveDelivery(RequestModel):
    """`published`: it was published, at `post_url` if known; `retry`: it was not, send it; `cancelled`: drop it."""

    answer: Annotated[Literal["published", "retry", "cancelled"], Field(alias="as")]
    post_url: HttpUrl | None = None


@router.post(
    "/{post_id}/publish",
    operation_id="publish_post",
    responses={200: {"model": PostRead | DryRunResult}, **_ACCEPTED},
)
async def publish_post(
    post_id: str,
    request: Request,
    response: Response,
    deps: DependenciesDep,
    caller: CallerDep,
    idempotent_request: IdempotencyDep,
    body: PublishPost | None = None,
    validate_only: DryRun = False,
) -> PostRead | DryRunResult:
    """What is a draft, scheduled or missed goes out now, or in `undo_s` seconds."""
    workspace = caller.workspace
    if validate_only:
        return dry_run_result(await deps.lifecycle.validate(workspace, post_id, None), language_of(request))
    async with idempotent(deps, idempotent_request) as previous:
        if previous is None:
            undo_s = 0.0 if body is None else body.undo_s
            await deps.lifecycle.publish(
                workspace, post_id, undo_s=undo_s, request=idempotent_request, permissions=caller.permissions
            )
    return await _accepted_response(post_id, request, response, deps, caller)


@router.post("/{post_id}/schedule", operation_id="schedule_post", responses={200: {"model": PostRead | DryRunResult}})
async def schedule_post(
    post_id: str,
    request: Request,
    response: Response,
    deps: DependenciesDep,
    caller: CallerDep,
    idempotent_request: IdempotencyDep,
    body: SchedulePost | None = None,
    validate_only: DryRun = False,
) -> PostRead | DryRunResult:
    """Schedule a post or move it to another time; it is never published at the old one."""
    workspace, new_time = caller.workspace, None if body is None else body.as_new_post()
    if validate_only:
        validation = await deps.lifecycle.validate(workspace, post_id, new_time or NewPost(content=""))
        return dry_run_result(validation, language_of(request))
    async with idempotent(deps, idempotent_request) as previous:
        if previous is None:
            await deps.lifecycle.schedule(
                workspace, post_id, new_time, request=idempotent_request, permissions=caller.permissions
            )
    return await post_response(post_id, request, response, deps, caller)


@router.post("/{post_id}/undo", operation_id="undo_post")
async def undo_post(
    post_id: str, request: Request, response: Response, deps: DependenciesDep, caller: CallerDep
) -> PostRead:
    """Make the post a draft again; 409 once it was sent."""
    await deps.lifecycle.undo(caller.workspace, post_id)
    return await post_response(post_id, request, response, deps, caller)


@router.post("/{post_id}/cancel", operation_id="cancel_post")
async def cancel_post(
    post_id: str,
    request: Request,
    response: Response,
    deps: DependenciesDep,
    caller: CallerDep,
    body: PlatformSelection | None = None,
) -> PostRead:
    """Cancel the deliveries that were not sent yet; 409 when all were."""
    await deps.lifecycle.cancel(caller.workspace, post_id, None if body is None else body.platforms)
    return await post_response(post_id, request, response, deps, caller)


@router.post("/{post_id}/retry", operation_id="retry_post", responses=_ACCEPTED)
async def retry_post(
    post_id: str,
    request: Request,
    response: Response,
    deps: DependenciesDep,
    caller: CallerDep,
    idempotent_request: IdempotencyDep,
    body: PlatformSelection | None = None,
) -> PostRead:
    """Retry deliveries that failed, were missed or wait for their account; never one that is or may be published."""
    async with idempotent(deps, idempotent_request) as previous:
        if previous is None:
            names = None if body is None else body.platforms
            await deps.lifecycle.retry(
                caller.workspace, post_id, names, request=idempotent_request, permissions=caller.permissions
            )
    return await _accepted_response(post_id, request, response, deps, caller)


@router.post("/{post_id}/deliveries/{delivery}/resolve", operation_id="resolve_delivery")
async def resolve_delivery(
    post_id: str,
    delivery: DeliveryName,
    body: ResolveDelivery,
    request: Request,
    response: Response,
    deps: DependenciesDep,
    caller: CallerDep,
) -> PostRead:
    """Resolve a delivery with an unknown outcome: look at the platform, then say whether the post is there.

    409 `delivery_ambiguous`, with the ids, for the name of a platform where the post goes to several accounts.
    """
    url = None if body.post_url is None else str(body.post_url)
    await deps.resolver.resolve(
        caller.workspace.id, post_id, delivery, body.answer, post_url=url, permissions=caller.permissions
    )
    return await post_response(post_id, request, response, deps, caller)


async def _accepted_response(
    post_id: str, request: Request, response: Response, deps: AppDependencies, caller: Caller
) -> PostRead:
    """Return the post, with 202 and its Location while it is being published."""
    post = await post_response(post_id, request, response, deps, caller)
    if post.status == "publishing":
        response.status_code = 202
        response.headers["Location"] = f"/api/v1/posts/{post_id}"
    return post

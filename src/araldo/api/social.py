"""Posts under /social: create, publish, read and list."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import Query, Request, Response
from pydantic import Field
from structlog.contextvars import bind_contextvars

from araldo.api.answers import (
    DryRunResult,
    PostAnswer,
    PostList,
    PostRead,
    PublishAnswer,
    dry_run_result,
    post_answer_of,
    post_read_of,
    read_post,
)
from araldo.api.auth import CallerDep
from araldo.api.choices import (
    AccountChoices,
    ImageChoices,
    account_ids_of,
    parse_image_choices,
    pictured_platforms,
    plain_picture_platforms,
)
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.fields import CleanText, DryRun, PostOptions, Shapes
from araldo.api.idempotent import IdempotencyDep, idempotent
from araldo.api.post_content import Content, ContentRequest, Hashtags
from araldo.api.problems import RESPONSES, language_of
from araldo.api.providers import require_provider
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.api.times import InputTime, TimeChoice, ZoneName, parse_schedule
from araldo.errors import PostInvalid, Problem
from araldo.media.models import Medium
from araldo.messages import Message
from araldo.posts import list_store
from araldo.posts.compose import normalize_hashtags
from araldo.posts.content import PostContent, content_values
from araldo.posts.list_store import PostFilter
from araldo.posts.models import PostView
from araldo.posts.pointers import escape_pointer
from araldo.posts.rules import NewPost
from araldo.storage.idempotency import IdempotentRequest
from araldo.workflows.pictures.custom import PreparedPicture
from araldo.workspaces.models import Caller, Workspace

router = ResourceRouter(prefix="/api/v1/social", tags=["social"], responses=RESPONSES)

Wait = Annotated[
    float, Query(ge=0, le=300, description="Seconds to wait for the outcome; the work goes on either way.")
]
PlatformNames = Annotated[list[CleanText], Field(max_length=50)]


class CreatePost(ContentRequest):
    content: Content
    platforms: PlatformNames
    platform_prompts: dict[CleanText, CleanText] | None = None
    publish_immediately: bool = False
    schedule_time: InputTime | None = None
    zone: ZoneName | None = None
    time_choice: TimeChoice | None = None
    accounts: AccountChoices | None = None
    platform_images: ImageChoices | None = None

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "content": "Lancio nuovo servizio! 🚀",
                    "cta": "Scopri di più →",
                    "hashtags": ["marketing", "AI", "innovation"],
                    "platforms": ["facebook", "instagram"],
                    "base_image_prompt": "Modern tech startup success",
                    "publish_immediately": True,
                    "image_style": "professional",
                }
            ]
        }
    }

    def as_content(self) -> PostContent:
        return replace(super().as_content(), platform_prompts=self.platform_prompts or {})

    def as_new_post(self) -> NewPost:
        schedule: Literal["schedule", "draft"] = "schedule" if self.schedule_time is not None else "draft"
        asked = parse_schedule(self.schedule_time, self.zone, self.time_choice)
        return NewPost(
            **content_values(self.as_content()),
            platforms=self.platforms,
            intent="publish" if self.publish_immediately else schedule,
            due_at=asked.due_at,
            zone=asked.zone,
            fold=asked.fold,
            next_free_slot=asked.next_free_slot,
            accounts=account_ids_of(self.accounts or {}),
            pictured=pictured_platforms(self.platform_images or {}),
            own_pictures=plain_picture_platforms(self.platform_images or {}),
        )

    async def prepare_pictures(self, deps: AppDependencies, workspace: Workspace) -> dict[str, PreparedPicture]:
        """Fit the chosen pictures to their platforms. Raises PostInvalid with every problem of the pictures."""
        asked = self.platform_images or {}
        strange = [name for name in asked if name not in self.platforms]
        if strange:
            at = "/platform_images/"
            raise PostInvalid(
                [
                    Problem(
                        at + escape_pointer(name),
                        "platform_not_chosen",
                        Message("posts.platform_not_of_post", {"name": name}),
                        name,
                    )
                    for name in strange
                ]
            )
        choices = parse_image_choices(asked, "/platform_images")
        return await deps.custom_pictures.prepare(workspace, choices, pointer="/platform_images", shapes=self.shapes)


class PublishRequest(RequestModel):
    content: Content
    platforms: PlatformNames
    media_url: Annotated[CleanText, Field(max_length=4_000)] | None = None
    media_type: Literal["image", "video"] = "image"
    hashtags: Hashtags = []
    shapes: Shapes = {}
    options: PostOptions = {}
    accounts: AccountChoices | None = None
    schedule_time: InputTime | None = None
    zone: ZoneName | None = None
    time_choice: TimeChoice | None = None

    def as_new_post(self) -> NewPost:
        asked = parse_schedule(self.schedule_time, self.zone, self.time_choice)
        return NewPost(
            content=self.content,
            hashtags=normalize_hashtags(self.hashtags),
            platforms=self.platforms,
            intent="publish" if self.schedule_time is None else "schedule",
            due_at=asked.due_at,
            zone=asked.zone,
            fold=asked.fold,
            next_free_slot=asked.next_free_slot,
            accounts=account_ids_of(self.accounts or {}),
            makes_pictures=False,
            shapes=self.shapes,
            options=self.options,
            pictured=self.platforms if self.media_url is not None else (),
        )


@router.post(
    "/create-multi-platform-post",
    operation_id="create_multi_platform_post",
    responses={202: {"model": PostAnswer, "description": "Still working; see Location."}},
)
async def create_multi_platform_post(
    body: CreatePost,
    request: Request,
    response: Response,
    deps: DependenciesDep,
    caller: CallerDep,
    idempotent_request: IdempotencyDep,
    wait: Wait = 45.0,
    validate_only: DryRun = False,
) -> PostAnswer | DryRunResult:
    """Create a post with a picture per platform; publish it now, schedule it, or keep it as a draft."""
    started = time.perf_counter()
    if validate_only:
        validation = await deps.post_creator.validate(caller.workspace, body.as_new_post())
        try:
            await body.prepare_pictures(deps, caller.workspace)
        except PostInvalid as wrong:
            validation = replace(validation, problems=[*validation.problems, *wrong.problems])
        return dry_run_result(validation, language_of(request))
    async with idempotent(deps, idempotent_request) as previous:
        if previous is not None and previous.post_id is not None:
            post_id = previous.post_id
        else:
            new = body.as_new_post()
            require_provider(deps, new.image_provider, "/image_provider")
            given = {}
            if body.platform_images:
                # Validated first: pictures are not fitted for a post that cannot be published.
                (await deps.post_creator.validate(caller.workspace, new)).raise_if_invalid()
                given = await body.prepare_pictures(deps, caller.workspace)
            post_id = await deps.post_creator.create(
                caller.workspace, new, request=idempotent_request, custom=given, permissions=caller.permissions
            )
    bind_contextvars(post_id=post_id)
    view = await deps.post_creator.wait_until_settled(caller.workspace, post_id, wait)
    _mark_accepted(view, response)
    return post_answer_of(deps, view, language_of(request), caller, time.perf_counter() - started)


@router.post(
    "/publish",
    operation_id="publish",
    responses={202: {"model": PublishAnswer, "description": "Still working; see Location."}},
)
async def publish(
    body: PublishRequest,
    request: Request,
    response: Response,
    deps: DependenciesDep,
    caller: CallerDep,
    idempotent_request: IdempotencyDep,
    wait: Wait = 45.0,
) -> PublishAnswer:
    """Publish a text, with a picture of your own or none, now or at `schedule_time`."""
    async with idempotent(deps, idempotent_request) as previous:
        if previous is not None and previous.post_id is not None:
            post_id = previous.post_id
        else:
            post_id = await _create_published_post(body, deps, caller, idempotent_request)
    bind_contextvars(post_id=post_id)
    view = await deps.post_creator.wait_until_settled(caller.workspace, post_id, wait)
    _mark_accepted(view, response)
    answer = post_answer_of(deps, view, language_of(request), caller, 0.0)
    return PublishAnswer(
        job_id=post_id,
        status=view.status,
        success=_SUCCESS.get(view.status, False),
        results=answer.platforms,
        published_count=answer.successful,
        failed_count=answer.failed,
    )


# By post status; null while the outcome is open or unknown.
_SUCCESS = {"published": True, "publishing": None, "scheduled": None, "unconfirmed": None}


async def _create_published_post(
    body: PublishRequest, deps: AppDependencies, caller: Caller, idempotent_request: IdempotentRequest | None
) -> str:
    if body.media_type == "video":
        message = Message("social.no_videos")
        raise PostInvalid([Problem("/media_type", "video_not_supported", message)])
    new, workspace = body.as_new_post(), caller.workspace
    pictures: dict[str, Medium] = {}
    if body.media_url is not None:
        # Validated first: nothing is fetched for a post that cannot be published.
        (await deps.post_creator.validate(workspace, new)).raise_if_invalid()
        declarations = [deps.declarations[name] for name in body.platforms]
        pictures = await deps.media_importer.import_for_platforms(
            workspace, body.media_url, declarations, shapes=body.shapes, pointer="/media_url"
        )
    return await deps.post_creator.create(
        workspace, new, request=idempotent_request, pictures=pictures, permissions=caller.permissions
    )


@router.get("/posts/{job_id}", operation_id="get_social_post")
async def get_social_post(job_id: str, request: Request, deps: DependenciesDep, caller: CallerDep) -> PostRead:
    return await read_post(deps, caller, job_id, language_of(request))


@router.get("/posts", operation_id="list_social_posts")
async def list_social_posts(
    request: Request,
    deps: DependenciesDep,
    caller: CallerDep,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> PostList:
    """List the posts, newest first."""
    views, following = await deps.database.read(
        lambda transaction: list_store.list_posts(
            transaction, caller.workspace.id, PostFilter(), limit=limit, cursor=cursor
        )
    )
    language = language_of(request)
    data = [post_read_of(deps, view, language, caller) for view in views]
    return PostList(data=data, next_cursor=following, has_more=following is not None)


def _mark_accepted(view: PostView, response: Response) -> None:
    if view.status == "publishing":
        response.status_code = 202
        response.headers["Location"] = f"/api/v1/social/posts/{view.post.id}"

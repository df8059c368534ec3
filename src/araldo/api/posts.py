"""Posts: create, read, search, change, duplicate, delete."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import Header, Query, Request, Response
from pydantic import Field
from structlog.contextvars import bind_contextvars

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.api.answers import PostList, PostRead, post_read_of, read_post, validation_of
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
from araldo.api.fields import CleanText
from araldo.api.idempotent import IdempotencyDep, idempotent
from araldo.api.post_content import Content, ContentRequest
from araldo.api.post_filters import PostFilterDep
from araldo.api.problems import RESPONSES, language_of
from araldo.api.providers import require_provider
from araldo.api.routing import ResourceRouter
from araldo.api.times import NEXT_FREE_SLOT, InputTime, TimeChoice, ZoneName, parse_schedule
from araldo.errors import ChangedMeanwhile, PostInvalid, Problem
from araldo.messages import Message
from araldo.posts import list_store, timing
from araldo.posts.content import PostContent, content_values
from araldo.posts.models import PostView
from araldo.posts.rules import NO_PICTURES, NewPost
from araldo.storage.database import Transaction
from araldo.unchanged import UNCHANGED
from araldo.workflows.posts.edit import PostEdit
from araldo.workspaces.models import Caller, Workspace

router = ResourceRouter(prefix="/api/v1/posts", tags=["posts"], responses=RESPONSES)

ByPlatform = Annotated[dict[CleanText, Content], Field(max_length=50)]
IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=100)]


class PostFields(ContentRequest):
    """Every field is optional. A change sets only the fields sent; objects by platform are replaced whole.

    `schedule_time` of a draft is only planned; nothing is published before `/schedule`. `image_provider` "none": no
    picture is generated. `images`: library pictures by platform, null for a generated one; platforms that are not
    named keep theirs.
    """

    texts: ByPlatform = {}
    platforms: Annotated[list[CleanText], Field(max_length=50)] = []
    accounts: AccountChoices = {}
    platform_prompts: ByPlatform = {}
    schedule_time: InputTime | None = None
    zone: ZoneName | None = None
    time_choice: TimeChoice | None = None
    images: ImageChoices = {}

    model_config = {"json_schema_extra": {"examples": [{"content": "Lancio nuovo", "hashtags": ["novità"]}]}}

    def as_content(self) -> PostContent:
        return replace(super().as_content(), texts=self.texts, platform_prompts=self.platform_prompts)

    def as_new_post(self) -> NewPost:
        """Convert to a post that is to be published, or scheduled for `schedule_time`; the pictures are not read."""
        asked = parse_schedule(self.schedule_time, self.zone, self.time_choice)
        return NewPost(
            **content_values(self.as_content()),
            platforms=self.platforms,
            intent="publish" if self.schedule_time is None else "schedule",
            due_at=asked.due_at,
            zone=asked.zone,
            fold=asked.fold,
            next_free_slot=asked.next_free_slot,
            accounts=account_ids_of(self.accounts),
            makes_pictures=self.image_provider != NO_PICTURES,
            pictured=pictured_platforms(self.images),
            own_pictures=plain_picture_platforms(self.images),
        )

    async def as_edit(self, deps: AppDependencies, workspace: Workspace, post_id: str | None = None) -> PostEdit:
        """Convert the fields that were sent. Raises PostInvalid for values that cannot be stored."""
        sent = self.model_fields_set
        if "image_provider" in sent and self.image_provider != NO_PICTURES:
            require_provider(deps, self.image_provider, "/image_provider")
        when = self._resolve_time(deps, workspace) if "schedule_time" in sent else UNCHANGED
        pictures = await deps.custom_pictures.prepare(
            workspace,
            parse_image_choices(self.images, "/images"),
            pointer="/images",
            shapes=self.shapes if "shapes" in sent else None,
            post_id=post_id,
        )
        platforms = self.platforms if "platforms" in sent else None
        return PostEdit(self.as_changes(), when, platforms, account_ids_of(self.accounts), pictures)

    def _resolve_time(self, deps: AppDependencies, workspace: Workspace) -> timing.When | None:
        if self.schedule_time == NEXT_FREE_SLOT:
            raise PostInvalid(
                [Problem("/schedule_time", "slot_when_scheduled", Message("posts.slot_when_scheduling_only"))]
            )
        asked = parse_schedule(self.schedule_time, self.zone, self.time_choice)
        if asked.due_at is None:
            return None
        when = timing.resolve(
            asked.due_at, zone=asked.zone, fold=asked.fold, now=deps.clock.now(), default_zone=workspace.zone
        )
        if not isinstance(when, timing.When):
            raise PostInvalid(when)
        return when


@router.post("", operation_id="create_post", status_code=201)
async def create_post(
    body: PostFields,
    request: Request,
    response: Response,
    deps: DependenciesDep,
    caller: CallerDep,
    idempotent_request: IdempotencyDep,
) -> PostRead:
    """Create a draft, complete or not; `problems` lists what it lacks."""
    async with idempotent(deps, idempotent_request) as previous:
        if previous is not None and previous.post_id is not None:
            post_id = previous.post_id
        else:
            edit = await body.as_edit(deps, caller.workspace)
            post_id = await deps.editor.create(caller.workspace, edit, idempotent_request)
    bind_contextvars(post_id=post_id)
    response.headers["Location"] = f"/api/v1/posts/{post_id}"
    return await post_response(post_id, request, response, deps, caller)


@router.get("", operation_id="list_posts")
async def list_posts(
    request: Request,
    deps: DependenciesDep,
    caller: CallerDep,
    posts: PostFilterDep,
    order: Annotated[Literal["asc", "desc"] | None, Query(description="By when posts are due, else made.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> PostList:
    """List the posts, the last made first; with `from`, `to` or `order` by that time, the latest first unless "asc".

    The search ignores accents and case, and finds words by their beginnings. A cursor goes on in the same order.
    """
    wanted = replace(posts, order=order)
    language = language_of(request)

    def in_transaction(transaction: Transaction) -> tuple[list[PostView], str | None, list[Account]]:
        workspace_id = caller.workspace.id
        views, following = list_store.list_posts(transaction, workspace_id, wanted, limit=limit, cursor=cursor)
        accounts = account_store.list_for_workspace(transaction, workspace_id)
        return views, following, accounts

    views, following, accounts = await deps.database.read(in_transaction)
    data = [
        post_read_of(deps, view, language, caller, validation_of(deps, accounts, caller.workspace, view))
        for view in views
    ]
    return PostList(data=data, next_cursor=following, has_more=following is not None)


@router.get("/{post_id}", operation_id="get_post")
async def get_post(
    post_id: str, request: Request, response: Response, deps: DependenciesDep, caller: CallerDep
) -> PostRead:
    """Return a post, with an ETag for If-Match."""
    return await post_response(post_id, request, response, deps, caller)


@router.patch("/{post_id}", operation_id="change_post")
async def change_post(
    post_id: str,
    body: PostFields,
    request: Request,
    response: Response,
    deps: DependenciesDep,
    caller: CallerDep,
    if_match: IfMatch = None,
) -> PostRead:
    """Change a post until it is being sent; then 409 says what can still be changed. If-Match: 412 on a conflict."""
    edit = await body.as_edit(deps, caller.workspace, post_id)
    await deps.editor.edit(caller.workspace, post_id, edit, based_on=_rev_of(if_match), permissions=caller.permissions)
    return await post_response(post_id, request, response, deps, caller)


@router.delete("/{post_id}", operation_id="delete_post", status_code=204)
async def delete_post(post_id: str, deps: DependenciesDep, caller: CallerDep) -> None:
    """Delete a post: never sent, restorable for 30 days. What is published stays. 409 while it is being published."""
    await deps.lifecycle.delete(caller.workspace, post_id, permissions=caller.permissions)


@router.post("/{post_id}/restore", operation_id="restore_post")
async def restore_post(
    post_id: str, request: Request, response: Response, deps: DependenciesDep, caller: CallerDep
) -> PostRead:
    """Restore a deleted post as a draft."""
    await deps.lifecycle.restore(caller.workspace, post_id, permissions=caller.permissions)
    return await post_response(post_id, request, response, deps, caller)


@router.post("/{post_id}/duplicate", operation_id="duplicate_post", status_code=201)
async def duplicate_post(
    post_id: str,
    request: Request,
    response: Response,
    deps: DependenciesDep,
    caller: CallerDep,
    idempotent_request: IdempotencyDep,
) -> PostRead:
    """Create a draft with the same text, platforms and pictures."""
    async with idempotent(deps, idempotent_request) as previous:
        if previous is not None and previous.post_id is not None:
            copied = previous.post_id
        else:
            copied = await deps.editor.duplicate(caller.workspace, post_id, idempotent_request)
    response.headers["Location"] = f"/api/v1/posts/{copied}"
    return await post_response(copied, request, response, deps, caller)


async def post_response(
    post_id: str, request: Request, response: Response, deps: AppDependencies, caller: Caller
) -> PostRead:
    """Return the post as it is now, and set its ETag."""
    post = await read_post(deps, caller, post_id, language_of(request))
    response.headers["ETag"] = f'"{post.rev}"'
    return post


def _rev_of(if_match: str | None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    found = re.fullmatch(r'\s*(?:W/)?"?(\d{1,18})"?\s*', if_match)
    if found is None:
        raise ChangedMeanwhile
    return int(found[1])

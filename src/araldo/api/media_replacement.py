"""Replace a library picture by another one, in the unpublished posts that the request names."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request
from pydantic import BaseModel, Field

from araldo.api.auth import CallerDep
from araldo.api.choices import MediumId
from araldo.api.dependencies import DependenciesDep
from araldo.api.fields import CleanText
from araldo.api.library import MediumDetail, read_medium
from araldo.api.problems import RESPONSES, language_of
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.workflows.posts.replace_medium import MediumReplacer

router = ResourceRouter(prefix="/api/v1/media", tags=["media"], responses=RESPONSES)


class MediumReplacementRequest(RequestModel):
    """`media_id`: the new picture, of the library. `posts`: the ids of the posts that are to show it."""

    media_id: MediumId
    posts: Annotated[list[Annotated[CleanText, Field(max_length=48)]], Field(max_length=100)] = []


class PostReplacement(BaseModel):
    """Whether the post shows the new picture now; `code` and `detail`: why not."""

    post_id: str
    replaced: bool
    code: str | None
    detail: str | None


class MediumReplaced(BaseModel):
    """`medium`: the new picture. `removed`: the old one left the library; `detail`: why it did not."""

    medium: MediumDetail
    posts: list[PostReplacement]
    removed: bool
    detail: str | None


@router.post("/{medium_id}/replace", operation_id="replace_medium")
async def replace_medium(
    medium_id: str, body: MediumReplacementRequest, request: Request, deps: DependenciesDep, caller: CallerDep
) -> MediumReplaced:
    """Show another picture of the library in the unpublished posts named; what is published keeps the old one.

    Each post is edited under the rules and the permission of any other edit; one that cannot be says why, and does not
    stop the others. The new picture takes over alt text and tags where it has none. The old one leaves the library
    unless an unpublished post or the brand still needs it.
    """
    replacer = MediumReplacer(
        database=deps.database, library=deps.library, custom_pictures=deps.custom_pictures, editor=deps.editor
    )
    done = await replacer.replace(
        caller.workspace, medium_id, body.media_id, body.posts, permissions=caller.permissions
    )
    language = language_of(request)
    return MediumReplaced(
        medium=await read_medium(deps, caller.workspace, body.media_id, language),
        posts=[
            PostReplacement(
                post_id=post.post_id,
                replaced=post.refused is None,
                code=None if post.refused is None else post.refused.code,
                detail=None if post.refused is None else post.refused.message.to(language),
            )
            for post in done.posts
        ],
        removed=done.kept is None,
        detail=None if done.kept is None else done.kept.message.to(language),
    )

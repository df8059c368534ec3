"""The picture of a platform of a post, or of one delivery: regenerate, list earlier ones, choose, lock."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request, Response
from pydantic import BaseModel, Field

from araldo.api.answers import PostRead
from araldo.api.auth import CallerDep
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.fields import CleanText, Instant
from araldo.api.idempotent import IdempotencyDep, idempotent
from araldo.api.posts import post_response
from araldo.api.problems import RESPONSES, language_of
from araldo.api.providers import require_provider
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.media.models import Medium
from araldo.messages import Language, text_in
from araldo.pictures.models import NO_OPTIONS, PictureOptions, PictureVersion
from araldo.workflows.posts.picture_history import PictureHistory

router = ResourceRouter(prefix="/api/v1/posts/{post_id}/images/{name}", tags=["posts"], responses=RESPONSES)


PictureName = Annotated[
    str,
    Path(description="A platform, whose deliveries share their picture, or the id of one delivery to change alone."),
]


class Regenerate(RequestModel):
    """Fields that are left out stay as they were. `variant`: left out, a new variant; the cache is not used."""

    prompt: Annotated[CleanText, Field(max_length=10_000)] | None = None
    style: Annotated[CleanText, Field(max_length=100)] | None = None
    provider: Annotated[CleanText, Field(max_length=100)] | None = None
    variant: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


class ChooseImage(RequestModel):
    """`media_id`: one of the last five pictures."""

    media_id: Annotated[CleanText, Field(max_length=48)]


class LockImage(RequestModel):
    locked: bool


class PictureOption(BaseModel):
    """A current or earlier picture. `prompt`, `style` and `variant`: what it was generated from, if known.

    `origin`: `given` for a picture of your own. `pictures`: number of pictures; of a carousel, the first generated one
    is shown.
    """

    media_id: str
    image_url: str
    current: bool
    origin: str
    pictures: int
    image_alt: str | None
    provider: str | None
    prompt: str | None
    style: str | None
    variant: int
    width: int
    height: int
    made_at: Instant


class PostImages(BaseModel):
    """`images`: the last five, newest first. The other fields are what the next one would be generated from."""

    platform: str
    image_state: str
    locked: bool
    prompt: str
    style: str
    provider: str
    variant: int
    error: str | None
    error_code: str | None
    images: list[PictureOption]


@router.get("", operation_id="get_post_images")
async def get_post_images(
    post_id: str, name: PictureName, request: Request, deps: DependenciesDep, caller: CallerDep
) -> PostImages:
    """List the last five pictures of one platform, and the state of the current one."""
    album = await deps.picture_editor.read_history(caller.workspace, post_id, name)
    return _post_images_of(deps, album, language_of(request))


@router.post("/regenerate", operation_id="regenerate_post_image", status_code=202)
async def regenerate_post_image(
    post_id: str,
    name: PictureName,
    request: Request,
    response: Response,
    deps: DependenciesDep,
    caller: CallerDep,
    idempotent_request: IdempotencyDep,
    body: Regenerate | None = None,
) -> PostRead:
    """Regenerate this picture only. 409 once it was sent, or while it is locked."""
    asked = body or Regenerate()
    async with idempotent(deps, idempotent_request) as previous:
        if previous is None:
            if asked.provider is not None:
                require_provider(deps, asked.provider, "/provider")
            await deps.picture_editor.regenerate(
                caller.workspace,
                post_id,
                name,
                PictureOptions(prompt=asked.prompt, style=asked.style, provider=asked.provider),
                variant=asked.variant,
                request=idempotent_request,
                permissions=caller.permissions,
            )
    response.headers["Location"] = f"/api/v1/posts/{post_id}"
    return await post_response(post_id, request, response, deps, caller)


@router.post("/choose", operation_id="choose_post_image")
async def choose_post_image(
    post_id: str,
    name: PictureName,
    body: ChooseImage,
    request: Request,
    response: Response,
    deps: DependenciesDep,
    caller: CallerDep,
) -> PostRead:
    """Use an earlier picture again. 404 when it is not among the last five."""
    await deps.picture_editor.select_version(
        caller.workspace, post_id, name, body.media_id, permissions=caller.permissions
    )
    return await post_response(post_id, request, response, deps, caller)


@router.post("/lock", operation_id="lock_post_image")
async def lock_post_image(
    post_id: str,
    name: PictureName,
    body: LockImage,
    request: Request,
    response: Response,
    deps: DependenciesDep,
    caller: CallerDep,
) -> PostRead:
    """Lock or unlock the picture. A locked one is not regenerated, neither on request nor when the text changes."""
    await deps.picture_editor.set_locked(
        caller.workspace, post_id, name, locked=body.locked, permissions=caller.permissions
    )
    return await post_response(post_id, request, response, deps, caller)


def _post_images_of(deps: AppDependencies, album: PictureHistory, language: Language) -> PostImages:
    row = album.delivery
    error = row.picture.error
    return PostImages(
        platform=row.platform,
        image_state=row.picture.state,
        locked=row.picture.locked,
        prompt=album.request.prompt,
        style=album.request.style,
        provider=album.provider,
        variant=album.request.variant,
        error=text_in(error, language),
        error_code=None if error is None else error["code"],
        images=[
            _picture_option_of(deps, past, medium, current=medium.id == row.picture.cover_id)
            for past, medium in album.pictures
        ],
    )


def _picture_option_of(deps: AppDependencies, past: PictureVersion, medium: Medium, *, current: bool) -> PictureOption:
    notes = past.notes or {}
    return PictureOption(
        media_id=medium.id,
        image_url=deps.media_urls.sign(medium.id, deps.clock.now()),
        current=current,
        origin=past.origin,
        pictures=1 if past.slides is None else len(past.slides),
        image_alt=past.alt,
        provider=notes.get("provider"),
        prompt=notes.get("prompt"),
        style=notes.get("style"),
        variant=(past.wish or NO_OPTIONS).variant,
        width=medium.width,
        height=medium.height,
        made_at=past.made_at,
    )

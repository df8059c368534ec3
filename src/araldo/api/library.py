"""The media library: upload or fetch, list, search, describe, delete."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from pydantic import BaseModel

from araldo.api.auth import CallerDep
from araldo.api.choices import AltText
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.fields import CleanText, Instant
from araldo.api.idempotent import KeyHeader, idempotent
from araldo.api.library_requests import REQUEST_BODY, Tag, Tags, parse_media_request
from araldo.api.problems import RESPONSES, language_of
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.errors import NotFound
from araldo.media import store as media_store
from araldo.media import tag_store
from araldo.media.models import Medium, MediumUsage
from araldo.media.tags import unique_tags
from araldo.messages import Language, Message, message_of
from araldo.storage.database import Transaction
from araldo.workspaces.models import Workspace

router = ResourceRouter(prefix="/api/v1/media", tags=["media"], responses=RESPONSES)

Origin = Literal["uploaded", "fetched", "generated"]


class MediumDescription(RequestModel):
    """Sets only the fields sent; `tags` replaces all of the picture's tags."""

    alt: AltText = ""
    tags: Tags = []


class MediumUse(BaseModel):
    """`open`: it may still be published."""

    post_id: str
    platform: str
    state: str
    open: bool


class MediumRead(BaseModel):
    """`width` and `height`: upright. `url`: signed, valid for 48 hours. `notes`: what the conversion left out."""

    id: str
    origin: str
    filename: str
    mime: str
    width: int
    height: int
    bytes: int
    alt: str
    tags: list[str]
    placeholder: str | None
    provider: str | None
    url: str
    notes: list[str]
    created_at: Instant


class MediumDetail(MediumRead):
    """`alike`: other media with the same file or appearance; `used_by`: deliveries that show it or a fitted copy of it.

    `source_id` and `cut`: of a fitted copy, the original and its crop.
    """

    source_id: str | None
    cut: dict[str, Any] | None
    alike: list[str]
    used_by: list[MediumUse]


class MediumTag(BaseModel):
    """A tag, and how many pictures have it."""

    tag: str
    count: int


class MediumTagList(BaseModel):
    data: list[MediumTag]


class MediumList(BaseModel):
    data: list[MediumRead]
    next_cursor: str | None
    has_more: bool


@router.post(
    "",
    operation_id="add_medium",
    status_code=201,
    openapi_extra={"requestBody": REQUEST_BODY},
)
async def add_medium(
    request: Request, response: Response, deps: DependenciesDep, caller: CallerDep, key: KeyHeader = None
) -> MediumDetail:
    """Add a picture from a file of at most 25 MB or a public URL. Its type is detected from its bytes, not its name.

    JPEG, PNG, WebP, GIF and AVIF. It is stored upright, in sRGB, without metadata such as EXIF and location.
    """
    async with parse_media_request(request) as asked:
        idempotent_request = asked.as_idempotent(caller, request.url.path, key)
        async with idempotent(deps, idempotent_request) as previous:
            if previous is not None and previous.answer is not None:
                medium_id = str(previous.answer["medium_id"])
            elif asked.data is None:
                medium_id = await deps.library.add_url(
                    caller.workspace, asked.url, alt=asked.alt, tags=asked.tags, request=idempotent_request
                )
            else:
                medium_id = await deps.library.add_file(
                    caller.workspace,
                    asked.data,
                    filename=asked.filename,
                    alt=asked.alt,
                    tags=asked.tags,
                    request=idempotent_request,
                )
    response.headers["Location"] = f"/api/v1/media/{medium_id}"
    return await read_medium(deps, caller.workspace, medium_id, language_of(request))


@router.get("", operation_id="list_media")
async def list_media(
    request: Request,
    deps: DependenciesDep,
    caller: CallerDep,
    q: Annotated[
        CleanText | None, Query(max_length=500, description="Parts of the file name, alt text and tags.")
    ] = None,
    origin: Annotated[list[Origin] | None, Query(max_length=3)] = None,
    tag: Annotated[list[Tag] | None, Query(max_length=10, description="Pictures with all of these tags.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> MediumList:
    """List the library, newest first, without fitted copies."""

    def in_transaction(transaction: Transaction) -> tuple[list[Medium], str | None, dict[str, list[str]]]:
        media, following = media_store.list_library(
            transaction, caller.workspace.id, words=q, origins=origin or (), tags=tag or (), limit=limit, cursor=cursor
        )
        return media, following, tag_store.tags_of(transaction, [medium.id for medium in media])

    media, following, tags = await deps.database.read(in_transaction)
    language = language_of(request)
    data = [MediumRead(**_fields(deps, medium, tags[medium.id], language)) for medium in media]
    return MediumList(data=data, next_cursor=following, has_more=following is not None)


# Before the route of one picture, whose path its own matches too.
@router.get("/tags", operation_id="list_media_tags")
async def list_media_tags(deps: DependenciesDep, caller: CallerDep) -> MediumTagList:
    """List the tags in alphabetical order; of more than 500, those of most pictures."""
    found = await deps.database.read(lambda transaction: tag_store.list_tags(transaction, caller.workspace.id))
    return MediumTagList(data=[MediumTag(tag=tag.tag, count=tag.count) for tag in found])


@router.get("/{medium_id}", operation_id="get_medium")
async def get_medium(medium_id: str, request: Request, deps: DependenciesDep, caller: CallerDep) -> MediumDetail:
    return await read_medium(deps, caller.workspace, medium_id, language_of(request))


@router.patch("/{medium_id}", operation_id="describe_medium")
async def describe_medium(
    medium_id: str, body: MediumDescription, request: Request, deps: DependenciesDep, caller: CallerDep
) -> MediumDetail:
    """Set the alt text, which posts that show the picture already do not take over, and the tags."""
    sent = body.model_fields_set
    await deps.library.describe(
        caller.workspace,
        medium_id,
        alt=body.alt.strip() if "alt" in sent else None,
        tags=unique_tags(body.tags) if "tags" in sent else None,
    )
    return await read_medium(deps, caller.workspace, medium_id, language_of(request))


@router.delete("/{medium_id}", operation_id="delete_medium", status_code=204)
async def delete_medium(medium_id: str, deps: DependenciesDep, caller: CallerDep) -> None:
    """Delete a picture; 409 while an unpublished post shows it. Published posts keep their copy."""
    await deps.library.remove(caller.workspace, medium_id)


async def read_medium(deps: AppDependencies, workspace: Workspace, medium_id: str, language: Language) -> MediumDetail:
    def in_transaction(transaction: Transaction) -> tuple[Medium, list[str], list[str], list[MediumUsage]]:
        medium = media_store.find_in_library(transaction, workspace.id, medium_id)
        if medium is None:
            raise NotFound(Message("library.not_found"))
        alike = media_store.find_similar(transaction, medium)
        uses: list[MediumUsage] = media_store.list_usages(transaction, medium)
        return medium, tag_store.tags_of(transaction, [medium.id])[medium.id], alike, uses

    medium, tags, alike, uses = await deps.database.read(in_transaction)
    return MediumDetail(
        **_fields(deps, medium, tags, language),
        source_id=medium.source_id,
        cut=medium.cut,
        alike=alike,
        used_by=[MediumUse(post_id=use.post_id, platform=use.platform, state=use.state, open=use.open) for use in uses],
    )


def _fields(deps: AppDependencies, medium: Medium, tags: list[str], language: Language) -> dict[str, Any]:
    return {
        "id": medium.id,
        "origin": medium.origin,
        "filename": medium.filename,
        "mime": medium.mime,
        "width": medium.width,
        "height": medium.height,
        "bytes": medium.bytes,
        "alt": medium.alt,
        "tags": tags,
        "placeholder": medium.placeholder,
        "provider": medium.provider,
        "url": deps.media_urls.sign(medium.id, deps.clock.now()),
        "notes": [message_of(note).to(language) for note in medium.notes],
        "created_at": medium.created_at,
    }

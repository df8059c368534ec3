"""The media library: upload or fetch, list, search, describe, delete."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from starlette.datastructures import UploadFile

from araldo.api.auth import CallerDep
from araldo.api.choices import AltText
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.fields import CleanText, Instant
from araldo.api.forms import require_known_fields
from araldo.api.idempotent import KeyHeader, idempotent
from araldo.api.problems import RESPONSES, language_of
from araldo.api.requests import BodyInvalid, RequestModel
from araldo.api.routing import ResourceRouter
from araldo.errors import NotFound, PostInvalid, Problem, TooLarge
from araldo.images.unusable import MAX_BYTES, MESSAGES
from araldo.media import store as media_store
from araldo.media.models import Medium, MediumUsage
from araldo.messages import Language, Message, message_of
from araldo.storage.database import Transaction
from araldo.storage.idempotency import IdempotentRequest
from araldo.workspaces.models import Caller, Workspace

router = ResourceRouter(prefix="/api/v1/media", tags=["media"], responses=RESPONSES)

Origin = Literal["uploaded", "fetched", "generated"]


class MediumFromUrl(RequestModel):
    url: Annotated[CleanText, Field(min_length=1, max_length=4_000)]
    alt: AltText = ""


class MediumDescription(RequestModel):
    alt: AltText


class MediumUse(BaseModel):
    post_id: str
    platform: str
    state: str


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


class MediumList(BaseModel):
    data: list[MediumRead]
    next_cursor: str | None
    has_more: bool


@dataclass(frozen=True, slots=True)
class MediaRequest:
    """The medium to add: a file's bytes, or a URL."""

    data: bytes | None
    filename: str
    url: str
    alt: str

    def as_idempotent(self, caller: Caller, route: str, key: str | None) -> IdempotentRequest | None:
        if key is None:
            return None
        file = None if self.data is None else hashlib.sha256(self.data).hexdigest()
        said = json.dumps([file, self.filename, self.url, self.alt])
        return IdempotentRequest(caller.id, route, key, hashlib.sha256(said.encode()).hexdigest())


_FILE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
        "alt": {"type": "string", "maxLength": 1000},
    },
}


@router.post(
    "",
    operation_id="add_medium",
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {"schema": _FILE_SCHEMA},
                "application/json": {
                    "schema": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["url"],
                        "properties": {
                            "url": {"type": "string", "maxLength": 4000},
                            "alt": {"type": "string", "maxLength": 1000},
                        },
                    },
                    "example": {"url": "https://example.com/picture.jpg", "alt": "A lighthouse at dusk"},
                },
            },
        }
    },
)
async def add_medium(
    request: Request, response: Response, deps: DependenciesDep, caller: CallerDep, key: KeyHeader = None
) -> MediumDetail:
    """Add a picture from a file of at most 25 MB or a public URL. Its type is detected from its bytes, not its name.

    JPEG, PNG, WebP, GIF and AVIF. It is stored upright, in sRGB, without metadata such as EXIF and location.
    """
    async with _parse_body(request) as asked:
        idempotent_request = asked.as_idempotent(caller, request.url.path, key)
        async with idempotent(deps, idempotent_request) as previous:
            if previous is not None and previous.answer is not None:
                medium_id = str(previous.answer["medium_id"])
            elif asked.data is None:
                medium_id = await deps.library.add_url(
                    caller.workspace, asked.url, alt=asked.alt, request=idempotent_request
                )
            else:
                medium_id = await deps.library.add_file(
                    caller.workspace, asked.data, filename=asked.filename, alt=asked.alt, request=idempotent_request
                )
    response.headers["Location"] = f"/api/v1/media/{medium_id}"
    return await _read_medium(deps, caller.workspace, medium_id, language_of(request))


@router.get("", operation_id="list_media")
async def list_media(
    request: Request,
    deps: DependenciesDep,
    caller: CallerDep,
    q: Annotated[CleanText | None, Query(max_length=500, description="Parts of the file name and alt text.")] = None,
    origin: Annotated[list[Origin] | None, Query(max_length=3)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> MediumList:
    """List the library, newest first, without fitted copies."""
    media, following = await deps.database.read(
        lambda transaction: media_store.list_library(
            transaction, caller.workspace.id, words=q, origins=origin or (), limit=limit, cursor=cursor
        )
    )
    data = [MediumRead(**_fields(deps, medium, language_of(request))) for medium in media]
    return MediumList(data=data, next_cursor=following, has_more=following is not None)


@router.get("/{medium_id}", operation_id="get_medium")
async def get_medium(medium_id: str, request: Request, deps: DependenciesDep, caller: CallerDep) -> MediumDetail:
    return await _read_medium(deps, caller.workspace, medium_id, language_of(request))


@router.patch("/{medium_id}", operation_id="describe_medium")
async def describe_medium(
    medium_id: str, body: MediumDescription, request: Request, deps: DependenciesDep, caller: CallerDep
) -> MediumDetail:
    """Set the alt text. Posts that show the picture already keep theirs."""
    await deps.library.describe(caller.workspace, medium_id, body.alt.strip())
    return await _read_medium(deps, caller.workspace, medium_id, language_of(request))


@router.delete("/{medium_id}", operation_id="delete_medium", status_code=204)
async def delete_medium(medium_id: str, deps: DependenciesDep, caller: CallerDep) -> None:
    """Delete a picture; 409 while an unpublished post shows it. Published posts keep their copy."""
    await deps.library.remove(caller.workspace, medium_id)


@asynccontextmanager
async def _parse_body(request: Request) -> AsyncIterator[MediaRequest]:
    """Parse the body, form or JSON. Raises PostInvalid, TooLarge, RequestValidationError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        try:
            body = MediumFromUrl.model_validate_json(await request.body())
        except ValidationError as wrong:
            lines = [{**line, "loc": ("body", *line["loc"])} for line in wrong.errors(include_url=False)]
            raise BodyInvalid(lines, body=await _json_of(request), model=MediumFromUrl) from wrong
        yield MediaRequest(None, "", body.url.strip(), body.alt.strip())
        return
    # Streamed into a temporary file, which is deleted when the form is closed.
    async with request.form(max_files=1, max_fields=8) as form:
        require_known_fields(form, list(_FILE_SCHEMA["properties"]))
        file, alt = form.get("file"), form.get("alt", "")
        if not isinstance(file, UploadFile):
            raise PostInvalid([Problem("/file", "missing", Message("library.file_missing"))])
        if (file.size or 0) > MAX_BYTES:
            raise TooLarge(MESSAGES["too_big"])
        try:
            words: str = TypeAdapter(AltText).validate_python(alt)
        except ValidationError as wrong:
            lines = [{**line, "loc": ("body", "alt")} for line in wrong.errors(include_url=False)]
            raise RequestValidationError(lines) from wrong
        yield MediaRequest(await file.read(), file.filename or "", "", words.strip())


async def _json_of(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError:
        return None


async def _read_medium(deps: AppDependencies, workspace: Workspace, medium_id: str, language: Language) -> MediumDetail:
    def in_transaction(transaction: Transaction) -> tuple[Medium, list[str], list[MediumUsage]]:
        medium = media_store.find_in_library(transaction, workspace.id, medium_id)
        if medium is None:
            raise NotFound(Message("library.not_found"))
        alike = media_store.find_similar(transaction, medium)
        uses: list[MediumUsage] = media_store.list_usages(transaction, medium)
        return medium, alike, uses

    medium, alike, uses = await deps.database.read(in_transaction)
    return MediumDetail(
        **_fields(deps, medium, language),
        source_id=medium.source_id,
        cut=medium.cut,
        alike=alike,
        used_by=[MediumUse(post_id=use.post_id, platform=use.platform, state=use.state) for use in uses],
    )


def _fields(deps: AppDependencies, medium: Medium, language: Language) -> dict[str, Any]:
    return {
        "id": medium.id,
        "origin": medium.origin,
        "filename": medium.filename,
        "mime": medium.mime,
        "width": medium.width,
        "height": medium.height,
        "bytes": medium.bytes,
        "alt": medium.alt,
        "placeholder": medium.placeholder,
        "provider": medium.provider,
        "url": deps.media_urls.sign(medium.id, deps.clock.now()),
        "notes": [message_of(note).to(language) for note in medium.notes],
        "created_at": medium.created_at,
    }

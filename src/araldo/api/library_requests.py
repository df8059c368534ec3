"""The body that adds a picture to the library: a form with a file, or JSON with a URL."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError
from starlette.datastructures import UploadFile

from araldo.api.choices import AltText
from araldo.api.fields import CleanText
from araldo.api.forms import require_known_fields
from araldo.api.requests import BodyInvalid, RequestModel
from araldo.errors import PostInvalid, Problem, TooLarge
from araldo.images.unusable import MAX_BYTES, MESSAGES
from araldo.media.tags import TAG_MAX, TAGS_MAX, normalize_tag, unique_tags
from araldo.messages import Message
from araldo.storage.idempotency import IdempotentRequest
from araldo.workspaces.models import Caller


def _normalized_tag(raw: str) -> str:
    """Return the normalized tag. Raises for one that is longer so, as some letters have no single code point."""
    tag = normalize_tag(raw)
    if len(tag) > TAG_MAX:
        raise PydanticCustomError("string_too_long", "at most {max_length} characters", {"max_length": TAG_MAX})
    return tag


# Without a comma, which separates the tags of a form.
Tag = Annotated[CleanText, Field(min_length=1, max_length=TAG_MAX, pattern="^[^,]+$"), AfterValidator(_normalized_tag)]
Tags = Annotated[list[Tag], Field(max_length=TAGS_MAX)]


class MediumFromUrl(RequestModel):
    url: Annotated[CleanText, Field(min_length=1, max_length=4_000)]
    alt: AltText = ""
    tags: Tags = []


@dataclass(frozen=True, slots=True)
class MediaRequest:
    """The medium to add: a file's bytes, or a URL."""

    data: bytes | None
    filename: str
    url: str
    alt: str
    tags: Sequence[str]

    def as_idempotent(self, caller: Caller, route: str, key: str | None) -> IdempotentRequest | None:
        if key is None:
            return None
        file = None if self.data is None else hashlib.sha256(self.data).hexdigest()
        said = json.dumps([file, self.filename, self.url, self.alt, *self.tags])
        return IdempotentRequest(caller.id, route, key, hashlib.sha256(said.encode()).hexdigest())


_FILE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
        "alt": {"type": "string", "maxLength": 1000},
        "tags": {"type": "string", "description": "At most 20, separated by commas."},
    },
}


REQUEST_BODY: dict[str, Any] = {
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
                    "tags": {
                        "type": "array",
                        "maxItems": TAGS_MAX,
                        "items": {"type": "string", "minLength": 1, "maxLength": TAG_MAX, "pattern": "^[^,]+$"},
                    },
                },
            },
            "example": {"url": "https://example.com/picture.jpg", "alt": "A lighthouse at dusk", "tags": ["Summer"]},
        },
    },
}


@asynccontextmanager
async def parse_media_request(request: Request) -> AsyncIterator[MediaRequest]:
    """Parse the body, form or JSON. Raises PostInvalid, TooLarge, RequestValidationError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        try:
            body = MediumFromUrl.model_validate_json(await request.body())
        except ValidationError as wrong:
            lines = [{**line, "loc": ("body", *line["loc"])} for line in wrong.errors(include_url=False)]
            raise BodyInvalid(lines, body=await _json_of(request), model=MediumFromUrl) from wrong
        yield MediaRequest(None, "", body.url.strip(), body.alt.strip(), unique_tags(body.tags))
        return
    # Streamed into a temporary file, which is deleted when the form is closed.
    async with request.form(max_files=1, max_fields=8) as form:
        require_known_fields(form, list(_FILE_SCHEMA["properties"]))
        file, alt = form.get("file"), form.get("alt", "")
        if not isinstance(file, UploadFile):
            raise PostInvalid([Problem("/file", "missing", Message("library.file_missing"))])
        if (file.size or 0) > MAX_BYTES:
            raise TooLarge(MESSAGES["too_big"])
        words: str = _validated(AltText, alt, "alt")
        written = _validated(CleanText, form.get("tags", ""), "tags")
        tags: list[str] = _validated(Tags, [part for part in written.split(",") if part.strip()], "tags")
        yield MediaRequest(await file.read(), file.filename or "", "", words.strip(), unique_tags(tags))


def _validated(kind: Any, value: object, name: str) -> Any:
    """Return the form field's value as `kind`. Raises RequestValidationError."""
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as wrong:
        lines = [{**line, "loc": ("body", name)} for line in wrong.errors(include_url=False)]
        raise RequestValidationError(lines) from wrong


async def _json_of(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError:
        return None

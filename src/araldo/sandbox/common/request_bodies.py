"""Read a request's parameters and files from its query and body: form, multipart or JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

_LARGEST_FIELD = 16 * 1024 * 1024
_LONGEST_LOGGED = 20_000


class UnreadableBody(Exception):
    """The body is no form, multipart or JSON object that can be read."""


@dataclass(frozen=True, slots=True)
class UploadedFile:
    filename: str
    content_type: str
    data: bytes


@dataclass(slots=True)
class RequestBody:
    """`values`: every parameter's values, in order; those of a JSON body keep their types. `files`: by field name."""

    values: dict[str, list[Any]] = field(default_factory=dict)
    files: dict[str, UploadedFile] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        """Return the last value; None when the parameter is absent."""
        found = self.values.get(name)
        return found[-1] if found else None

    def text(self, name: str) -> str:
        """Return the last value as text; empty when the parameter is absent or null."""
        value = self.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value)

    def add(self, name: str, value: Any) -> None:
        self.values.setdefault(_clean(name), []).append(_clean(value) if isinstance(value, str) else value)

    def redacted(self, secrets: frozenset[str]) -> dict[str, str]:
        """Return the parameters for the log: without secrets, files and long texts as their size."""
        shown: dict[str, str] = {}
        for name, values in self.values.items():
            text = ",".join(value if isinstance(value, str) else json.dumps(value) for value in values)
            shown[name] = "***" if name in secrets else text
            if len(text) > _LONGEST_LOGGED:
                shown[name] = f"<{len(text)} characters>"
        return shown | {name: f"<{len(file.data)} bytes>" for name, file in self.files.items()}


def read_query(request: Request) -> RequestBody:
    """Read the query alone."""
    read = RequestBody()
    for name, value in request.query_params.multi_items():
        read.add(name, value)
    return read


async def read_body(request: Request) -> RequestBody:
    """Read query and body; a body of another type is not read.

    :raises UnreadableBody: when the body is not of the type that it says.
    """
    read = read_query(request)
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        await _read_form(request, read)
    elif kind == "application/json":
        for name, value in _json_object(await request.body()).items():
            read.add(name, value)
    return read


async def _read_form(request: Request, read: RequestBody) -> None:
    try:
        async with request.form(max_part_size=_LARGEST_FIELD) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    content_type = value.content_type or ""
                    read.files[_clean(name)] = UploadedFile(value.filename or "", content_type, await value.read())
                else:
                    read.add(name, value)
    except (HTTPException, MultiPartException, ValueError):
        raise UnreadableBody from None


def parse_json(text: str | bytes) -> Any:
    """Parse JSON, without lone surrogates, which it may contain and no answer could be encoded with.

    :raises ValueError: for invalid JSON, or JSON nested too deep.
    """
    try:
        return json.loads(_clean(json.dumps(json.loads(text), ensure_ascii=False)))
    except RecursionError:
        raise ValueError("nested too deep") from None


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        read = parse_json(body or b"{}")
    except ValueError:
        raise UnreadableBody from None
    if not isinstance(read, dict):
        raise UnreadableBody
    return read


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()

"""Strict requests: unknown and repeated names in bodies and query parameters are refused."""

from __future__ import annotations

import asyncio
import difflib
import json
import types
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict

from araldo.errors import NotFound, PostInvalid, Problem
from araldo.messages import Message
from araldo.posts.pointers import escape_pointer

_SAFE = {"GET", "HEAD", "OPTIONS"}
# The time to compare names grows with their length; no known name is longer.
_COMPARED_MAX = 100
# A body is parsed a second time to find repeated names; above this size in a thread.
_READ_ASIDE_BYTES = 64 * 1024


class RequestModel(BaseModel):
    """Base of all request body models, nested ones too: refuses unknown fields, and values of another JSON type
    (`0` or `"no"` for false, `"3"` for 3)."""

    model_config = ConfigDict(extra="forbid", strict=True)


class BodyInvalid(RequestValidationError):
    """A validation error of a body that a route has parsed itself, as `model`."""

    def __init__(self, errors: Sequence[Any], *, body: Any, model: type[BaseModel]) -> None:
        super().__init__(errors, body=body)
        self.model = model


async def refuse_unknown_input(request: Request) -> None:
    """Refuse what a route that writes would ignore: unknown or repeated query parameters, repeated names in JSON, a
    body where none is read.

    Fields of declared bodies are refused by RequestModel. Raises PostInvalid; for NUL in the address, which PostgreSQL
    cannot look for, NotFound and RequestValidationError, also on a route that reads.
    """
    _refuse_nul(request)
    route = request.scope["route"]
    if request.method in _SAFE or not isinstance(route, APIRoute):
        return
    problems = [*_query_problems(route, request), *await _body_problems(route, request)]
    if problems:
        raise PostInvalid(problems)


def _refuse_nul(request: Request) -> None:
    if "\x00" in request.scope["path"]:
        raise NotFound(Message("requests.route_unknown"))
    if not getattr(request.scope["route"], "include_in_schema", False):
        # Pages for browsers refuse what they cannot use in their own way.
        return
    unwritable = [name for name, value in request.query_params.multi_items() if "\x00" in value]
    if unwritable:
        raise RequestValidationError([{"loc": ("query", name), "type": "unwritable_text"} for name in unwritable])


def unknown_field(path: Sequence[str | int], known: Collection[str]) -> Problem:
    """Return the problem of an unknown field. `path`: its path in the body; `known`: the valid names there."""
    return _unknown_name_problem(
        Message("requests.unknown_field"), "unknown_field", pointer_to(path), str(path[-1]), known
    )


def repeated_field(path: Sequence[str | int]) -> Problem:
    return Problem(
        pointer_to(path), "repeated_field", Message("requests.repeated", {"name": str(path[-1])[:_COMPARED_MAX]})
    )


def pointer_to(path: Iterable[str | int]) -> str:
    return "".join(f"/{escape_pointer(str(part))}" for part in path)


def body_type_of(route: Any) -> Any:
    """Return the annotation of a route's body; None when it declares none."""
    field = getattr(route, "body_field", None)
    return None if field is None else field.field_info.annotation


def path_in_body(loc: Sequence[str | int], body: Any, *, is_missing: bool) -> list[str | int]:
    """Return the path in `body` of pydantic's error location, without its names of union members and keys."""
    if not isinstance(body, dict | list):
        return list(loc)
    path: list[str | int] = []
    here: Any = body
    for index, part in enumerate(loc):
        if _has_part(here, part):
            here = here[part]
        elif not (is_missing and index == len(loc) - 1):
            continue
        path.append(part)
    return path


def fields_at(annotation: Any, path: Iterable[str | int]) -> list[str]:
    """Return the field names of the object at `path` in a body of this type."""
    reached = [annotation]
    for part in path:
        reached = [below for outer in reached for below in _types_below(outer, part)]
    models = [model for outer in reached for model in _union_members(outer) if _is_model(model)]
    return [field.alias or name for model in models for name, field in model.model_fields.items()]


def _types_below(annotation: Any, part: str | int) -> Iterator[Any]:
    for member in _union_members(annotation):
        if _is_model(member):
            fields = member.model_fields.items()
            yield from (field.annotation for name, field in fields if part == (field.alias or name))
        elif get_origin(member) in {list, dict}:
            yield get_args(member)[-1]


def _union_members(annotation: Any) -> list[Any]:
    """Return the members of a union, or the type itself, without `Annotated`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _union_members(get_args(annotation)[0])
    if origin in {Union, types.UnionType}:
        return [inner for member in get_args(annotation) for inner in _union_members(member)]
    return [annotation]


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _has_part(body: Any, part: str | int) -> bool:
    if isinstance(body, dict):
        return part in body
    return isinstance(body, list) and isinstance(part, int) and part < len(body)


def _query_problems(route: APIRoute, request: Request) -> Iterator[Problem]:
    known = query_parameters_of(route.dependant)
    for name, count in Counter(name for name, _ in request.query_params.multi_items()).items():
        if name not in known:
            yield _unknown_name_problem(
                Message("requests.unknown_parameter"), "unknown_parameter", pointer_to([name]), name, known
            )
        elif count > 1 and not known[name]:
            yield Problem(pointer_to([name]), "repeated_parameter", Message("requests.repeated", {"name": name}))


def query_parameters_of(dependant: Dependant) -> dict[str, bool]:
    """Return a route's query parameters, also its dependencies', and whether each may be repeated."""
    found = {field.alias: _is_list(field.field_info.annotation) for field in dependant.query_params}
    for inner in dependant.dependencies:
        found |= query_parameters_of(inner)
    return found


def _is_list(annotation: Any) -> bool:
    return any(get_origin(member) is list for member in _union_members(annotation))


async def _body_problems(route: APIRoute, request: Request) -> list[Problem]:
    is_json = request.headers.get("content-type", "").partition(";")[0].strip().lower().endswith("json")
    reads_itself = route.openapi_extra is not None and "requestBody" in route.openapi_extra
    takes_body = route.body_field is not None or reads_itself
    if takes_body and not is_json:
        return []
    data = await request.body()
    if not takes_body:
        return _unexpected_body_problems(data)
    if len(data) > _READ_ASIDE_BYTES:
        return await asyncio.to_thread(_repeated_names, data)
    return _repeated_names(data)


def _unexpected_body_problems(data: bytes) -> list[Problem]:
    """Return problems of a body where none is expected. An empty object is allowed, because many clients send one."""
    if not data.strip():
        return []
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        body = data
    if body is None or body == {}:
        return []
    if isinstance(body, dict):
        return [unknown_field([name], ()) for name in list(body)[:_COMPARED_MAX]]
    return [Problem("", "unexpected_body", Message("requests.body_not_allowed"))]


def _repeated_names(data: bytes) -> list[Problem]:
    """Return a problem for each repeated name in an object, of whose values one would be lost. [] for invalid JSON."""
    repeated: dict[int, list[str]] = {}

    def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            repeated[id(made)] = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
        return made

    try:
        body = json.loads(data, object_pairs_hook=object_of)
        return list(_repeated_name_problems(body, repeated, [])) if repeated else []
    except (ValueError, RecursionError):
        return []


def _repeated_name_problems(body: Any, repeated: dict[int, list[str]], path: list[str | int]) -> Iterator[Problem]:
    if isinstance(body, dict):
        for name in repeated.get(id(body), ()):
            yield repeated_field([*path, name])
    inner = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for part, value in inner:
        yield from _repeated_name_problems(value, repeated, [*path, part])


def _unknown_name_problem(message: Message, code: str, pointer: str, name: str, known: Collection[str]) -> Problem:
    said, nearest = message.with_values(name=name[:_COMPARED_MAX]), _closest_name(name, known)
    if nearest is None:
        return Problem(pointer, code, said)
    return Problem(
        pointer, code, Message("requests.did_you_mean", {"what": said, "nearest": nearest}), suggestions=(nearest,)
    )


def _closest_name(name: str, known: Collection[str]) -> str | None:
    """Return the most similar known name, without regard to case, hyphens and underscores."""
    plain = {_normalize_name(known_name): known_name for known_name in known}
    found = difflib.get_close_matches(_normalize_name(name[:_COMPARED_MAX]), plain, n=1)
    return plain[found[0]] if found else None


def _normalize_name(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")

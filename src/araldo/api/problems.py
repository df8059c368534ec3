"""Error responses: RFC 9457 problem+json, in the caller's language."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Route

from araldo.api.requests import body_type_of, fields_at, path_in_body, pointer_to, unknown_field
from araldo.errors import Conflict, NotAllowed, OutsideError, PostInvalid, Problem, TooMany, TryLater, UserError
from araldo.local_faults import is_transient
from araldo.messages import DEFAULT_LANGUAGE, Language, Message, find_language, known_language

log = structlog.get_logger()

_PROBLEMS_MAX = 100
_WEIGHT = re.compile(r"[qQ]\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


class ProblemEntry(BaseModel):
    """`suggestions`: valid values close to the one sent, such as times with their offset, or names of zones."""

    pointer: str
    code: str
    detail: str
    platform: str | None = None
    suggestions: list[str] = []


class ProblemBody(BaseModel):
    """The body of every error response."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[ProblemEntry] = []


PROBLEM_TYPE = "application/problem+json"
PROBLEM_SCHEMA = {"$ref": f"#/components/schemas/{ProblemBody.__name__}"}


def described_problems(descriptions: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """Return FastAPI `responses` for a route's own errors, by status. description.py adds those of all routes."""
    return {status: {"model": ProblemBody, "description": why} for status, why in descriptions.items()}


# Without this, FastAPI describes its own handler's response to invalid bodies.
RESPONSES = described_problems({422: "Not valid"})

_TITLES = {
    400: Message("problem_titles.status_400"),
    401: Message("problem_titles.status_401"),
    403: Message("problem_titles.status_403"),
    404: Message("problem_titles.status_404"),
    405: Message("problem_titles.status_405"),
    409: Message("problem_titles.status_409"),
    412: Message("problem_titles.status_412"),
    413: Message("problem_titles.status_413"),
    422: Message("problem_titles.status_422"),
    429: Message("problem_titles.status_429"),
    500: Message("problem_titles.status_500"),
    502: Message("problem_titles.status_502"),
    503: Message("problem_titles.status_503"),
}
# Messages by pydantic's error type; other types get a general message.
_FIELD_MESSAGES = {
    "missing": Message("problems.field_missing"),
    "json_invalid": Message("problems.field_json_invalid"),
    "string_type": Message("problems.field_string_type"),
    "list_type": Message("problems.field_list_type"),
    "dict_type": Message("problems.field_object"),
    "model_attributes_type": Message("problems.field_object"),
    "bool_type": Message("problems.field_bool"),
    "bool_parsing": Message("problems.field_bool"),
    "too_long": Message("problems.field_too_long"),
    "too_short": Message("problems.field_too_short"),
    "string_too_long": Message("problems.field_string_too_long"),
    "datetime_wall_time": Message("problems.field_datetime_wall_time"),
    "unwritable_text": Message("problems.field_unwritable_text"),
}


def title_of(status: int) -> str:
    """Return the English title of a status."""
    return _TITLES.get(status, Message("problem_titles.other")).to(DEFAULT_LANGUAGE)


def language_of(request: Request) -> Language:
    """Return the language of a signed-in person's requests (see `auth`), else the first one asked for, else English."""
    return known_language(request.scope.get("language") or requested_language(request))


def requested_language(request: Request) -> Language | None:
    """Return the language of the highest weight in Accept-Language that there is a catalogue of; None without one."""
    wanted = [one for one in request.headers.get("accept-language", "").split(",") if _weight(one) > 0]
    return find_language(*sorted(wanted, key=_weight, reverse=True))


def _weight(language_range: str) -> float:
    """Return the weight from 0 to 1 of a range such as `it-IT;q=0.8` (RFC 9110, 12.4.2); 0 where it is malformed."""
    _, has_weight, weight = language_range.partition(";")
    found = _WEIGHT.fullmatch(weight.strip()) if has_weight else None
    return float(found[1]) if found else float(not has_weight)


def problem_entry_of(problem: Problem, language: Language) -> ProblemEntry:
    return ProblemEntry(
        pointer=problem.pointer,
        code=problem.code,
        detail=problem.message.to(language),
        platform=problem.platform,
        suggestions=list(problem.suggestions),
    )


def problem_response(
    request: Request,
    status: int,
    code: str,
    message: Message,
    problems: Sequence[Problem] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    language = language_of(request)
    body = ProblemBody(
        type=f"urn:araldo:problem:{code}",
        title=_TITLES.get(status, Message("problem_titles.other")).to(language),
        status=status,
        detail=message.to(language),
        code=code,
        request_id=request.scope.get("request_id", ""),
        errors=[problem_entry_of(problem, language) for problem in problems],
    )
    return JSONResponse(body.model_dump(), status, dict(headers or {}), PROBLEM_TYPE)


class BodyTooLarge(HTTPException):
    """A body above a limit. An HTTPException, because FastAPI reports any other exception while reading as bad JSON."""

    def __init__(self, message: Message) -> None:
        super().__init__(413)
        self.message = message


async def user_error_response(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, UserError)
    problems = error.problems if isinstance(error, PostInvalid | Conflict) else []
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, NotAllowed) and error.status == 401 else {}
    if isinstance(error, TooMany):
        headers = {"Retry-After": str(math.ceil(error.after_s))}
    return problem_response(request, error.status, error.code, error.message, problems, headers)


async def _outside_error_response(request: Request, error: Exception) -> JSONResponse:
    """Return 503 or 502: an external service that the request needs failed or refused."""
    assert isinstance(error, OutsideError)
    if isinstance(error, TryLater):
        return problem_response(
            request, 503, error.code, error.message, headers={"Retry-After": str(round(error.after_s))}
        )
    return problem_response(request, 502, error.code, error.message)


async def _invalid_request_response(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    body_type = getattr(error, "model", None) or body_type_of(request.scope.get("route"))
    # A body may have any number of unknown names.
    problems = [_field_problem(entry, error.body, body_type) for entry in error.errors()[:_PROBLEMS_MAX]]
    return problem_response(request, 422, "invalid", problems[0].message, problems)


def _field_problem(entry: Mapping[str, Any], body: Any, body_type: Any) -> Problem:
    place, *path = entry["loc"]
    kind = str(entry["type"])
    if place == "body":
        path = path_in_body(path, body, is_missing=kind == "missing")
    if kind == "extra_forbidden":
        return unknown_field(path, fields_at(body_type, path[:-1]))
    if kind == "too_long" and isinstance(entry.get("input"), str):
        kind = "string_too_long"
    if kind == "json_invalid":
        path = []
    general = Message("problems.field_time") if kind.startswith("datetime") else Message("problems.field_other")
    message = _FIELD_MESSAGES.get(kind, general)
    if kind == "string_too_long":
        message = message.with_values(most=entry["ctx"]["max_length"])
    code = kind if place == "body" else f"{place}_{kind}"
    return Problem(pointer_to(path), code, message)


async def _http_error_response(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.__cause__ is not None and is_transient(error.__cause__):
        # FastAPI reports every failure while reading a body as bad JSON, a full disk too.
        raise error.__cause__
    title = _TITLES.get(error.status_code, Message("problem_titles.other"))
    code = title.to(DEFAULT_LANGUAGE).lower().replace(" ", "_")
    message = error.message if isinstance(error, BodyTooLarge) else title
    headers = {"Allow": _methods_of(request)} if error.status_code == 405 else error.headers
    return problem_response(request, error.status_code, code, message, headers=headers)


def _methods_of(request: Request) -> str:
    """Return the methods of all routes with the path; the router itself names only those of the first.

    `/posts/validate` has those of its own and not those of `/posts/{post_id}`, whose pattern it matches.
    """
    found = (context.original_route for context in iter_route_contexts(request.app.routes))
    path = request.scope["path"]
    routes = [route for route in found if isinstance(route, Route | APIRoute) and route.path_regex.match(path)]
    exact = [route for route in routes if route.path == path]
    return ", ".join(sorted({method for route in exact or routes for method in route.methods or ()}))


async def _disconnected_response(request: Request, error: Exception) -> JSONResponse:
    """Return a 400 that nobody reads: the client disconnected during its request, which is no error here."""
    assert isinstance(error, ClientDisconnect)
    return problem_response(request, 400, "bad_request", _TITLES[400])


async def _internal_error_response(request: Request, error: Exception) -> JSONResponse:
    log.error("request_failed", exc_info=error)
    return problem_response(request, 500, "internal", Message("problems.internal"))


def install_error_handlers(app: FastAPI) -> None:
    app.add_exception_handler(UserError, user_error_response)
    app.add_exception_handler(OutsideError, _outside_error_response)
    app.add_exception_handler(RequestValidationError, _invalid_request_response)
    app.add_exception_handler(HTTPException, _http_error_response)
    app.add_exception_handler(ClientDisconnect, _disconnected_response)
    app.add_exception_handler(Exception, _internal_error_response)

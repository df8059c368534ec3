"""Every error on the wire: RFC 9457 problem+json, in the caller's language."""

from __future__ import annotations

import math
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
from araldo.errors import (
    Conflict,
    Language,
    NotAllowed,
    OutsideError,
    PostInvalid,
    Problem,
    Sentence,
    TooMany,
    TryLater,
    UserError,
)
from araldo.local_faults import is_passing

log = structlog.get_logger()

_PROBLEMS_MAX = 100


class ProblemEntry(BaseModel):
    """`suggestions` are values that would do, the nearest ones: times with their offset, names of zones."""

    pointer: str
    code: str
    detail: str
    platform: str | None = None
    suggestions: list[str] = []


class ProblemBody(BaseModel):
    """What every error answers."""

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
    """Declare a route's own refusals, by status. Those that follow from what a route is are added in description.py."""
    return {status: {"model": ProblemBody, "description": why} for status, why in descriptions.items()}


# FastAPI describes bodies that are not valid as its own handler would answer them, unless a route says otherwise.
RESPONSES = described_problems({422: "Not valid"})

_TITLES = {
    400: Sentence("Bad request", "Richiesta non corretta"),
    401: Sentence("Not signed in", "Accesso non effettuato"),
    403: Sentence("Not allowed", "Non consentito"),
    404: Sentence("Not found", "Non trovato"),
    405: Sentence("Method not allowed", "Metodo non consentito"),
    409: Sentence("Conflict", "Conflitto"),
    412: Sentence("Changed in the meantime", "Modificato nel frattempo"),
    413: Sentence("Too large", "Troppo grande"),
    422: Sentence("Not valid", "Non valido"),
    429: Sentence("Too many requests", "Troppe richieste"),
    500: Sentence("Internal error", "Errore interno"),
    502: Sentence("Refused elsewhere", "Rifiutato altrove"),
    503: Sentence("Not available now", "Non disponibile ora"),
}
_OTHER = Sentence("Error", "Errore")
_INTERNAL = Sentence(
    "Something went wrong on our side; the log has the details under this request id.",
    "Qualcosa è andato storto da parte nostra; i dettagli sono nel log con questo id di richiesta.",
)
# What pydantic calls its errors, said for people; the rest falls back to a general sentence.
_FIELD_SENTENCES = {
    "missing": Sentence("This field is required.", "Questo campo è obbligatorio."),
    "json_invalid": Sentence("The body is not valid JSON.", "Il corpo non è JSON valido."),
    "string_type": Sentence("This must be a text.", "Deve essere un testo."),
    "list_type": Sentence("This must be a list.", "Deve essere un elenco."),
    "dict_type": Sentence("This must be an object.", "Deve essere un oggetto."),
    "model_attributes_type": Sentence("This must be an object.", "Deve essere un oggetto."),
    "bool_type": Sentence("This must be true or false.", "Deve essere true o false."),
    "bool_parsing": Sentence("This must be true or false.", "Deve essere true o false."),
    "too_long": Sentence("Too many entries.", "Troppi elementi."),
    "too_short": Sentence("At least one entry is needed.", "Serve almeno un elemento."),
    "string_too_long": Sentence("This text is too long.", "Questo testo è troppo lungo."),
    "datetime_wall_time": Sentence(
        "This is a wall time in the zone: write e.g. 2030-01-31T10:00:00, without an offset.",
        "È un orario nel fuso indicato: scrivi ad es. 2030-01-31T10:00:00, senza scarto.",
    ),
    "unwritable_text": Sentence(
        "This text holds characters that cannot be stored.", "Questo testo contiene caratteri non ammessi."
    ),
}
_FIELD_OTHER = Sentence("This is not a valid value.", "Questo valore non è valido.")
_FIELD_TIME = Sentence(
    "This is not a date and time: write e.g. 2030-01-31T10:00:00+01:00.",
    "Non è una data e ora: scrivi ad es. 2030-01-31T10:00:00+01:00.",
)


def title_of(status: int) -> str:
    """What problems of a status are called in English."""
    return _TITLES.get(status, _OTHER).en


def language_of(request: Request) -> Language:
    """Return the language of a signed-in person's requests (see `auth`), else the first one asked for, else English."""
    chosen = request.scope.get("language")
    if chosen is not None:
        return "it" if chosen == "it" else "en"
    return asked_language(request) or "en"


def asked_language(request: Request) -> Language | None:
    """Return the first supported language of Accept-Language; None when there is none."""
    for part in request.headers.get("accept-language", "").lower().split(","):
        wanted = part.split(";")[0].strip().split("-")[0]
        if wanted == "it":
            return "it"
        if wanted == "en":
            return "en"
    return None


def entry_of(problem: Problem, language: Language) -> ProblemEntry:
    return ProblemEntry(
        pointer=problem.pointer,
        code=problem.code,
        detail=problem.sentence.to(language),
        platform=problem.platform,
        suggestions=list(problem.suggestions),
    )


def answer(
    request: Request,
    status: int,
    code: str,
    sentence: Sentence,
    problems: Sequence[Problem] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    language = language_of(request)
    body = ProblemBody(
        type=f"urn:araldo:problem:{code}",
        title=_TITLES.get(status, _OTHER).to(language),
        status=status,
        detail=sentence.to(language),
        code=code,
        request_id=request.scope.get("request_id", ""),
        errors=[entry_of(problem, language) for problem in problems],
    )
    return JSONResponse(body.model_dump(), status, dict(headers or {}), PROBLEM_TYPE)


class BodyTooLarge(HTTPException):
    """A body past a limit. An HTTPException, because FastAPI takes any other one raised while it reads for bad JSON."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(413)
        self.sentence = sentence


async def user_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, UserError)
    problems = error.problems if isinstance(error, PostInvalid | Conflict) else []
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, NotAllowed) and error.status == 401 else {}
    if isinstance(error, TooMany):
        headers = {"Retry-After": str(math.ceil(error.after_s))}
    return answer(request, error.status, error.code, error.sentence, problems, headers)


async def _outside_error(request: Request, error: Exception) -> JSONResponse:
    """Somebody outside had to be asked to answer this, and could not be, or refused."""
    assert isinstance(error, OutsideError)
    if isinstance(error, TryLater):
        return answer(request, 503, error.code, error.sentence, headers={"Retry-After": str(round(error.after_s))})
    return answer(request, 502, error.code, error.sentence)


async def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    body_type = getattr(error, "model", None) or body_type_of(request.scope.get("route"))
    # A body may hold more unknown names than anybody would read about.
    problems = [_field_problem(entry, error.body, body_type) for entry in error.errors()[:_PROBLEMS_MAX]]
    return answer(request, 422, "invalid", problems[0].sentence, problems)


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
    general = _FIELD_TIME if kind.startswith("datetime") else _FIELD_OTHER
    sentence = _FIELD_SENTENCES.get(kind, general)
    code = kind if place == "body" else f"{place}_{kind}"
    return Problem(pointer_to(path), code, sentence)


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.__cause__ is not None and is_passing(error.__cause__):
        # FastAPI calls whatever goes wrong while it reads a body bad JSON, a full disk too.
        raise error.__cause__
    title = _TITLES.get(error.status_code, _OTHER)
    code = title.en.lower().replace(" ", "_")
    sentence = error.sentence if isinstance(error, BodyTooLarge) else title
    headers = {"Allow": _methods_of(request)} if error.status_code == 405 else error.headers
    return answer(request, error.status_code, code, sentence, headers=headers)


def _methods_of(request: Request) -> str:
    """The methods of all routes that have the path; the router names those of the first alone."""
    routes = (context.original_route for context in iter_route_contexts(request.app.routes))
    path = request.scope["path"]
    return ", ".join(
        sorted(
            method
            for route in routes
            if isinstance(route, Route | APIRoute) and route.path_regex.match(path)
            for method in route.methods or ()
        )
    )


async def _gone(request: Request, error: Exception) -> JSONResponse:
    """The client left in the middle of its request: nobody reads this, and nothing is wrong here."""
    assert isinstance(error, ClientDisconnect)
    return answer(request, 400, "bad_request", _TITLES[400])


async def _bug(request: Request, error: Exception) -> JSONResponse:
    log.error("request_failed", exc_info=error, request_id=request.scope.get("request_id"))
    return answer(request, 500, "internal", _INTERNAL)


def install(app: FastAPI) -> None:
    app.add_exception_handler(UserError, user_error)
    app.add_exception_handler(OutsideError, _outside_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _bug)

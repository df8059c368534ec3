"""The OpenAPI description: statuses and headers of each operation, derived from its method, path and permissions.

Routes declare their own responses. The errors that middleware and dependencies answer with are added here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from araldo.api.browser_security import is_open_to_any_host
from araldo.api.permissions import OPEN_ROUTES, PERSON_ROUTES
from araldo.api.problems import PROBLEM_SCHEMA, PROBLEM_TYPE, title_of

_SAFE = {"GET", "HEAD", "OPTIONS"}
_HEADERS: Mapping[str, dict[str, Any]] = {
    "ETag": {"description": "The version of what is answered, for If-Match.", "schema": {"type": "string"}},
    "RateLimit": {
        "description": "In every answer to an API key: how many requests are left, and for how many seconds.",
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": "In every answer to an API key: the most requests in a minute.",
        "schema": {"type": "string"},
    },
    "Location": {"description": "Where to read what was made or is at work.", "schema": {"type": "string"}},
    "Retry-After": {
        "description": "In so many seconds the same request may succeed.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "WWW-Authenticate": {"description": "How to say who is calling.", "required": True, "schema": {"type": "string"}},
}
# The headers of every response with the status.
_HEADERS_OF_STATUS: Mapping[int, Sequence[str]] = {
    201: ["Location"],
    202: ["Location"],
    401: ["WWW-Authenticate"],
    429: ["Retry-After", "RateLimit", "RateLimit-Policy"],
    503: ["Retry-After"],
}
_SCHEMAS_WITH_ETAG = ("#/components/schemas/PostRead",)


# One server-sent event.
_EVENT: Mapping[str, Any] = {
    "type": "object",
    "required": ["data"],
    "properties": {
        "id": {"type": "string"},
        "event": {"type": "string"},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}


class DescribedAPI(FastAPI):
    """A FastAPI application whose description lists every status of an operation.

    FastAPI's own telemetry is off, whatever the environment says: its spans have queries, which hold signatures.
    """

    def __init__(self, **options: Any) -> None:
        off: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
        super().__init__(telemetry=off, **options)

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = complete_description(super().openapi())
        return self.openapi_schema


def complete_description(document: dict[str, Any]) -> dict[str, Any]:
    """Add the error responses of each operation, and the headers of all responses."""
    shared: dict[int, dict[str, Any]] = {}
    for method, path, operation in _operations(document):
        if (method, path) in OPEN_ROUTES:
            operation.pop("security", None)
        # FastAPI adds a 422 where none is declared, also for requests that cannot be invalid.
        answers = {status: answer for status, answer in operation["responses"].items() if status != "422"}
        for status, answer in answers.items():
            _complete_response(int(status), answer)
        for status in problem_statuses(method, path, operation):
            answers.setdefault(str(status), {"$ref": f"#/components/responses/Problem{status}"})
            shared.setdefault(status, _problem_response(status))
        operation["responses"] = dict(sorted(answers.items()))
    document["components"]["headers"] = dict(_HEADERS)
    document["components"]["responses"] = {f"Problem{status}": shared[status] for status in sorted(shared)}
    return document


def problem_statuses(method: str, path: str, operation: Mapping[str, Any]) -> set[int]:
    """Return the error statuses that follow from an operation's method, path, parameters and permissions.

    500 is not listed: it is a bug.
    """
    writes, is_open = method not in _SAFE, (method, path) in OPEN_ROUTES
    found: set[int] = set() if is_open_to_any_host(path) else {400}
    if writes or not is_open:
        # Authentication reads the database, which may be unreachable.
        found |= {401, 403, 503}
    if writes or not (is_open or PERSON_ROUTES.get((method, path)) == ()):
        # The session is in another workspace than the page shows; or the state does not allow the change.
        found.add(409)
    if not is_open:
        # The API key has made too many requests.
        found.add(429)
    if "{" in path:
        found.add(404)
    if writes:
        # Every route that writes checks its body and query parameters, also when it takes none.
        found |= {413, 422}
    if operation.get("parameters"):
        found.add(422)
    if writes and "{post_id}" in path:
        # If-Match does not match, or the post changed while its picture was being fitted.
        found.add(412)
    return found


def _problem_response(status: int) -> dict[str, Any]:
    answer = {"description": title_of(status), "content": {"application/json": {"schema": PROBLEM_SCHEMA}}}
    _complete_response(status, answer)
    return answer


def _complete_response(status: int, answer: dict[str, Any]) -> None:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    # FastAPI describes declared errors in the media type of the route's own responses.
    if any(content.get("schema") == PROBLEM_SCHEMA for content in answer.get("content", {}).values()):
        answer["content"] = {PROBLEM_TYPE: {"schema": PROBLEM_SCHEMA}}
    for media_type, content in answer.get("content", {}).items():
        if media_type == "text/event-stream":
            content["schema"] = dict(_EVENT)
    names = list(_HEADERS_OF_STATUS.get(status, ()))
    if schema.get("$ref") in _SCHEMAS_WITH_ETAG or "image/jpeg" in answer.get("content", {}):
        names.append("ETag")
    if names:
        answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield method.upper(), path, operation

"""Error responses and headers in the OpenAPI description."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from araldo.api.description import problem_statuses

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
OPERATIONS = [(method.upper(), path) for path, known in DOCUMENT["paths"].items() for method in known]


def answers_of(method: str, path: str) -> dict[str, Any]:
    answers: dict[str, Any] = DOCUMENT["paths"][path][method.lower()]["responses"]
    shared = DOCUMENT["components"]["responses"]
    return {
        status: shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
        for status, answer in answers.items()
    }


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("GET", "/api/v1/health", "200"),
        ("GET", "/api/v1/ready", "200 503"),
        ("GET", "/api/v1/keys", "200 400 401 403 409 429 503"),
        ("POST", "/api/v1/session", "200 400 401 403 404 409 413 422 429 503"),
        ("GET", "/api/v1/platforms", "200 400 401 403 409 429 503"),
        ("GET", "/api/v1/posts", "200 400 401 403 409 422 429 503"),
        ("POST", "/api/v1/posts", "201 400 401 403 409 413 422 429 503"),
        ("PATCH", "/api/v1/posts/{post_id}", "200 400 401 403 404 409 412 413 422 429 503"),
        ("POST", "/api/v1/posts/{post_id}/publish", "200 202 400 401 403 404 409 412 413 422 429 503"),
        ("GET", "/api/v1/events", "200 400 401 403 409 422 429 503"),
        ("POST", "/api/v1/connections", "201 400 401 403 404 409 413 422 429 502 503"),
    ],
)
def test_an_operation_lists_its_statuses(method: str, path: str, statuses: str) -> None:
    assert list(answers_of(method, path)) == statuses.split()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_error_response_is_a_problem_with_its_headers(method: str, path: str) -> None:
    answers = answers_of(method, path)
    for status, answer in answers.items():
        assert status[0] in {"2", "4", "5"}
        if status[0] != "2" and path != "/api/v1/ready":
            assert list(answer["content"]) == ["application/problem+json"]
        assert ("Retry-After" in answer.get("headers", {})) == (status in {"429", "503"})
        assert ("WWW-Authenticate" in answer.get("headers", {})) == (status == "401")
    assert {int(status) for status in answers} >= problem_statuses(
        method, path, DOCUMENT["paths"][path][method.lower()]
    )


def test_an_etag_is_described_where_a_post_or_a_card_is_answered() -> None:
    with_etag = {
        operation
        for operation in OPERATIONS
        if any("ETag" in a.get("headers", {}) for a in answers_of(*operation).values())
    }
    assert {("GET", "/api/v1/posts/{post_id}"), ("POST", "/api/v1/images/preview")} <= with_etag
    assert ("GET", "/api/v1/posts") not in with_etag


def test_open_operations_ask_for_no_key() -> None:
    closed = {
        operation for operation in OPERATIONS if "security" in DOCUMENT["paths"][operation[1]][operation[0].lower()]
    }
    assert set(OPERATIONS) - closed == {
        ("POST", "/api/v1/session"),
        ("POST", "/api/v1/join/preview"),
        ("POST", "/api/v1/join/register"),
        *(("POST", f"/api/v1/approval/{step}") for step in ("open", "comments", "approve", "send-back")),
        ("GET", "/api/v1/health"),
        ("GET", "/api/v1/ready"),
    }

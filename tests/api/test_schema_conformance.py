"""Every operation conforms to the OpenAPI description: statuses, headers, bodies, refused input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse
from hypothesis import settings
from pydantic import BaseModel

from araldo.settings import Settings
from tests.support.running_system import RunningSystem, SandboxClient, ask, start_system
from tests.support.serving import serve

# Requests that are in keeping with the schema and refused all the same.
_ACCEPTANCE = "positive_data_acceptance"
SWITCHED_OFF = {
    "add_medium": {_ACCEPTANCE: "an address must lead to a picture, and a file must be one"},
    "batch_generate_images": {_ACCEPTANCE: "an Idempotency-Key is refused with another body"},
    "begin_connection": {_ACCEPTANCE: "answers must be those of the service's form"},
    "begin_second_factor": {_ACCEPTANCE: "a password must be the person's"},
    "begin_recurrence": {_ACCEPTANCE: "a rule and a time are more than a text of some length"},
    "change_post": {_ACCEPTANCE: "a time is more than a text of some length; If-Match must be the post's version"},
    "change_webhook": {_ACCEPTANCE: "an address must be public, and events known"},
    "approve_by_link": {_ACCEPTANCE: "a token must be a link's, and a version the present one"},
    "add_push_device": {_ACCEPTANCE: "an endpoint must be public, and keys be those of a subscription"},
    "approve_post": {_ACCEPTANCE: "a version must be the present one"},
    "comment_by_link": {_ACCEPTANCE: "a token must be a link's"},
    "open_approval_link": {_ACCEPTANCE: "a token must be a link's"},
    "send_back_by_link": {_ACCEPTANCE: "a token must be a link's, and a version the present one"},
    "send_back_post": {_ACCEPTANCE: "a version must be the present one"},
    "confirm_second_factor": {_ACCEPTANCE: "a code must be the app's of this half minute"},
    "change_workspace": {_ACCEPTANCE: "a zone must exist, and a name say something"},
    "create_key": {_ACCEPTANCE: "a scope must exist, and a time be to come"},
    "create_multi_platform_post": {_ACCEPTANCE: "platforms, times and accounts must exist, and a text say something"},
    "create_post": {_ACCEPTANCE: "a time is more than a text of some length; a key is refused with another body"},
    "create_webhook": {_ACCEPTANCE: "an address must be public, events known and a secret well formed"},
    "create_workspace": {_ACCEPTANCE: "a zone must exist, and a name say something"},
    "create_invitation": {_ACCEPTANCE: "a password must be the person's"},
    "disable_second_factor": {_ACCEPTANCE: "a code must be the app's of this half minute"},
    "join_workspace": {_ACCEPTANCE: "a token must be an invitation's"},
    "import_posts": {_ACCEPTANCE: "a file must be a table of posts, and a provider must exist"},
    "list_audit_entries": {_ACCEPTANCE: "a cursor must be one that was given"},
    "list_media": {_ACCEPTANCE: "a cursor must be one that was given"},
    "list_posts": {_ACCEPTANCE: "a cursor must be one that was given"},
    "list_social_posts": {_ACCEPTANCE: "a cursor must be one that was given"},
    "list_webhook_deliveries": {_ACCEPTANCE: "a cursor must be one that was given"},
    "preview_image": {_ACCEPTANCE: "platforms, fonts and logos must exist, and a text say something"},
    "publish": {_ACCEPTANCE: "platforms, times and accounts must exist, and a text say something"},
    "regenerate_post_image": {_ACCEPTANCE: "a provider must exist"},
    "rotate_webhook_secret": {_ACCEPTANCE: "a secret must be well formed"},
    "schedule_post": {_ACCEPTANCE: "a time is more than a text of some length"},
    "set_brand": {_ACCEPTANCE: "fonts and logos must exist"},
    "preview_invitation": {_ACCEPTANCE: "a token must be an invitation's"},
    "register": {_ACCEPTANCE: "a token must be an invitation's, and a password has its own rules"},
    "set_password": {_ACCEPTANCE: "a password has its own rules, and the current one must be right"},
    "set_posting_times": {_ACCEPTANCE: "a zone and a weekday must exist"},
    "validate_post": {_ACCEPTANCE: "a time is more than a text of some length"},
    "sign_in": {_ACCEPTANCE: "a link, or a name and a password, must be somebody's"},
}


# The one check that is nothing without a limit of one's own.
_WITHOUT_A_LIMIT = {"max_response_time"}
# Few requests in CI, the same ones in every run; when exploring many new ones, and each limit of each field.
_EXPLORING = settings().max_examples >= 1000
_EXAMPLES = 40 if _EXPLORING else 2


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"] if _EXPLORING else ["sqlite"])
def test_every_operation_conforms_to_its_description(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    from schemathesis.checks import CHECKS

    from tests.api.conformance import RunEffort, check_conformance  # two seconds, which each worker would pay

    effort = RunEffort(_EXAMPLES, covers=_EXPLORING, is_random=_EXPLORING)
    more: dict[str, Any] = {} if kind == "sqlite" else {"database": {"url": request.getfixturevalue("fresh_postgres")}}
    with start_system(tmp_path, **more) as home:
        described = ask("GET", f"{home.url}/api/v1/openapi.json").body["paths"]
        found = check_conformance(home, effort=effort, switched_off=SWITCHED_OFF)
    assert not found.failures, "\n\n".join(found.failures.values())
    assert set(found.calls) == {f"{method.upper()} {path}" for path, known in described.items() for method in known}
    assert set(found.checks) == {check.__name__ for check in CHECKS.get_all()} - _WITHOUT_A_LIMIT


class _Answer(BaseModel):
    name: str


def _misbehaving() -> FastAPI:
    """An application whose routes each violate their description in a different way."""
    app = FastAPI(openapi_url="/api/v1/openapi.json")

    @app.get("/body", response_model=_Answer)
    async def body() -> JSONResponse:
        return JSONResponse({"name": 1})

    @app.get("/status")
    async def status() -> JSONResponse:
        return JSONResponse({}, 418)

    @app.get("/type")
    async def content_type() -> PlainTextResponse:
        return PlainTextResponse("{}")

    @app.get("/crash")
    async def crash() -> JSONResponse:
        return JSONResponse({}, 500)

    @app.post("/loose", openapi_extra={"requestBody": _LOOSE})
    async def loose() -> dict[str, str]:
        return {}

    return app


_LOOSE = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"type": "object", "required": ["count"], "properties": {"count": {"type": "integer"}}}
        }
    },
}


def test_violations_of_the_description_are_detected() -> None:
    from tests.api.conformance import RunEffort, check_conformance  # two seconds, which each worker would pay

    with serve(_misbehaving()) as url:
        home = RunningSystem(url, "key", SandboxClient(url), Settings())
        found = check_conformance(home, effort=RunEffort(3)).failures
    kinds = {(operation, check) for operation, check, _title in found}
    assert kinds == {
        ("GET /body", "response_schema_conformance"),
        ("GET /status", "status_code_conformance"),
        ("GET /status", "positive_data_acceptance"),
        ("GET /type", "content_type_conformance"),
        ("GET /crash", "not_a_server_error"),
        ("GET /crash", "status_code_conformance"),
        ("POST /loose", "negative_data_rejection"),
    }

"""Unknown fields and parameters are refused by name instead of ignored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from araldo.api.requests import RequestModel, body_type_of, fields_at, path_in_body
from araldo.api.routers import ROUTERS
from araldo.api.social import CreatePost
from tests.images.pictures import encode_picture, quarters
from tests.support.running_system import RunningSystem, ask

CREATE, PUBLISH = "/api/v1/social/create-multi-platform-post", "/api/v1/social/publish"
POST = {"content": "Ciao", "platforms": ["facebook"]}
SAFE = {"GET", "HEAD"}
ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def problems_of(
    home: RunningSystem, method: str, path: str, body: object, **headers: str
) -> list[tuple[str, str, list[str]]]:
    """Send an invalid request and return its problems; assert that it had no effect."""
    before = home.ask("GET", "/api/v1/posts?limit=100").body["data"]
    reply = home.ask(method, path, body, **headers)
    assert reply.status == 422, reply.raw
    assert home.ask("GET", "/api/v1/posts?limit=100").body["data"] == before
    assert home.meta.published_ids() == []
    return [(one["pointer"], one["code"], one["suggestions"]) for one in reply.body["errors"]]


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Return every model that a body of this type may contain."""
    if get_origin(annotation) is Annotated:
        yield from models_in(get_args(annotation)[0])
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models_in(field.annotation)
    else:
        for inner in get_args(annotation):
            yield from models_in(inner)


def test_every_request_model_refuses_unknown_fields() -> None:
    bodies = {(route.path, *sorted(route.methods or ())): body_type_of(route) for route in ROUTES}
    declared = {at: annotation for at, annotation in bodies.items() if annotation is not None}
    assert len(declared) > 25
    for at, annotation in declared.items():
        found = list(models_in(annotation))
        assert found, f"{at} reads a body that is no model"
        for model in found:
            assert issubclass(model, RequestModel), f"{at}: {model.__name__} takes fields that it does not know"
            assert model.model_config["extra"] == "forbid", model


def test_every_writing_route_refuses_unknown_parameters(home: RunningSystem) -> None:
    writing = [(method, route) for route in ROUTES for method in (route.methods or set()) - SAFE]
    assert len(writing) > 40
    for method, route in writing:
        path = route.path.replace("{", "").replace("}", "")
        reply = home.ask(method, f"{path}?quite_another=1", None)
        found = [one for one in reply.body["errors"] if one["code"] == "unknown_parameter"]
        assert (reply.status, [one["pointer"] for one in found]) == (422, ["/quite_another"]), path


def test_misspelled_fields_are_refused_before_publishing(home: RunningSystem) -> None:
    assert problems_of(home, "POST", PUBLISH, {**POST, "account": {"facebook": "acc_1"}}) == [
        ("/account", "unknown_field", ["accounts"])
    ]
    assert problems_of(home, "POST", PUBLISH, {**POST, "scheduledTime": "2030-01-31T10:00:00+01:00"}) == [
        ("/scheduledTime", "unknown_field", ["schedule_time"])
    ]
    assert problems_of(home, "POST", CREATE, {**POST, "shedule_time": "2030-01-31T10:00:00+01:00", "zzz": 1}) == [
        ("/shedule_time", "unknown_field", ["schedule_time"]),
        ("/zzz", "unknown_field", []),
    ]
    assert problems_of(home, "POST", f"{CREATE}?validateonly=true", {**POST, "publish_immediately": True}) == [
        ("/validateonly", "unknown_parameter", ["validate_only"])
    ]
    assert problems_of(home, "POST", f"{PUBLISH}?validate_only=true", POST)[0][:2] == (
        "/validate_only",
        "unknown_parameter",
    )


def test_unknown_fields_are_named_in_the_callers_language(home: RunningSystem) -> None:
    wrong = {**POST, "publish_immediatly": True}
    said = home.ask("POST", CREATE, wrong).body
    assert said["detail"] == 'The field "publish_immediatly" does not exist here. Did you mean "publish_immediately"?'
    assert said["code"] == "invalid"
    detto = home.ask("POST", CREATE, wrong, accept_language="it").body
    assert detto["detail"] == 'Il campo "publish_immediatly" qui non esiste. Intendevi "publish_immediately"?'
    dicho = home.ask("POST", CREATE, wrong, accept_language="es").body
    assert dicho["detail"] == "El campo «publish_immediatly» no existe aquí. ¿Querías decir «publish_immediately»?"
    assert home.ask("POST", f"{CREATE}?waits=1", POST, accept_language="it").body["detail"] == (
        'Il parametro "waits" qui non esiste. Intendevi "wait"?'
    )


def test_nested_objects_refuse_unknown_fields(home: RunningSystem) -> None:
    slides = {**POST, "slides": [{}, {"headlines": "Due"}]}
    assert problems_of(home, "POST", CREATE, slides) == [("/slides/1/headlines", "unknown_field", ["headline"])]
    images = {"images": {"facebook": {"media_id": "med_1", "crop": {"x": 0, "y": 0, "w": 1, "width": 1}}}}
    assert problems_of(home, "POST", "/api/v1/posts", images) == [
        ("/images/facebook/crop/h", "missing", []),
        ("/images/facebook/crop/width", "unknown_field", []),
    ]
    batch = {"images": [{"prompt": "a", "platfrom": "facebook"}], "applyBranding": False}
    assert problems_of(home, "POST", "/api/v1/marketing/image/batch-generate", batch) == [
        ("/images/0/platfrom", "unknown_field", ["platform"]),
        ("/applyBranding", "unknown_field", ["apply_branding"]),
    ]


def test_repeated_names_are_refused(home: RunningSystem) -> None:
    """Of repeated parameters and fields one value would be ignored."""
    now = {**POST, "publish_immediately": True}
    assert problems_of(home, "POST", f"{CREATE}?validate_only=true&validate_only=false", now) == [
        ("/validate_only", "repeated_parameter", [])
    ]
    twice = b'{"content":"Ciao","platforms":["facebook"],"publish_immediately":false,"publish_immediately":true}'
    headers = {"Authorization": f"Bearer {home.key}"}
    deep = b'{"content":"Ciao","slides":[{"prompt":"a","prompt":"b"}]}'
    large = twice[:-1] + b',"cta":"' + b"x" * 100_000 + b'"}'
    for path, data, pointer in (
        (CREATE, twice, "/publish_immediately"),
        (CREATE, large, "/publish_immediately"),
        ("/api/v1/posts", deep, "/slides/0/prompt"),
    ):
        reply = ask("POST", home.url + path, headers=headers, data=data)
        assert reply.status == 422
        assert (reply.body["errors"][0]["pointer"], reply.body["errors"][0]["code"]) == (pointer, "repeated_field")
    assert home.ask("GET", "/api/v1/posts").body["data"] == []


def test_an_unexpected_body_is_refused(home: RunningSystem) -> None:
    """For example `/undo`, which would ignore `platforms` and undo all of them."""
    post = home.ask("POST", "/api/v1/posts", POST).body["job_id"]
    assert problems_of(home, "POST", f"/api/v1/posts/{post}/undo", {"platforms": ["facebook"]}) == [
        ("/platforms", "unknown_field", [])
    ]
    assert problems_of(home, "POST", f"/api/v1/posts/{post}/undo", [1]) == [("", "unexpected_body", [])]
    assert home.ask("POST", f"/api/v1/posts/{post}/undo", {}).status == 409


def test_forms_refuse_unknown_fields(home: RunningSystem) -> None:
    edge = "edge"
    headers = {"Authorization": f"Bearer {home.key}", "Content-Type": f"multipart/form-data; boundary={edge}"}

    def part(name: str, value: bytes, more: str = "") -> bytes:
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
        return head.encode() + value + b"\r\n"

    picture = part("file", encode_picture(quarters((40, 40)), "JPEG"), '; filename="a.jpg"')
    for extra, expected in (
        (part("alt_text", b"x"), ("/alt_text", "unknown_field")),
        (part("alt", b"x") * 2, ("/alt", "repeated_field")),
    ):
        body = picture + extra + f"--{edge}--\r\n".encode()
        reply = ask("POST", f"{home.url}/api/v1/media", headers=headers, data=body)
        assert reply.status == 422
        assert (reply.body["errors"][0]["pointer"], reply.body["errors"][0]["code"]) == expected
    assert home.ask("POST", "/api/v1/media", {"url": "http://x.example/a.jpg", "alts": ""}).body["errors"] == [
        {
            "pointer": "/alts",
            "code": "unknown_field",
            "detail": 'The field "alts" does not exist here. Did you mean "alt"?',
            "platform": None,
            "suggestions": ["alt"],
        }
    ]
    chosen = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = ask("POST", f"{home.url}/api/v1/connections/chosen", headers=chosen, data=b"ticket=x&pages=1")
    assert (reply.status, reply.body["errors"][0]["code"]) == (422, "unknown_field")


def test_pointers_are_right_for_keys_named_like_union_members() -> None:
    body = {"platform_images": {"choice": {"choice": 1}}}
    path = path_in_body(["platform_images", "choice", "choice", "choice"], body, is_missing=False)
    assert path == ["platform_images", "choice", "choice"]
    assert "media_id" in fields_at(CreatePost, path[:-1])
    assert fields_at(CreatePost, []) == list(CreatePost.model_fields)


@pytest.mark.parametrize("count", [5_000])
def test_problems_of_long_names_are_truncated(home: RunningSystem, count: int) -> None:
    """Thousands of long unknown names must not make a long response."""
    reply = home.ask("POST", CREATE, {**POST, **{f"x{index}": 1 for index in range(count)}})
    assert reply.status == 422
    assert len(reply.body["errors"]) == 100
    assert len(json.dumps(reply.body)) < 30_000

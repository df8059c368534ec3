"""The real platforms against the sandbox on loopback, on a clock that tests move."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from PIL import Image

from araldo.clock import SystemClock
from araldo.http import Http
from araldo.platforms import PLATFORMS
from araldo.platforms.base import (
    Destination,
    Picture,
    Platform,
    PlatformContext,
    Publication,
    Service,
    Ticket,
)
from araldo.platforms.meta.login import MetaLogin
from tests.support.running_system import SandboxClient, ask, running_sandbox
from tests.support.serving import serve

PAGE, ACCOUNT = "100000000000101", "17841400000000101"

# Answers of a scripted Graph API about a valid token and one Page.
ALL = ["pages_show_list", "pages_read_engagement", "pages_manage_posts", "instagram_basic", "instagram_content_publish"]
GOOD = {"app_id": "1", "type": "USER", "is_valid": True, "expires_at": 0, "scopes": ALL}
UNA = {"id": "11", "name": "Una", "access_token": "EAApageoken11", "tasks": ["CREATE_CONTENT"]}
LINKED = {"instagram_business_account": {"id": "17", "username": "una"}}
COLORS = ("teal", "gold", "navy")


class MovedClock(SystemClock):
    """The real time plus an offset that a test sets, so that the sandbox's times stay comparable."""

    moved_s = 0.0

    def now(self) -> Any:
        return super().now() + timedelta(seconds=self.moved_s)


@dataclass
class PlatformCase:
    """One platform with a destination and a publication for it."""

    platform: Platform
    destination: Destination
    publication: Publication
    meta: SandboxClient
    clock: MovedClock

    def intent(self, ticket: Ticket) -> Ticket:
        """Return the ticket as the publisher stores it before a send."""
        now = self.clock.now()
        return replace(
            ticket, sent_since=ticket.sent_since or now, send_before=now + timedelta(seconds=10), sends=ticket.sends + 1
        )


def jpeg(width: int, height: int, color: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), color).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(scope="module")
def served_pictures() -> Iterator[str]:
    app = FastAPI()

    @app.get("/{color}/{width}x{height}.jpg")
    async def picture(color: str, width: int, height: int) -> Response:
        return Response(jpeg(width, height, color), media_type="image/jpeg")

    with serve(app) as url:
        yield url


@pytest.fixture(scope="module")
def meta_server() -> Iterator[SandboxClient]:
    with running_sandbox() as opened:
        yield opened


@pytest.fixture
def meta(meta_server: SandboxClient) -> SandboxClient:
    meta_server.control("reset", {})
    meta_server.control("faults", method="DELETE")
    meta_server.control("settings", {"container_delay_s": 0})
    return meta_server


def _cases() -> list[Any]:
    """Return every platform with one picture, and with three where it accepts that many."""
    cases = [(platform, count) for platform in PLATFORMS for count in (1, 3)]
    return [
        pytest.param(platform if count == 1 else (platform, count), id=f"{declared.name}{'' if count == 1 else count}")
        for platform, count in cases
        if count <= (declared := vars(platform)["declaration"]).pictures_max
    ]


@pytest.fixture(params=_cases())
async def case(
    request: pytest.FixtureRequest, meta: SandboxClient, served_pictures: str
) -> AsyncIterator[PlatformCase]:
    clock = MovedClock()
    async with Http(timeout_s=2) as http:
        service = Service(meta.url, "v26.0", True, app_id="1000000000000001", app_secret="sandbox-secret")
        kind, count = request.param if isinstance(request.param, tuple) else (request.param, 1)
        platform = kind(PlatformContext(http, clock, {"meta": service}, check_gap_s=30))
        user = meta.mint("user_long")
        token = user_pages(meta, user)
        declared = platform.declaration
        remote_id = PAGE if declared.account_kind == "facebook_page" else ACCOUNT
        size = (declared.image.width, declared.image.height)
        pictures = tuple(
            Picture(jpeg(*size, color), f"{served_pictures}/{color}/{size[0]}x{size[1]}.jpg", *size, alt=color)
            for color in COLORS[:count]
        )
        text = "Ciao a tutti" if declared.shows_text else ""
        yield PlatformCase(platform, Destination(remote_id, token, user), Publication(text, pictures), meta, clock)


def user_pages(meta: SandboxClient, user: str) -> str:
    """Return the Page's own token for a user token."""
    answer = ask("GET", f"{meta.url}/v26.0/me/accounts?fields=access_token&access_token={user}")
    return str(answer.body["data"][0]["access_token"])


@dataclass
class ScriptedGraph:
    """A Graph API with scripted answers by path; the last answer of a path is repeated."""

    url: str = ""
    says: dict[str, list[Any]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def answer(self, path: str, *answers: Any) -> None:
        self.says[path] = list(answers)

    async def respond(self, request: Request) -> Response:
        path = request.url.path.removeprefix("/v26.0/")
        self.calls.append((path, {**request.query_params, **{k: str(v) for k, v in (await request.form()).items()}}))
        waiting = self.says.get(path, [{"error": {"code": 100, "message": "nothing here"}}])
        said = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return JSONResponse(said, 400 if "error" in said else 200)


@pytest.fixture(scope="module")
def graph_server() -> Iterator[ScriptedGraph]:
    graph, app = ScriptedGraph(), FastAPI()
    app.add_route("/{path:path}", graph.respond, methods=["GET", "POST"])
    with serve(app) as url:
        graph.url = url
        yield graph


@pytest.fixture
def graph(graph_server: ScriptedGraph) -> ScriptedGraph:
    graph_server.says.clear()
    graph_server.calls.clear()
    graph_server.answer("debug_token", {"data": GOOD})
    graph_server.answer("me/accounts", {"data": [UNA | LINKED]})
    return graph_server


def service(url: str, **more: Any) -> Service:
    return Service(url, "v26.0", True, **{"app_id": "1", "app_secret": "hush", "dialog_url": "http://d", **more})


@pytest.fixture
async def login(graph: ScriptedGraph) -> AsyncIterator[MetaLogin]:
    async with Http(timeout_s=2) as http:
        yield MetaLogin(PlatformContext(http, SystemClock(), {"meta": service(graph.url)}))

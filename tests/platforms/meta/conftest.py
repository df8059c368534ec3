"""Meta's platforms against the sandbox on loopback, and against a Graph API with scripted answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from araldo.clock import SystemClock
from araldo.http import Http
from araldo.platforms.base import PlatformContext
from araldo.platforms.credentials import Credentials
from araldo.platforms.meta.app import SERVICE
from araldo.platforms.meta.service import MetaService
from araldo.platforms.meta.tokens import AccountIdentity, make_credentials
from araldo.platforms.service import DiscoveredAccount, DiscoveredAccounts
from tests.platforms import contract
from tests.platforms.meta.stage import ServiceStage, reset_sandbox, settings_of
from tests.support.running_system import SandboxClient, running_sandbox
from tests.support.serving import serve

# Answers of a scripted Graph API about a valid token and one Page.
ALL = ["pages_show_list", "pages_read_engagement", "pages_manage_posts", "instagram_basic", "instagram_content_publish"]
GOOD = {"app_id": "1", "type": "USER", "is_valid": True, "expires_at": 0, "scopes": ALL}
UNA = {"id": "11", "name": "Una", "access_token": "EAApageoken11", "tasks": ["CREATE_CONTENT"]}
LINKED = {"instagram_business_account": {"id": "17", "username": "una"}}


def meta_cases() -> list[tuple[str, Any]]:
    return [(name, case) for name, case in contract.platform_cases() if vars(case[0])["declaration"].service == SERVICE]


@dataclass
class PlatformCase(contract.PlatformCase):
    """One of Meta's platforms on its stage."""

    @property
    def meta(self) -> SandboxClient:
        found: SandboxClient = self.stage.meta
        return found


@pytest.fixture(scope="module")
def meta_server() -> Iterator[SandboxClient]:
    with running_sandbox() as opened:
        yield opened


@pytest.fixture
def meta(meta_server: SandboxClient) -> SandboxClient:
    reset_sandbox(meta_server)
    return meta_server


@pytest.fixture(params=[pytest.param(case, id=name) for name, case in meta_cases()])
async def case(
    request: pytest.FixtureRequest, meta: SandboxClient, served_pictures: str
) -> AsyncIterator[PlatformCase]:
    """Yield a platform with one picture, or with the number of pictures that the parameter names."""
    platform, count = request.param if isinstance(request.param, tuple) else (request.param, 1)
    async with Http(timeout_s=2) as http:
        built = contract.build_case(ServiceStage(meta, served_pictures), platform, count, http)
        yield PlatformCase(**vars(built))


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


def credentials_of(kind: str, remote_id: str, page_id: str | None, person_token: str | None) -> Credentials:
    return make_credentials(AccountIdentity(kind, remote_id, page_id), "EAApage", person_token)


def accounts_of(found: DiscoveredAccounts) -> list[DiscoveredAccount]:
    return [account for group in found.groups for account in group.members]


@pytest.fixture
async def login(graph: ScriptedGraph) -> AsyncIterator[MetaService]:
    async with Http(timeout_s=2) as http:
        yield MetaService(PlatformContext(http, SystemClock(), {"meta": settings_of(graph.url)}))

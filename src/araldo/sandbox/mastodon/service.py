"""The Mastodon instance's entry in the list of services."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from araldo.sandbox.common.faults import FaultQueue
from araldo.sandbox.common.html_helpers import ViewerLink
from araldo.sandbox.common.service import SandboxService, ServiceParts
from araldo.sandbox.common.store import SandboxStore
from araldo.sandbox.mastodon import control, pages
from araldo.sandbox.mastodon.api import MastodonApi
from araldo.sandbox.mastodon.calls import MastodonFaultError
from araldo.sandbox.mastodon.state import MastodonState

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


def _build(store: SandboxStore, faults: FaultQueue, viewers: Sequence[ViewerLink]) -> ServiceParts:
    state = MastodonState(store)
    api = MastodonApi(state, faults)
    routes = APIRouter(include_in_schema=False)
    routes.routes.extend(pages.router(state).routes)

    @routes.api_route("/api/{path:path}", methods=_METHODS)
    @routes.post("/oauth/token")
    @routes.post("/oauth/revoke")
    @routes.get("/.well-known/oauth-authorization-server")
    async def answer(request: Request) -> Response:
        return await api.handle(request)

    return ServiceParts(state, routes, lambda: control.snapshot(state), state.seed, control.router(state))


MASTODON = SandboxService(
    "mastodon", _build, ViewerLink("Mastodon", "/@studio"), {"mastodon_error": MastodonFaultError}
)

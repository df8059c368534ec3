"""Meta's entry in the list of services."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from araldo.sandbox.common.faults import FaultQueue
from araldo.sandbox.common.html_helpers import ViewerLink
from araldo.sandbox.common.service import SandboxService, ServiceParts
from araldo.sandbox.common.store import SandboxStore
from araldo.sandbox.meta import control, dialog, picture_files, viewer, world
from araldo.sandbox.meta.faults import GraphFaultError
from araldo.sandbox.meta.graph import GraphHandler
from araldo.sandbox.meta.snapshot import snapshot
from araldo.sandbox.meta.state import MetaState

_METHODS = ["GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS", "TRACE"]
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
}


def _build(store: SandboxStore, faults: FaultQueue, viewers: Sequence[ViewerLink]) -> ServiceParts:
    state = MetaState(store)
    graph = GraphHandler(state, faults)
    routes = APIRouter()
    for pages in (dialog.router(state), viewer.router(state, graph, viewers), picture_files.router(state)):
        routes.routes.extend(pages.routes)

    @routes.api_route("/{path:path}", methods=_METHODS)
    async def ask_graph(request: Request, path: str) -> Response:
        # A browser's preflight request is not a Graph call.
        return Response(headers=_CORS) if request.method == "OPTIONS" else await graph.handle(request)

    return ServiceParts(
        state, routes, lambda: snapshot(state), lambda: world.seed(state), control=control.router(state)
    )


META = SandboxService("meta", _build, ViewerLink("Meta", "/"), {"graph_error": GraphFaultError})

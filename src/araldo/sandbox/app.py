"""The sandbox as one web application: control plane, log-in dialog, viewer, and the Graph behind all else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from araldo.sandbox import control, dialog, picture_files, viewer, world
from araldo.sandbox.disk import DiskStorage, InMemoryStorage
from araldo.sandbox.faults import TRANSPORT, FaultQueue
from araldo.sandbox.graph import GraphHandler
from araldo.sandbox.state import SandboxState

_METHODS = ["GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS", "TRACE"]
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
}


class Sandbox(FastAPI):
    """Puts each connection's transport into the scope, so that a fault can reset it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # ASGI has no access to the transport; uvicorn's `receive` is a bound method of the object that owns it.
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if transport is not None:
            scope[TRANSPORT] = transport
        await super().__call__(scope, receive, send)


def create_app(*, public_url: str, data_dir: Path | None = None) -> FastAPI:
    """Create the application with a seeded world, or the one stored in `data_dir` (None: in memory only).

    `public_url` is where people and programs reach it; permalinks and picture links begin with it. Run it under
    uvicorn: the fault `reset` needs its connections.
    """
    state = SandboxState(public_url, InMemoryStorage() if data_dir is None else DiskStorage(data_dir))
    if not state.load():
        world.seed(state)
    faults = FaultQueue()
    graph = GraphHandler(state, faults)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        state.disk.close()

    app = Sandbox(title="Araldo's sandbox", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.add_exception_handler(RequestValidationError, _answer_invalid_request)
    app.include_router(control.router(state, faults))
    app.include_router(dialog.router(state))
    app.include_router(viewer.router(state, graph))
    app.include_router(picture_files.router(state))

    @app.api_route("/{path:path}", methods=_METHODS)
    async def ask_graph(request: Request, path: str) -> Response:
        # A browser's preflight request is not a Graph call.
        return Response(headers=_CORS) if request.method == "OPTIONS" else await graph.handle(request)

    return app


async def _answer_invalid_request(request: Request, error: Exception) -> Response:
    """Answer an invalid control request without repeating it: the input may not be encodable as JSON."""
    problems = error.errors() if isinstance(error, RequestValidationError) else []
    return JSONResponse(
        {"detail": [{key: problem[key] for key in ("type", "loc", "msg")} for problem in problems]}, 422
    )

"""The sandbox as one web application: control plane, log-in dialog, viewer, and the Graph behind all else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from starlette.types import Receive, Scope, Send

from araldo.sandbox import control, dialog, viewer, world
from araldo.sandbox.disk import Disk, Memory
from araldo.sandbox.faults import TRANSPORT, Faults
from araldo.sandbox.graph import Graph
from araldo.sandbox.state import State

_METHODS = ["GET", "POST", "DELETE", "PUT"]


class Sandbox(FastAPI):
    """Keeps hold of each connection's transport, so that a fault can tear it down."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # uvicorn hands over a bound method of the object that owns the transport; ASGI itself has no word for it.
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if transport is not None:
            scope[TRANSPORT] = transport
        await super().__call__(scope, receive, send)


def create_app(*, public_url: str, data_dir: Path | None = None) -> FastAPI:
    """A Graph API of your own, seeded, or as the last run left it in `data_dir` (None: kept in memory only).

    `public_url` is where people and programs reach it; permalinks and picture links begin with it. Run it under
    uvicorn: the fault `reset` needs its connections.
    """
    state = State(public_url, Memory() if data_dir is None else Disk(data_dir))
    if not state.load():
        world.seed(state)
    faults = Faults()
    graph = Graph(state, faults)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        state.disk.close()

    app = Sandbox(title="Araldo's sandbox", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.include_router(control.router(state, faults))
    app.include_router(dialog.router(state))
    app.include_router(viewer.router(state))

    @app.api_route("/{path:path}", methods=_METHODS)
    async def ask_graph(request: Request, path: str) -> Response:
        return await graph.handle(request)

    return app

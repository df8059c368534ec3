"""The sandbox as an application: its control plane, its viewer, and the Graph on every other path."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Request, Response
from starlette.types import Receive, Scope, Send

from araldo.sandbox import control, viewer
from araldo.sandbox.graph import Graph
from araldo.sandbox.state import World


class Sandbox(FastAPI):
    """Keeps each request's transport in reach, so that a fault can cut the very connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # uvicorn's `send` is a method of its request's cycle, which knows the transport.
        scope["sandbox.transport"] = getattr(getattr(send, "__self__", None), "transport", None)
        await super().__call__(scope, receive, send)


def create_app(*, public_url: str, data_dir: Path | None = None) -> FastAPI:
    """`public_url` begins every permalink; `data_dir` is where the world is kept, None for memory alone."""
    graph = Graph(World(public_url, data_dir))
    app = Sandbox(title="Araldo sandbox", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(control.router(graph))
    app.include_router(viewer.router(graph.world))

    @app.api_route("/{path:path}", methods=["GET", "POST", "DELETE"])
    async def call_graph(request: Request) -> Response:
        return await graph.answer(request)

    return app

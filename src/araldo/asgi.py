"""The ASGI application: routes, error handlers, middleware, the studio, and the background work as its lifespan."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from fastapi import FastAPI
from starlette.routing import Route

from araldo import __version__
from araldo.api import problems
from araldo.api.description import DescribedAPI
from araldo.api.documentation import documentation_routes
from araldo.api.metrics import PATH, serving_metrics
from araldo.api.middleware import install_middleware
from araldo.api.routers import ROUTERS
from araldo.api.studio import Studio
from araldo.app import START_S, Araldo
from araldo.loops import try_until_done

log = structlog.get_logger()


async def _do_nothing() -> None:
    """The default of `when_up`."""


def create_web(
    araldo: Araldo,
    *,
    when_up: Callable[[], Awaitable[None]] = _do_nothing,
    metrics: socket.socket | None = None,
) -> FastAPI:
    """Build the web application; the worker runs within its lifespan.

    `when_up` is called once everything is started, and again when a transient fault stops it. `metrics`: where
    `/metrics` is served by itself.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with araldo.background_work(), serving_metrics(endpoint, metrics):
            log.info("up", url=araldo.settings.own_url)
            await try_until_done(when_up, within_s=START_S, event="start_delayed", clock=araldo.clock)
            yield
        await araldo.close()
        log.info("down")

    app = DescribedAPI(
        title="Araldo",
        version=__version__,
        summary="One idea, the right post for every platform, exactly once and on time.",
        openapi_url="/api/v1/openapi.json",
        # FastAPI's pages load files from a CDN; ours is api/docs.py.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    deps = app.state.dependencies = araldo.dependencies()
    endpoint = araldo.build_metrics(deps.open_streams.total)
    problems.install_error_handlers(app)
    for router in ROUTERS:
        router.add_to(app)
    if metrics is None and araldo.settings.metrics.token is not None:
        app.router.routes.append(Route(PATH, endpoint))
    app.router.routes.extend(documentation_routes(Path(__file__).parent / "docs"))
    app.router.default = Studio(Path(__file__).parent / "web")
    install_middleware(app, deps)
    return app

"""The sandbox as one web application: the control plane, and every service of the list."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from araldo.sandbox.common import control
from araldo.sandbox.common.disk import DiskStorage, InMemoryStorage
from araldo.sandbox.common.faults import PLAIN_KINDS, TRANSPORT, FaultError, FaultKind, FaultQueue
from araldo.sandbox.common.service import ServiceParts
from araldo.sandbox.common.store import SandboxStore
from araldo.sandbox.services import SERVICES


class Sandbox(FastAPI):
    """Puts each connection's transport into the scope, so that a fault can reset it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # ASGI has no access to the transport; uvicorn's `receive` is a bound method of the object that owns it.
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if transport is not None:
            scope[TRANSPORT] = transport
        await super().__call__(scope, receive, send)


def create_app(*, public_url: str, data_dir: Path | None = None) -> FastAPI:
    """Create the application with the sample data, or what is stored in `data_dir` (None: in memory only).

    `public_url` is where people and programs reach it; permalinks and picture links begin with it. Run it under
    uvicorn: the fault `reset` needs its connections.
    """
    store = SandboxStore(public_url, InMemoryStorage() if data_dir is None else DiskStorage(data_dir))
    faults = _create_faults()
    services = _build_services(store, faults)

    def seed() -> None:
        for service in services:
            service.seed()

    store.load()
    for service in services:
        if service.state.is_empty:
            service.seed()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        store.disk.close()

    app = Sandbox(title="Araldo's sandbox", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.store, app.state.faults = store, faults
    app.add_exception_handler(RequestValidationError, _answer_invalid_request)
    parts = control.ControlParts(lambda: _snapshot(services), seed, [service.control for service in services])
    # `include_router` would build each route a second time, at the first request.
    app.router.routes.extend(control.router(store, faults, parts).routes)
    for service in services:
        app.router.routes.extend(service.routes.routes)
    return app


def _create_faults() -> FaultQueue:
    kinds = {kind: FaultKind(None, FaultError) for kind in PLAIN_KINDS}
    for service in SERVICES:
        kinds |= {kind: FaultKind(service.name, error) for kind, error in service.fault_kinds.items()}
    return FaultQueue([service.name for service in SERVICES], kinds)


def _build_services(store: SandboxStore, faults: FaultQueue) -> list[ServiceParts]:
    built = []
    for service in SERVICES:
        others = [other.viewer for other in SERVICES if other is not service]
        built.append(service.build(store, faults, others))
    return built


def _snapshot(services: list[ServiceParts]) -> dict[str, Any]:
    """Return every service's part: under its name, or at the top level."""
    shown: dict[str, Any] = {}
    for service in services:
        part = service.snapshot()
        shown |= part if service.state.top_level else {service.state.name: part}
    return shown


async def _answer_invalid_request(request: Request, error: Exception) -> Response:
    """Answer an invalid control request without repeating it: the input may not be encodable as JSON."""
    problems = error.errors() if isinstance(error, RequestValidationError) else []
    return JSONResponse(
        {"detail": [{key: problem[key] for key in ("type", "loc", "msg")} for problem in problems]}, 422
    )

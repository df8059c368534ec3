"""Liveness and readiness, without authentication."""

from __future__ import annotations

from typing import Literal

from fastapi import Response
from pydantic import BaseModel

from araldo import __version__
from araldo.api.dependencies import DependenciesDep
from araldo.api.routing import ResourceRouter

router = ResourceRouter(prefix="/api/v1", tags=["health"])

_RETRY_AFTER_S = 5


class Health(BaseModel):
    """`database` and `worker`: as last observed. `/ready` tests whether work can be done."""

    status: Literal["ok"]
    database: Literal["ok", "failing"]
    worker: Literal["ok", "dead"]
    version: str


class Readiness(BaseModel):
    """`database`: accepts writes; `worker`: has run recently; `disk`: has free space."""

    status: Literal["ok", "failing"]
    database: Literal["ok", "failing"]
    worker: Literal["ok", "failing"]
    disk: Literal["ok", "failing"]
    version: str


@router.get("/health", operation_id="get_health")
async def get_health(deps: DependenciesDep) -> Health:
    """Return 200 while the process serves requests, so that it is not restarted for faults outside of it."""
    return Health(
        status="ok",
        database=_status(deps.readiness.database_seemed_well()),
        worker="ok" if deps.readiness.worker_alive else "dead",
        version=__version__,
    )


@router.get("/ready", operation_id="get_readiness", responses={503: {"model": Readiness, "description": "Not ready"}})
async def get_readiness(deps: DependenciesDep, response: Response) -> Readiness:
    """Return whether work can be done; 503, with the failing part, while it cannot. It recovers by itself."""
    found = await deps.readiness.check()
    if not found.ready:
        response.status_code = 503
        response.headers["Retry-After"] = str(_RETRY_AFTER_S)
    response.headers["Cache-Control"] = "no-store"
    return Readiness(
        status=_status(found.ready),
        database=_status(found.database),
        worker=_status(found.worker),
        disk=_status(found.disk),
        version=__version__,
    )


def _status(well: bool) -> Literal["ok", "failing"]:
    return "ok" if well else "failing"

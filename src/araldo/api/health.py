"""Whether the parts are alive; open to anyone, and tells nothing else."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from araldo import __version__
from araldo.api.parts import PartsHere

router = APIRouter(prefix="/api/v1", tags=["health"])


class Health(BaseModel):
    status: Literal["ok", "failing"]
    database: Literal["ok", "failing"]
    worker: Literal["ok", "dead"]
    version: str


@router.get("/health", operation_id="get_health", responses={503: {"model": Health, "description": "Failing"}})
async def get_health(parts: PartsHere, response: Response) -> Health:
    worker: Literal["ok", "dead"] = "ok" if parts.worker_alive() else "dead"
    database: Literal["ok", "failing"] = "ok" if await parts.database.answers() else "failing"
    fine = worker == "ok" and database == "ok"
    response.status_code = 200 if fine else 503
    return Health(status="ok" if fine else "failing", database=database, worker=worker, version=__version__)

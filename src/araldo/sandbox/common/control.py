"""The control API under /_sandbox: read the records and the log of calls, and change what a test needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from araldo.sandbox.common.faults import FaultQueue, FaultRequest
from araldo.sandbox.common.service import CONTROL_PREFIX
from araldo.sandbox.common.store import SandboxStore

_CENTURY_S = 3.2e9


class ClockRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    advance_s: float = Field(default=0.0, ge=-_CENTURY_S, le=_CENTURY_S)
    real: bool = False


@dataclass(frozen=True, slots=True)
class ControlParts:
    """What the services add: their part of the state, their sample data, and their own calls."""

    snapshot: Callable[[], dict[str, Any]]
    seed: Callable[[], None]
    routers: Sequence[APIRouter]


def router(store: SandboxStore, faults: FaultQueue, parts: ControlParts) -> APIRouter:
    """Return the routes of the control API."""
    api = APIRouter(prefix=CONTROL_PREFIX)
    _add_read_routes(api, store, parts)
    _add_world_routes(api, store, faults, parts)
    _add_fault_routes(api, faults)
    for own in parts.routers:
        api.routes.extend(own.routes)

    @api.api_route("/{path:path}", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    async def unknown(path: str) -> None:
        # Do not pass it to a service: a mistyped control call must not look like a call of a service.
        raise HTTPException(404, f"the control api has no such call: {path}")

    return api


def _add_read_routes(api: APIRouter, store: SandboxStore, parts: ControlParts) -> None:
    @api.get("/state")
    async def everything() -> dict[str, Any]:
        return parts.snapshot()

    @api.get("/log")
    async def log(since: int = 0) -> list[dict[str, Any]]:
        return [asdict(entry) for entry in store.log if entry.n > since]

    @api.get("/settings")
    async def settings() -> dict[str, Any]:
        return store.dump_settings()

    @api.get("/clock")
    async def clock() -> dict[str, Any]:
        return {"now": _format_time(store.now()), "offset_s": store.offset_s}


def _add_world_routes(api: APIRouter, store: SandboxStore, faults: FaultQueue, parts: ControlParts) -> None:
    @api.post("/reset")
    async def reset() -> dict[str, bool]:
        faults.clear()
        store.clear()
        parts.seed()
        return {"success": True}

    @api.post("/settings")
    async def change(changes: dict[str, Any]) -> dict[str, Any]:
        try:
            store.change_settings(changes)
        except ValidationError as error:
            raise HTTPException(422, _problems(error)) from None
        store.commit()
        return store.dump_settings()

    @api.post("/clock")
    async def move(order: ClockRequest) -> dict[str, Any]:
        moved = 0.0 if order.real else store.offset_s + order.advance_s
        if abs(moved) > _CENTURY_S / 2:
            raise HTTPException(422, "a clock moved by more than fifty years")
        store.set_clock(moved)
        store.commit()
        return {"now": _format_time(store.now()), "offset_s": store.offset_s}


def _add_fault_routes(api: APIRouter, faults: FaultQueue) -> None:
    @api.post("/faults")
    async def add(order: FaultRequest) -> dict[str, Any]:
        try:
            return faults.add(order).as_json()
        except ValidationError as error:
            raise HTTPException(422, _problems(error)) from None
        except ValueError as error:
            raise HTTPException(422, str(error)) from None

    @api.get("/faults")
    async def list_faults() -> list[dict[str, Any]]:
        return [fault.as_json() for fault in faults.pending]

    @api.delete("/faults")
    async def clear() -> dict[str, bool]:
        faults.clear()
        return {"success": True}


def _problems(error: ValidationError) -> list[Any]:
    """Return what is wrong without repeating the input, which may not be encodable as JSON."""
    return list(error.errors(include_url=False, include_context=False, include_input=False))


def _format_time(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")

"""The control API under /_sandbox: read the world and the log of calls, and change what a test needs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from araldo.sandbox import tokens, world
from araldo.sandbox.faults import FaultQueue, FaultRequest
from araldo.sandbox.snapshot import snapshot
from araldo.sandbox.state import SandboxState, format_time
from araldo.sandbox.switches import Switches

_CENTURY_S = 3.2e9


class TokenRequest(BaseModel):
    """`expires_in` in seconds, 0 for never; `subject` the id of a Page or of a (system) user."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["user_short", "user_long", "page", "system_user", "app"]
    scopes: list[str] | None = None
    expires_in: float | None = Field(default=None, ge=0, le=_CENTURY_S)
    subject: str | None = None


class KillRequest(BaseModel):
    """`subcode` one of 458, 459, 460, 463, 464, 467, 492; none for a plain 190."""

    model_config = ConfigDict(extra="forbid")

    access_token: str
    subcode: Literal[458, 459, 460, 463, 464, 467, 492] | None = None


class ClockRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    advance_s: float = Field(default=0.0, ge=-_CENTURY_S, le=_CENTURY_S)
    real: bool = False


class PageChangeRequest(BaseModel):
    """`tasks` null: Graph leaves the field out, and everything is allowed."""

    model_config = ConfigDict(extra="forbid")

    tasks: list[str] | None


class PageRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1)
    instagram_username: str | None = None
    business: Literal["owned", "client"] | None = None
    tasks: list[str] | None = None


def router(state: SandboxState, faults: FaultQueue) -> APIRouter:
    """Return the routes of the control API for this world."""
    api = APIRouter(prefix="/_sandbox")
    _add_read_routes(api, state)
    _add_world_routes(api, state, faults)
    _add_token_routes(api, state)
    _add_fault_routes(api, faults)

    @api.api_route("/{path:path}", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    async def unknown(path: str) -> None:
        # Do not pass it to the Graph: a mistyped control call must not look like a Graph call.
        raise HTTPException(404, f"the control api has no such call: {path}")

    return api


def _add_read_routes(api: APIRouter, state: SandboxState) -> None:
    @api.get("/state")
    async def everything() -> dict[str, Any]:
        state.publish_due_posts()
        state.commit()
        return snapshot(state)

    @api.get("/log")
    async def log(since: int = 0) -> list[dict[str, Any]]:
        return [asdict(entry) for entry in state.log if entry.n > since]

    @api.get("/settings")
    async def settings() -> Switches:
        return state.switches

    @api.get("/clock")
    async def clock() -> dict[str, Any]:
        return {"now": format_time(state.now()), "offset_s": state.offset_s}


def _add_world_routes(api: APIRouter, state: SandboxState, faults: FaultQueue) -> None:
    @api.post("/reset")
    async def reset() -> dict[str, bool]:
        faults.clear()
        state.clear()
        world.seed(state)
        return {"success": True}

    @api.post("/settings")
    async def change(changes: dict[str, Any]) -> Switches:
        try:
            state.set_switches(Switches.model_validate(state.switches.model_dump() | changes))
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=False, include_input=False)
            raise HTTPException(422, problems) from None
        state.commit()
        return state.switches

    @api.post("/clock")
    async def move(order: ClockRequest) -> dict[str, Any]:
        moved = 0.0 if order.real else state.offset_s + order.advance_s
        if abs(moved) > _CENTURY_S / 2:
            raise HTTPException(422, "a clock moved by more than fifty years")
        state.set_clock(moved)
        state.commit()
        return {"now": format_time(state.now()), "offset_s": state.offset_s}

    @api.post("/pages")
    async def add_page(order: PageRequest) -> dict[str, Any]:
        return asdict(world.add_page(state, order.name, order.instagram_username, order.business, order.tasks))

    @api.post("/pages/{page_id}")
    async def change_page(page_id: str, order: PageChangeRequest) -> dict[str, Any]:
        page = state.pages.get(page_id)
        if page is None:
            raise HTTPException(404, "no such Page")
        page.tasks = order.tasks
        state.pages.save(page)
        state.commit()
        return asdict(page)


def _add_token_routes(api: APIRouter, state: SandboxState) -> None:
    @api.post("/tokens")
    async def mint(order: TokenRequest) -> dict[str, str]:
        made = _mint_token(state, order)
        state.commit()
        return {"access_token": made}

    @api.post("/tokens/kill")
    async def kill(order: KillRequest) -> dict[str, bool]:
        token = state.tokens.get(order.access_token)
        if token is None:
            raise HTTPException(404, "no such token")
        token.killed = order.subcode or 0
        state.tokens.save(token)
        state.commit()
        return {"success": True}


def _add_fault_routes(api: APIRouter, faults: FaultQueue) -> None:
    @api.post("/faults")
    async def add(order: FaultRequest) -> dict[str, Any]:
        return faults.add(order).as_json()

    @api.get("/faults")
    async def list_faults() -> list[dict[str, Any]]:
        return [fault.as_json() for fault in faults.pending]

    @api.delete("/faults")
    async def clear() -> dict[str, bool]:
        faults.clear()
        return {"success": True}


def _mint_token(state: SandboxState, order: TokenRequest) -> str:
    app = state.apps[world.APP_ID]
    if order.type == "app":
        return f"{app.id}|{app.secret}"
    lives = {"user_short": tokens.SHORT_S, "user_long": tokens.LONG_S, "page": 0.0, "system_user": 0.0}
    expires_in = lives[order.type] if order.expires_in is None else order.expires_in
    scopes = world.ALL_SCOPES if order.scopes is None else order.scopes
    kind = {"page": "PAGE", "system_user": "SYSTEM_USER"}.get(order.type, "USER")
    user = world.SYSTEM_USER_ID if order.type == "system_user" else world.USER_ID
    if order.subject is not None and order.subject not in (state.pages if kind == "PAGE" else state.users):
        raise HTTPException(404, "no such subject")
    if kind != "PAGE":
        user = order.subject or user
    made = tokens.mint(state, kind, app.id, user=user, expires_in=expires_in, scopes=scopes)
    if kind == "PAGE":
        made.page = order.subject or world.PAGE_ID
    return state.tokens.save(made).id

"""Meta's own control calls: more Pages, and tokens made and ended at will."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from araldo.sandbox.common.service import CONTROL_PREFIX
from araldo.sandbox.meta import tokens, world
from araldo.sandbox.meta.state import MetaState

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


def router(state: MetaState) -> APIRouter:
    """Return the routes, below /_sandbox."""
    api = APIRouter(prefix=CONTROL_PREFIX)
    _add_page_routes(api, state)
    _add_token_routes(api, state)
    return api


def _add_page_routes(api: APIRouter, state: MetaState) -> None:
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


def _add_token_routes(api: APIRouter, state: MetaState) -> None:
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


def _mint_token(state: MetaState, order: TokenRequest) -> str:
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

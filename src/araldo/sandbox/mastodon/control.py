"""The instance's own control calls, and its part of the state."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from araldo.sandbox.common.service import CONTROL_PREFIX
from araldo.sandbox.mastodon.entities import status_entity
from araldo.sandbox.mastodon.oauth import KNOWN_SCOPES
from araldo.sandbox.mastodon.records import AccessToken, Account
from araldo.sandbox.mastodon.state import ALL_SCOPES, CLIENT_ID, MastodonState, format_time, new_secret


class TokenRequest(BaseModel):
    """A token of the seeded app; `username`: whose."""

    model_config = ConfigDict(extra="forbid")

    scopes: list[str] = Field(default=ALL_SCOPES)
    username: str = "studio"


class RevokeRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    access_token: str


class AccountRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    username: str = Field(pattern=r"^[A-Za-z0-9_]{1,30}$")
    display_name: str = ""


def router(state: MastodonState) -> APIRouter:
    """Return the routes, below /_sandbox."""
    api = APIRouter(prefix=f"{CONTROL_PREFIX}/mastodon")

    @api.post("/tokens")
    async def mint(order: TokenRequest) -> dict[str, str]:
        owner = state.find_account(order.username)
        if owner is None or not set(order.scopes) <= KNOWN_SCOPES:
            raise HTTPException(404, "no such account or scope")
        token = state.tokens.save(AccessToken(new_secret(), CLIENT_ID, owner.id, order.scopes, state.now()))
        state.commit()
        return {"access_token": token.id}

    @api.post("/tokens/revoke")
    async def revoke(order: RevokeRequest) -> dict[str, bool]:
        token = state.tokens.get(order.access_token)
        if token is None:
            raise HTTPException(404, "no such token")
        token.revoked = True
        state.tokens.save(token)
        state.commit()
        return {"success": True}

    @api.post("/accounts")
    async def add_account(order: AccountRequest) -> dict[str, Any]:
        if state.find_account(order.username) is not None:
            raise HTTPException(409, "the account exists")
        name = order.display_name or order.username
        account = state.accounts.save(Account(state.new_id(), order.username, name, state.now()))
        state.commit()
        return asdict(account)

    return api


def snapshot(state: MastodonState) -> dict[str, Any]:
    """Return a list of each kind of record, in insertion order; statuses are entities with their plain text."""
    return {
        "apps": [{"client_id": app.id, **_without_id(app)} for app in state.apps],
        "accounts": [asdict(account) | {"created": format_time(account.created)} for account in state.accounts],
        "tokens": [{"access_token": token.id, **_without_id(token)} for token in state.tokens],
        "media": [asdict(media) for media in state.media],
        "statuses": [
            status_entity(state, status) | {"text": status.text, "media_ids": status.media} for status in state.statuses
        ],
        "idempotency_keys": [{"key": key.id, **_without_id(key)} for key in state.keys],
    }


def _without_id(record: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(record).items() if name != "id"}

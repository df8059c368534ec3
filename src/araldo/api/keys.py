"""API keys of the session's workspace: create, list, revoke. Only users can: an API key cannot create keys."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from araldo.api.auth import SignedInDep
from araldo.api.dependencies import DependenciesDep
from araldo.api.fields import CleanText, InputInstant, Instant
from araldo.api.problems import RESPONSES
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.errors import PostInvalid, Problem
from araldo.messages import Message
from araldo.storage.database import as_utc
from araldo.workspaces import store as workspace_store
from araldo.workspaces.keys import make_key
from araldo.workspaces.models import ApiKey
from araldo.workspaces.permissions import (
    ALL_SCOPES,
    SCOPES,
    normalize_scopes,
    permissions_of,
    require_permission,
    validate_scopes,
)

router = ResourceRouter(prefix="/api/v1", tags=["keys"], responses=RESPONSES)


class NewKey(RequestModel):
    """`expires_at`: left out, the key is valid until it is revoked. `scopes`: what it may do, `*` for everything.

    `password`: the user's, needed when the sign-in is older than ten minutes (403 `password_needed`, or
    `sign_in_again` for users without a password).
    """

    name: Annotated[CleanText, Field(max_length=200)] = ""
    expires_at: InputInstant | None = None
    scopes: Annotated[
        list[CleanText], Field(max_length=20, description=f"Of {', '.join(SCOPES)}.", examples=[["read", "draft"]])
    ] = [ALL_SCOPES]
    password: Annotated[CleanText, Field(max_length=1_000)] | None = None


class KeyRead(BaseModel):
    """`prefix`: the first letters of the key. `last_used_at` may be five minutes old.

    `created_by`: the name of the person who made it; null: a command, or somebody who is no user any more.
    """

    id: str
    name: str
    prefix: str
    created_at: Instant
    last_used_at: Instant | None
    expires_at: Instant | None
    scopes: list[str]
    created_by: str | None


class KeyMade(KeyRead):
    """`key` is in this answer only."""

    key: str


class KeyList(BaseModel):
    data: list[KeyRead]


@router.get("/keys", operation_id="list_keys")
async def list_keys(deps: DependenciesDep, signed_in: SignedInDep) -> KeyList:
    """List the API keys, newest first; expired ones too, until they are revoked."""
    found = await deps.database.read(
        lambda transaction: workspace_store.list_keys(transaction, signed_in.session.workspace.id)
    )
    return KeyList(data=[KeyRead(**_fields(key)) for key in found])


@router.post("/keys", operation_id="create_key", status_code=201)
async def create_key(body: NewKey, deps: DependenciesDep, signed_in: SignedInDep) -> KeyMade:
    """Create an API key with at most your own permissions. Takes no Idempotency-Key: the key is shown only once."""
    now, key = deps.clock.now(), make_key()
    expires_at = None if body.expires_at is None else as_utc(body.expires_at)
    problems = validate_scopes(body.scopes)
    if expires_at is not None and expires_at <= now:
        problems.append(Problem("/expires_at", "in_the_past", Message("keys.expiry_past")))
    if problems:
        raise PostInvalid(problems)
    scopes = normalize_scopes(body.scopes)
    for permission in permissions_of(scopes):
        require_permission(signed_in.session.permissions, permission)
    await deps.sign_in.require_proof(signed_in.session, body.password)
    workspace_id, name = signed_in.session.workspace.id, body.name.strip()

    made = await deps.api_keys.create(
        workspace_id, name, key, scopes=scopes, expires_at=expires_at, created_by=signed_in.session.user
    )
    return KeyMade(**_fields(made), key=key.secret)


@router.delete("/keys/{key_id}", operation_id="end_key", status_code=204)
async def end_key(key_id: str, deps: DependenciesDep, signed_in: SignedInDep) -> None:
    """Revoke an API key, at once and permanently."""
    await deps.api_keys.revoke(signed_in.session.workspace.id, key_id)


def _fields(key: ApiKey) -> dict[str, Any]:
    return {name: getattr(key, name) for name in KeyRead.model_fields}

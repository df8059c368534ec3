"""The connected accounts, without their tokens."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.api.auth import CallerHere
from araldo.api.fields import Instant
from araldo.api.parts import Parts, PartsHere
from araldo.api.problems import RESPONSES

router = APIRouter(prefix="/api/v1", tags=["accounts"], responses=RESPONSES)


class AccountRead(BaseModel):
    """`token_expiry` is `never`, `at` (then see `token_expires_at`) or `unknown`."""

    id: str
    kind: str
    service: str
    name: str
    username: str | None
    remote_id: str
    platforms: list[str]
    default: bool
    health: str
    token_kind: str | None
    token_expiry: str
    token_expires_at: Instant | None
    connected_at: Instant


class AccountList(BaseModel):
    data: list[AccountRead]


@router.get("/accounts", operation_id="list_accounts")
async def list_accounts(parts: PartsHere, caller: CallerHere) -> AccountList:
    async with parts.database.reading() as transaction:
        found = await account_store.of_workspace(transaction, caller.workspace.id)
    return AccountList(data=[_read(parts, account) for account in found])


def _read(parts: Parts, account: Account) -> AccountRead:
    serves = [declared.name for declared in parts.declarations.values() if declared.account_kind == account.kind]
    return AccountRead(
        id=account.id,
        kind=account.kind,
        service=account.service,
        name=account.name,
        username=account.username,
        remote_id=account.remote_id,
        platforms=serves,
        default=account.is_default,
        health=account.health,
        token_kind=account.token_kind,
        token_expiry=account.token_expiry,
        token_expires_at=account.token_expires_at,
        connected_at=account.connected_at,
    )

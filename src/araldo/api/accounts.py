"""The connected accounts, without their tokens: list, inspect, and set the default."""

from __future__ import annotations

from fastapi import Request
from pydantic import BaseModel

from araldo.accounts import store as account_store
from araldo.accounts.health import missing_scopes
from araldo.accounts.models import Account
from araldo.api.auth import CallerDep
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.fields import Instant
from araldo.api.platforms import AccountRules
from araldo.api.problems import RESPONSES, language_of
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.messages import Language, text_in
from araldo.platforms.account_facts import declaration_of

router = ResourceRouter(prefix="/api/v1", tags=["accounts"], responses=RESPONSES)


class AccountRead(BaseModel):
    """`token_expiry`: `never`, `at` (then see `token_expires_at`) or `unknown`.

    `health`: `ok`, `expiring`, `action_needed` or `dead`; `health_hint`: what to do, null for nothing.
    `missing_scopes`: by platform. `rules`: by platform, the limits and options that hold for this account.
    """

    id: str
    kind: str
    service: str
    name: str
    username: str | None
    remote_id: str
    platforms: list[str]
    rules: dict[str, AccountRules]
    default: bool
    health: str
    health_hint: str | None
    missing_scopes: dict[str, list[str]]
    token_kind: str | None
    token_expiry: str
    token_expires_at: Instant | None
    data_access_expires_at: Instant | None
    connected_at: Instant
    checked_at: Instant | None


class AccountList(BaseModel):
    data: list[AccountRead]


class AccountChange(RequestModel):
    default: bool


@router.get("/accounts", operation_id="list_accounts")
async def list_accounts(request: Request, deps: DependenciesDep, caller: CallerDep) -> AccountList:
    found = await deps.database.read(
        lambda transaction: account_store.list_for_workspace(transaction, caller.workspace.id)
    )
    return AccountList(data=[account_read_of(deps, account, language_of(request)) for account in found])


@router.patch("/accounts/{account_id}", operation_id="change_account")
async def change_account(
    account_id: str, body: AccountChange, request: Request, deps: DependenciesDep, caller: CallerDep
) -> AccountRead:
    """Make an account the default of its kind, or not: the one used when a post names no account."""
    changed = await deps.account_settings.set_default(caller.workspace.id, account_id, default=body.default)
    return account_read_of(deps, changed, language_of(request))


@router.post("/accounts/{account_id}/check", operation_id="check_account")
async def check_account(account_id: str, request: Request, deps: DependenciesDep, caller: CallerDep) -> AccountRead:
    """Inspect the account's token and permissions now; this also happens daily."""
    account = await deps.database.read(
        lambda transaction: account_store.get(transaction, caller.workspace.id, account_id)
    )
    checked = await deps.account_inspector.inspect(account)
    # When the account has recovered, deliveries that waited for it are due.
    deps.post_creator.nudge()
    return account_read_of(deps, checked, language_of(request))


def account_read_of(deps: AppDependencies, account: Account, language: Language) -> AccountRead:
    declarations = list(deps.declarations.values())
    usable = [declared for declared in declarations if declared.account_kind == account.kind]
    detail = account.health_detail or {}
    return AccountRead(
        id=account.id,
        kind=account.kind,
        service=account.service,
        name=account.name,
        username=account.username,
        remote_id=account.remote_id,
        platforms=[declared.name for declared in usable],
        rules={
            declared.name: AccountRules.of(declaration_of(declared, account.facts), language) for declared in usable
        },
        default=account.is_default,
        health=account.health,
        health_hint=text_in(detail, language),
        missing_scopes=dict(missing_scopes(account.kind, account.scopes, declarations)),
        token_kind=account.token_kind,
        token_expiry=account.token_expiry,
        token_expires_at=account.token_expires_at,
        data_access_expires_at=account.data_access_expires_at,
        connected_at=account.connected_at,
        checked_at=account.checked_at,
    )

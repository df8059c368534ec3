"""The connected accounts, without their credentials: list, inspect, set the default, disconnect."""

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


class AccessEndRead(BaseModel):
    """`at`: null when it has no end. `renewable`: renewed by itself; else a person has to reconnect before `at`."""

    what: str
    at: Instant | None
    renewable: bool


class AccountRead(BaseModel):
    """`ends`: what access depends on and when it ends; what the service did not say is left out.

    `host`: the server, where the service has many. `method`: how it was connected, null for the suggested one.
    `health`: `ok`, `expiring`, `action_needed` or `dead`; `health_hint`: what to do, null for nothing.
    `missing_scopes`: by platform. `rules`: by platform, the limits and options that hold for this account.
    """

    id: str
    kind: str
    service: str
    method: str | None
    host: str | None
    name: str
    username: str | None
    remote_id: str
    platforms: list[str]
    rules: dict[str, AccountRules]
    default: bool
    health: str
    health_hint: str | None
    missing_scopes: dict[str, list[str]]
    ends: list[AccessEndRead]
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
    """Inspect the account's access and permissions now; this also happens daily."""
    account = await deps.database.read(
        lambda transaction: account_store.get_connected(transaction, caller.workspace.id, account_id)
    )
    checked = await deps.account_inspector.inspect(account)
    # When the account has recovered, deliveries that waited for it are due.
    deps.post_creator.nudge()
    return account_read_of(deps, checked, language_of(request))


class WaitingDelivery(BaseModel):
    """`due_at`: null for one that goes out at once. `open_attempt`: sent, and maybe published already."""

    post_id: str
    delivery_id: str
    platform: str
    text: str
    due_at: Instant | None
    open_attempt: bool


class DisconnectionRead(BaseModel):
    """`deliveries`: the first of the `count` that would wait until the account is connected again."""

    deliveries: list[WaitingDelivery]
    count: int


class DisconnectedRead(BaseModel):
    """`revoked`: the service has ended the access. `note`: why it has not, and what to do there."""

    revoked: bool
    note: str | None
    waiting: int


@router.get("/accounts/{account_id}/disconnection", operation_id="preview_disconnection")
async def preview_disconnection(account_id: str, deps: DependenciesDep, caller: CallerDep) -> DisconnectionRead:
    """Name what would wait if this account were disconnected. Changes nothing."""
    plan = await deps.disconnector.preview(caller.workspace.id, account_id)
    deliveries = [
        WaitingDelivery(
            post_id=delivery.post_id,
            delivery_id=delivery.delivery_id,
            platform=delivery.platform,
            text=delivery.text,
            due_at=delivery.due_at,
            open_attempt=delivery.open_attempts > 0,
        )
        for delivery in plan.deliveries
    ]
    return DisconnectionRead(deliveries=deliveries, count=plan.count)


@router.delete("/accounts/{account_id}", operation_id="disconnect_account")
async def disconnect_account(
    account_id: str, request: Request, deps: DependenciesDep, caller: CallerDep
) -> DisconnectedRead:
    """Disconnect the account: its credentials are deleted, and revoked where the service can.

    What is to be published there waits (`needs_reconnect`) and is resumed when the same account is connected again. A
    service that is away does not keep the account connected; `note` then says what to do.
    """
    done = await deps.disconnector.disconnect(caller.workspace.id, account_id)
    note = None if done.note is None else done.note.to(language_of(request))
    return DisconnectedRead(revoked=done.revoked, note=note, waiting=done.waiting)


def account_read_of(deps: AppDependencies, account: Account, language: Language) -> AccountRead:
    declarations = list(deps.declarations.values())
    usable = [declared for declared in declarations if declared.account_kind == account.kind]
    detail = account.health_detail or {}
    return AccountRead(
        id=account.id,
        kind=account.kind,
        service=account.service,
        method=account.connect_method,
        host=account.host,
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
        ends=[
            AccessEndRead(what=end.what.to(language), at=end.at, renewable=end.is_renewable)
            for end in account.access_ends
        ],
        connected_at=account.connected_at,
        checked_at=account.checked_at,
    )

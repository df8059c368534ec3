"""What an operator lists and ends on the command line: users, API keys, second factors, and the audit log."""

from __future__ import annotations

import getpass
import json
from collections.abc import Sequence
from datetime import datetime

from araldo.app import Araldo
from araldo.errors import Conflict, NotFound, PostInvalid, Problem
from araldo.messages import Message
from araldo.storage.database import Transaction
from araldo.workspaces import audit_store, removal, totp_store, user_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.audit import Actor, ActorKind, AuditAction, AuditRecord, current_actor
from araldo.workspaces.audit_store import AuditFilter
from araldo.workspaces.models import Workspace


def act_as_command() -> None:
    """Let the audit log say that the command line did it, under the name of the system's user."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        # A container may run as a number that has no name.
        name = None
    current_actor.set(Actor(ActorKind.COMMAND, name=name))


async def list_users(araldo: Araldo) -> list[str]:
    async with araldo.database.reading() as transaction:
        found = await user_store.list_with_workspaces(transaction)
    return [f"{user.id}  {user.name}  {', '.join(names) or '-'}" for user, names in found]


async def remove_user(araldo: Araldo, name: str, workspace: Workspace | None) -> None:
    """From one workspace, else altogether. Ends sessions. Raises NotFound, and Conflict for the last member."""
    now = araldo.clock.now()
    async with araldo.database.transaction() as transaction:
        user = await user_store.get_by_name(transaction, name)
        if workspace is not None:
            await removal.remove_member(transaction, user, workspace.id, now)
        else:
            await removal.remove_user(transaction, user, now)


async def list_keys(araldo: Araldo, workspace: Workspace) -> list[str]:
    async with araldo.database.reading() as transaction:
        found = await workspace_store.list_keys(transaction, workspace.id)
    return [
        f"{key.id}  {key.prefix}…  {key.name or '-'}  made {_day(key.created_at)}"
        f"  used {_day(key.last_used_at)}  ends {_day(key.expires_at)}"
        for key in found
    ]


async def revoke_key(araldo: Araldo, wanted: str, workspace: Workspace | None) -> None:
    """By its id or by how it begins. Raises NotFound, and Conflict where several begin so."""
    now = araldo.clock.now()
    async with araldo.database.transaction() as transaction:
        found = await workspace_store.find_keys(transaction, wanted, None if workspace is None else workspace.id)
        if not found:
            raise NotFound(Message("keys.not_found"))
        if len(found) > 1:
            raise Conflict(Message("keys.ambiguous"))
        key_id, workspace_id = found[0]
        name = await workspace_store.revoke_key(transaction, workspace_id, key_id, now)
        await audit_store.record(
            transaction, AuditAction.KEY_REVOKED, workspace_id=workspace_id, at=now, target=key_id, target_name=name
        )


async def reset_totp(araldo: Araldo, name: str) -> None:
    """The person signs in without a code from here on. Raises NotFound."""
    async with araldo.database.transaction() as transaction:
        user = await user_store.get_by_name(transaction, name)
        if not await totp_store.remove(transaction, user.id):
            raise NotFound(Message("users.no_second_factor"))
        await record_for_user(araldo, transaction, AuditAction.TOTP_DISABLED, user.id, user.name)


async def record_for_user(
    araldo: Araldo, transaction: Transaction, action: AuditAction, user_id: str, name: str
) -> None:
    """An act on a person, in the first of their workspaces."""
    where = await workspace_store.list_for_user(transaction, user_id)
    await audit_store.record(
        transaction,
        action,
        workspace_id=where[0].id if where else None,
        at=araldo.clock.now(),
        target=user_id,
        target_name=name,
    )


async def read_audit(
    araldo: Araldo,
    workspace: Workspace | None,
    actions: Sequence[str],
    actor: str | None,
    since: datetime | None,
    limit: int,
    *,
    as_json: bool,
) -> list[str]:
    """A line an entry, newest first. Raises PostInvalid for an action that does not exist."""
    wanted = AuditFilter(
        workspace_id=None if workspace is None else workspace.id, actions=_actions(actions), actor=actor, since=since
    )
    async with araldo.database.reading() as transaction:
        entries, _ = await audit_store.list_entries(transaction, wanted, limit=limit)
    return [json.dumps(_as_json(one), ensure_ascii=False) if as_json else _line(one) for one in entries]


def _actions(names: Sequence[str]) -> list[AuditAction]:
    known = {action.value: action for action in AuditAction}
    for name in names:
        if name not in known:
            message = Message("audit.unknown_action", {"name": name, "names": ", ".join(known)})
            raise PostInvalid([Problem("/action", "action_unknown", message)])
    return [known[name] for name in names]


def _line(entry: AuditRecord) -> str:
    who = " ".join(part for part in (entry.actor.kind.value, entry.actor.name or entry.actor.id) if part)
    what = " ".join(part for part in (entry.target, entry.target_name) if part)
    moment = entry.created_at.isoformat(timespec="seconds")
    columns = (moment, entry.action.value, who, entry.actor.address, what, entry.workspace_id)
    return "  ".join(column or "-" for column in columns)


def _as_json(entry: AuditRecord) -> dict[str, object]:
    actor = {"kind": entry.actor.kind.value, "id": entry.actor.id, "name": entry.actor.name}
    return {
        "id": entry.id,
        "at": entry.created_at.isoformat(),
        "workspace_id": entry.workspace_id,
        "action": entry.action.value,
        "actor": actor,
        "address": entry.actor.address,
        "target": entry.target,
        "target_name": entry.target_name,
    }


def _day(moment: datetime | None) -> str:
    return "-" if moment is None else moment.date().isoformat()

"""Operators' commands: workspaces, users, API keys, sign-in links and second factors, and the audit log."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Sequence
from datetime import datetime

from araldo.app import Araldo
from araldo.console import print_message
from araldo.errors import Conflict, NotFound, PostInvalid, Problem
from araldo.messages import Message
from araldo.storage.database import Transaction
from araldo.workflows.accounts.api_keys import ApiKeys
from araldo.workspaces import audit_store, removal, session_store, totp_store, user_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.audit import Actor, ActorKind, AuditAction, AuditRecord, current_actor
from araldo.workspaces.audit_store import AuditFilter
from araldo.workspaces.keys import NewApiKey
from araldo.workspaces.language_store import adopt_language
from araldo.workspaces.models import LanguageSource, Workspace
from araldo.workspaces.permissions import normalize_scopes
from araldo.workspaces.roles import Role
from araldo.workspaces.users import link_url


def set_command_actor() -> None:
    """Make the command line the current actor of the audit log, with the operating system's user name."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        # A container may run as a user id without a name.
        name = None
    current_actor.set(Actor(ActorKind.COMMAND, name=name))


async def create_workspace(araldo: Araldo, name: str) -> str:
    """Create a workspace for the first user and return its id. Raises Conflict."""

    def in_transaction(transaction: Transaction) -> str:
        made = workspace_store.create(transaction, name, transaction.now)
        owner = user_store.get_or_create_first(transaction, transaction.now)
        user_store.add_member(transaction, owner.id, made.id, transaction.now, role=Role.OWNER)
        if owner.language is not None:
            adopt_language(transaction, owner.id, owner.language, LanguageSource.MEMBER)
        return made.id

    return await araldo.database.write(in_transaction)


async def create_user(araldo: Araldo, name: str, workspace: Workspace, role: Role) -> str:
    """Create a user with a role in a workspace and return the URL of a sign-in link. Raises Conflict."""

    def in_transaction(transaction: Transaction) -> str:
        made = user_store.create(transaction, name, None, transaction.now)
        user_store.add_member(transaction, made.id, workspace.id, transaction.now, role=role)
        _record_for_user(transaction, AuditAction.USER_CREATED, made.id, made.name)
        return user_store.create_link(transaction, made.id, transaction.now)

    return link_url(araldo.settings.own_url, await araldo.database.write(in_transaction))


async def create_sign_in_link(araldo: Araldo, name: str | None, *, forget_password: bool) -> str:
    """Return the URL of a sign-in link for a user; None: the first. Raises NotFound.

    `forget_password`: also remove the password and end the user's sessions.
    """

    def in_transaction(transaction: Transaction) -> str:
        if name is None:
            user = user_store.get_or_create_first(transaction, transaction.now)
        else:
            user = user_store.get_by_name(transaction, name)
        if forget_password:
            user_store.clear_password(transaction, user.id)
            session_store.end_all(transaction, user.id)
            _record_for_user(transaction, AuditAction.PASSWORD_FORGOTTEN, user.id, user.name)
        return user_store.create_link(transaction, user.id, transaction.now)

    return link_url(araldo.settings.own_url, await araldo.database.write(in_transaction))


async def print_sign_in_link(araldo: Araldo) -> None:
    """Print a sign-in link while no user can sign in otherwise. Not into a log: only on a terminal."""
    if await araldo.database.read(lambda transaction: user_store.can_anyone_sign_in(transaction, transaction.now)):
        return
    if not sys.stdout.isatty():
        print_message(Message("cli.no_login_yet"))
        return

    def in_transaction(transaction: Transaction) -> str:
        first = user_store.get_or_create_first(transaction, transaction.now)
        return user_store.create_link(transaction, first.id, transaction.now)

    token = await araldo.database.write(in_transaction)
    print_message(Message("cli.sign_in"), url=link_url(araldo.settings.own_url, token))


async def list_users(araldo: Araldo) -> list[str]:
    found = await araldo.database.read(user_store.list_with_workspaces)
    return [f"{user.id}  {user.name}  {', '.join(names) or '-'}" for user, names in found]


async def remove_user(araldo: Araldo, name: str, workspace: Workspace | None) -> None:
    """Remove a user from `workspace`, or entirely if None. Raises NotFound, and Conflict for the last owner."""
    now = araldo.clock.now()

    def in_transaction(transaction: Transaction) -> None:
        user = user_store.get_by_name(transaction, name)
        if workspace is not None:
            removal.remove_member(transaction, user, workspace.id, now)
        else:
            removal.remove_user(transaction, user, now)

    await araldo.database.write(in_transaction)


async def create_key(araldo: Araldo, name: str, key: NewApiKey, workspace: Workspace, scopes: Sequence[str]) -> None:
    """Store an API key with these valid scopes."""
    await ApiKeys(araldo.database).create(workspace.id, name, key, scopes=normalize_scopes(scopes))


async def list_keys(araldo: Araldo, workspace: Workspace) -> list[str]:
    found = await araldo.database.read(lambda transaction: workspace_store.list_keys(transaction, workspace.id))
    return [
        f"{key.id}  {key.prefix}…  {key.name or '-'}  made {_format_day(key.created_at)}"
        f"  used {_format_day(key.last_used_at)}  ends {_format_day(key.expires_at)}"
        for key in found
    ]


async def revoke_key(araldo: Araldo, wanted: str, workspace: Workspace | None) -> None:
    """Revoke a key by its id or prefix. Raises NotFound, and Conflict when several have the prefix."""
    workspace_id = None if workspace is None else workspace.id
    found = await araldo.database.read(lambda transaction: workspace_store.find_keys(transaction, wanted, workspace_id))
    if not found:
        raise NotFound(Message("keys.not_found"))
    if len(found) > 1:
        raise Conflict(Message("keys.ambiguous"))
    key_id, owner_id = found[0]
    await ApiKeys(araldo.database).revoke(owner_id, key_id)


async def reset_totp(araldo: Araldo, name: str) -> None:
    """Remove a user's second factor. Raises NotFound."""

    def in_transaction(transaction: Transaction) -> None:
        user = user_store.get_by_name(transaction, name)
        if not totp_store.remove(transaction, user.id):
            raise NotFound(Message("users.no_second_factor"))
        _record_for_user(transaction, AuditAction.TOTP_DISABLED, user.id, user.name)

    await araldo.database.write(in_transaction)


def _record_for_user(transaction: Transaction, action: AuditAction, user_id: str, name: str) -> None:
    """Record an action on a user in the audit log of their first workspace."""
    where = workspace_store.list_for_user(transaction, user_id)
    audit_store.record(
        transaction,
        action,
        workspace_id=where[0].id if where else None,
        at=transaction.now,
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
    """Return one line for each entry, newest first. Raises PostInvalid for an unknown action."""
    wanted = AuditFilter(
        workspace_id=None if workspace is None else workspace.id,
        actions=_parse_actions(actions),
        actor=actor,
        since=since,
    )
    entries, _ = await araldo.database.read(
        lambda transaction: audit_store.list_entries(transaction, wanted, limit=limit)
    )
    return [
        json.dumps(_entry_as_json(entry), ensure_ascii=False) if as_json else _format_entry(entry) for entry in entries
    ]


def _parse_actions(names: Sequence[str]) -> list[AuditAction]:
    known = {action.value: action for action in AuditAction}
    for name in names:
        if name not in known:
            message = Message("audit.unknown_action", {"name": name, "names": ", ".join(known)})
            raise PostInvalid([Problem("/action", "action_unknown", message)])
    return [known[name] for name in names]


def _format_entry(entry: AuditRecord) -> str:
    who = " ".join(part for part in (entry.actor.kind.value, entry.actor.name or entry.actor.id) if part)
    what = " ".join(part for part in (entry.target, entry.target_name) if part)
    moment = entry.created_at.isoformat(timespec="seconds")
    columns = (moment, entry.action.value, who, entry.actor.address, what, entry.workspace_id)
    return "  ".join(column or "-" for column in columns)


def _entry_as_json(entry: AuditRecord) -> dict[str, object]:
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


def _format_day(moment: datetime | None) -> str:
    return "-" if moment is None else moment.date().isoformat()

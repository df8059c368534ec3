"""Workspaces and API keys in the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, or_, select, update

from araldo.errors import Conflict, NotFound
from araldo.messages import Language, Message, known_language, machine_language
from araldo.storage.database import Transaction, new_id
from araldo.storage.schema import api_keys, workspaces
from araldo.storage.user_tables import members, users
from araldo.workspaces.keys import NewApiKey
from araldo.workspaces.models import ApiKey, Caller, FoundKey, LanguageSource, Workspace, WorkspaceChanges
from araldo.workspaces.permissions import ALL_SCOPES, permissions_of
from araldo.workspaces.request_rate import KeyUsage, reserve_slice
from araldo.zones import current_name, machine_zone

_w, _k = workspaces.c, api_keys.c
_NAME_MAX = 200
# The key of PostgreSQL's advisory lock for creating the first workspace; no other lock has that number.
_FIRST_WORKSPACE_LOCK = 0x6172616C6677


def get_or_create_first(transaction: Transaction, now: datetime) -> Workspace:
    """Return the oldest workspace; create it when there is none, so that a fresh install is usable at once.

    Processes that start together create one: no row is there to lock yet, so on PostgreSQL each waits for the others.
    """
    found = _find_first(transaction)
    if found is None and transaction.is_postgresql:
        transaction.execute(select(func.pg_advisory_xact_lock(_FIRST_WORKSPACE_LOCK)))
        found = _find_first(transaction)
    return found or add(transaction, "Araldo", now)


def _find_first(transaction: Transaction) -> Workspace | None:
    row = transaction.execute(select(workspaces).order_by(_w.created_at, _w.id).limit(1)).one_or_none()
    return None if row is None else _workspace(row)


def list_all(transaction: Transaction) -> list[Workspace]:
    """Return the workspaces of all users; for operators' commands only."""
    rows = transaction.execute(select(workspaces).order_by(_w.created_at, _w.id))
    return [_workspace(row) for row in rows]


def list_for_user(transaction: Transaction, user_id: str) -> list[Workspace]:
    """Return the workspaces that the user belongs to, in the order of joining."""
    rows = transaction.execute(
        select(workspaces)
        .join(members, members.c.workspace_id == _w.id)
        .where(members.c.user_id == user_id)
        .order_by(members.c.created_at, members.c.id)
    )
    return [_workspace(row) for row in rows]


def add(
    transaction: Transaction,
    name: str,
    now: datetime,
    *,
    language: Language | None = None,
    language_source: LanguageSource = LanguageSource.WORKSPACE,
    zone: str | None = None,
) -> Workspace:
    """Create a workspace. `zone`: an IANA name; None stands for the machine's, as for `language`."""
    source = LanguageSource.MACHINE if language is None else language_source
    made = Workspace(
        new_id("ws"), name, language or machine_language(), machine_zone() if zone is None else current_name(zone)
    )
    values = {"id": made.id, "name": made.name, "language": made.language, "zone": made.zone, "language_source": source}
    transaction.execute(insert(workspaces).values(**values, created_at=now))
    return made


def create(transaction: Transaction, name: str, now: datetime) -> Workspace:
    """Create a workspace under a name that is free. Raises Conflict."""
    return add(transaction, require_free_name(transaction, name), now)


def require_free_name(
    transaction: Transaction, name: str, *, user_id: str | None = None, but: str | None = None
) -> str:
    """Return the trimmed name. Raises Conflict when its length is wrong or another workspace has it.

    `user_id`: compare with this user's workspaces only, so that other users' names stay unknown. `but`: the id of a
    workspace that may have the name.
    """
    wanted = name.strip()
    if not wanted or len(wanted) > _NAME_MAX:
        raise Conflict(Message("workspaces.name_length"))
    having = select(_w.id).where(_w.name == wanted)
    if user_id is not None:
        having = having.join(members, members.c.workspace_id == _w.id).where(members.c.user_id == user_id)
    if but is not None:
        having = having.where(_w.id != but)
    if transaction.execute(having).first() is not None:
        message = Message("workspaces.name_taken")
        raise Conflict(message, code="name_taken")
    return wanted


def change_workspace(transaction: Transaction, workspace_id: str, changes: WorkspaceChanges) -> None:
    values = {name: value for name, value in asdict(changes).items() if value is not None}
    if changes.zone is not None:
        values["zone"] = current_name(changes.zone)
    if changes.language is not None:
        values["language_source"] = LanguageSource.WORKSPACE
    if values:
        transaction.execute(update(workspaces).where(_w.id == workspace_id).values(values))


def get_by_id_or_name(transaction: Transaction, name: str) -> Workspace:
    """Return a workspace by id or name. Raises NotFound, and Conflict when several have the name."""
    rows = list(transaction.execute(select(workspaces).where(or_(_w.id == name, _w.name == name)).limit(2)))
    if not rows:
        raise NotFound(Message("workspaces.not_found"))
    if len(rows) > 1:
        raise Conflict(Message("workspaces.ambiguous"))
    return _workspace(rows[0])


def get(transaction: Transaction, workspace_id: str) -> Workspace:
    """Return a workspace that is known to exist."""
    row = transaction.execute(select(workspaces).where(_w.id == workspace_id)).one()
    return _workspace(row)


def languages_by_workspace(transaction: Transaction) -> dict[str, Language]:
    """Return the language of every workspace, by workspace id."""
    rows = transaction.execute(select(_w.id, _w.language))
    return {row.id: known_language(row.language) for row in rows}


def add_key(
    transaction: Transaction,
    workspace_id: str,
    name: str,
    key: NewApiKey,
    now: datetime,
    *,
    expires_at: datetime | None = None,
    scopes: Sequence[str] = (ALL_SCOPES,),
    created_by: str | None = None,
) -> str:
    """Store a key and return its id. `created_by`: the id of the user who makes it; None: a command."""
    key_id = new_id("key")
    transaction.execute(
        insert(api_keys).values(
            id=key_id,
            workspace_id=workspace_id,
            name=name,
            prefix=key.prefix,
            hash=key.hash,
            scopes=list(scopes),
            created_by=created_by,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return key_id


def find_key(transaction: Transaction, key_hash: str, now: datetime) -> FoundKey | None:
    """Return the key with its caller; None for an unknown, revoked or expired key."""
    own = (_k.id.label("key_id"), _k.name.label("key_name"), _k.last_used_at, _k.scopes)
    rows = transaction.execute(
        select(*own, _k.usage_window, _k.requests_reserved, workspaces)
        .join(workspaces, _k.workspace_id == _w.id)
        .where(_k.hash == key_hash, *_is_valid(now))
    )
    row = rows.one_or_none()
    if row is None:
        return None
    workspace = _workspace(row)
    caller = Caller(workspace, row.key_id, permissions_of(row.scopes), key_id=row.key_id)
    return FoundKey(caller, row.key_name, row.last_used_at, KeyUsage(row.usage_window, row.requests_reserved))


def reserve_requests(transaction: Transaction, key_id: str, limit: int) -> tuple[KeyUsage, int]:
    """Reserve the next slice of the key's requests; return the usage with it, and its size: 0 at the limit."""
    wanted = select(_k.usage_window, _k.requests_reserved).where(_k.id == key_id)
    row = transaction.execute(wanted.with_for_update(key_share=True)).one()
    usage, size = reserve_slice(KeyUsage(row.usage_window, row.requests_reserved), transaction.now, limit)
    values = {"usage_window": usage.window, "requests_reserved": usage.reserved}
    transaction.execute(update(api_keys).where(_k.id == key_id).values(**values))
    return usage, size


def select_valid_keys(transaction: Transaction, key_ids: Collection[str], now: datetime) -> set[str]:
    """Return those of `key_ids` that are neither revoked nor expired."""
    if not key_ids:
        return set()
    return set(transaction.execute(select(_k.id).where(_k.id.in_(key_ids), *_is_valid(now))).scalars())


def record_key_use(transaction: Transaction, key_id: str, now: datetime) -> None:
    transaction.execute(update(api_keys).where(_k.id == key_id).values(last_used_at=now))


def list_keys(transaction: Transaction, workspace_id: str) -> list[ApiKey]:
    """Return the workspace's keys, newest first: expired ones too, revoked ones not."""
    rows = transaction.execute(
        select(api_keys, users.c.name.label("maker"))
        .outerjoin(users, users.c.id == _k.created_by)
        .where(_k.workspace_id == workspace_id, _k.revoked_at.is_(None))
        .order_by(_k.created_at.desc(), _k.id.desc())
    )
    return [
        ApiKey(
            row.id, row.name, row.prefix, row.created_at, row.last_used_at, row.expires_at, list(row.scopes), row.maker
        )
        for row in rows
    ]


def revoke_key(transaction: Transaction, workspace_id: str, key_id: str, now: datetime) -> str | None:
    """Revoke a key of this workspace and return its name; None when there is none to revoke."""
    valid = (_k.id == key_id, _k.workspace_id == workspace_id, _k.revoked_at.is_(None))
    revoked = transaction.execute(update(api_keys).where(*valid).values(revoked_at=now).returning(_k.name))
    row = revoked.one_or_none()
    return None if row is None else str(row.name)


def revoke_keys_made_by(
    transaction: Transaction, workspace_id: str, user_id: str, now: datetime
) -> list[tuple[str, str]]:
    """Revoke the workspace's keys that the user has made and return (id, name) of each."""
    revoked = transaction.execute(
        update(api_keys)
        .where(_k.workspace_id == workspace_id, _k.created_by == user_id, _k.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(_k.id, _k.name)
    )
    return [(row.id, row.name) for row in revoked]


def count_keys_by_maker(transaction: Transaction, workspace_id: str, now: datetime) -> dict[str, int]:
    """Return how many valid keys of the workspace each user has made, by user id."""
    rows = transaction.execute(
        select(_k.created_by, func.count().label("made"))
        .where(_k.workspace_id == workspace_id, _k.created_by.is_not(None), *_is_valid(now))
        .group_by(_k.created_by)
    )
    return {row.created_by: row.made for row in rows}


def find_keys(transaction: Transaction, wanted: str, workspace_id: str | None) -> list[tuple[str, str]]:
    """Return (key id, workspace id) of the keys with this id or prefix, in one workspace or all; at most two."""
    query = select(_k.id, _k.workspace_id).where(or_(_k.id == wanted, _k.prefix == wanted), _k.revoked_at.is_(None))
    if workspace_id is not None:
        query = query.where(_k.workspace_id == workspace_id)
    return [(row.id, row.workspace_id) for row in transaction.execute(query.limit(2))]


def count_keys(transaction: Transaction) -> int:
    return len(list(transaction.execute(select(_k.id).where(_k.revoked_at.is_(None)))))


def _workspace(row: Row[Any]) -> Workspace:
    return Workspace(row.id, row.name, row.language, row.zone, row.approval_required)


def _is_valid(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return _k.revoked_at.is_(None), or_(_k.expires_at.is_(None), _k.expires_at > now)

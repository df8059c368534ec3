"""The audit log in the database: appended to in the action's transaction, read newest first, pruned by age."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, Row, bindparam, case, delete, func, insert, literal, or_, select, true

from araldo.storage import paging
from araldo.storage.audit_tables import audit_log
from araldo.storage.database import Transaction, new_id
from araldo.storage.prebuilt import RenderedChange
from araldo.workspaces.audit import Actor, ActorKind, AuditAction, AuditRecord, current_actor

_a = audit_log.c
_NAME_MAX, _ADDRESS_MAX = 200, 64
_INSERT = insert(audit_log)
_LAST_REQUEST = (
    select(_a.actor_kind, _a.actor_id, _a.actor_name, _a.address)
    .where(
        _a.target == bindparam("target"),
        # Not compared as a plain column: for the order, SQLite would walk all entries of the workspace by its index.
        func.coalesce(_a.workspace_id, "") == bindparam("workspace_id"),
        _a.action == AuditAction.PUBLISH_REQUESTED.value,
    )
    .order_by(_a.created_at.desc(), _a.id.desc())
    .limit(1)
    .subquery()
)


def _insert_published() -> Insert:
    """Build the entry of a publication in one statement: its actor is the last requester's, else the given one."""
    given = {column.name: bindparam(column.name, type_=column.type) for column in _a}
    nobody = _LAST_REQUEST.c.actor_kind.is_(None)
    actor = {column.name: case((nobody, given[column.name]), else_=column) for column in _LAST_REQUEST.c}
    once = select(literal(1)).subquery()
    row = select(*(given | actor).values()).select_from(once.outerjoin(_LAST_REQUEST, true()))
    return insert(audit_log).from_select(list(given), row)


_INSERT_PUBLISHED = RenderedChange(_insert_published())


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """`actor`: a key's or user's id or name. None matches everything."""

    workspace_id: str | None = None
    actions: Collection[AuditAction] = ()
    actor: str | None = None
    target: str | None = None
    since: datetime | None = None


def record(
    transaction: Transaction,
    action: AuditAction,
    *,
    workspace_id: str | None,
    at: datetime,
    target: str | None = None,
    target_name: str | None = None,
    actor: Actor | None = None,
) -> None:
    """Append an entry, by the current actor unless `actor` is set. Call it in the action's own transaction."""
    who = actor or current_actor.get()
    transaction.execute(_INSERT, _values(action, who, workspace_id, at, target, target_name))


def record_published(transaction: Transaction, *, workspace_id: str, post_id: str, platform: str, at: datetime) -> None:
    """Append that a delivery was published; by whoever last requested it for the post, else by the current actor."""
    entry = _values(AuditAction.PUBLISHED, current_actor.get(), workspace_id, at, post_id, platform)
    transaction.change(_INSERT_PUBLISHED, entry)


def _values(
    action: AuditAction,
    who: Actor,
    workspace_id: str | None,
    at: datetime,
    target: str | None,
    target_name: str | None,
) -> dict[str, Any]:
    return {
        "id": new_id("aud"),
        "created_at": at,
        "workspace_id": workspace_id,
        "action": action.value,
        "actor_kind": who.kind.value,
        "actor_id": who.id,
        "actor_name": _truncate(who.name, _NAME_MAX),
        "address": _truncate(who.address, _ADDRESS_MAX),
        "target": target,
        "target_name": _truncate(target_name, _NAME_MAX),
    }


def list_entries(
    transaction: Transaction, wanted: AuditFilter, *, limit: int, cursor: str | None = None
) -> tuple[list[AuditRecord], str | None]:
    """Return the entries, newest first, and the cursor of the next ones. Raises PostInvalid for a malformed cursor."""
    conditions = [_a.workspace_id == wanted.workspace_id] if wanted.workspace_id is not None else []
    if wanted.actions:
        conditions.append(_a.action.in_([action.value for action in wanted.actions]))
    if wanted.actor is not None:
        conditions.append(or_(_a.actor_id == wanted.actor, _a.actor_name == wanted.actor))
    if wanted.target is not None:
        conditions.append(_a.target == wanted.target)
    if wanted.since is not None:
        conditions.append(_a.created_at >= wanted.since)
    query = paging.newest_first(select(audit_log).where(*conditions), audit_log, limit=limit, cursor=cursor)
    shown, following = paging.split(transaction.execute(query).all(), limit)
    return [_entry(row) for row in shown], following


def prune(transaction: Transaction, before: datetime, limit: int) -> int:
    """Delete at most `limit` entries from before `before` and return how many."""
    old = select(_a.id).where(_a.created_at < before).order_by(_a.created_at, _a.id).limit(limit)
    return transaction.execute(delete(audit_log).where(_a.id.in_(old))).rowcount


def _entry(row: Row[Any]) -> AuditRecord:
    return AuditRecord(
        row.id, row.created_at, row.workspace_id, AuditAction(row.action), _actor(row), row.target, row.target_name
    )


def _actor(row: Row[*tuple[Any, ...]]) -> Actor:
    return Actor(ActorKind(row.actor_kind), row.actor_id, row.actor_name, row.address)


def _truncate(text: str | None, most: int) -> str | None:
    return None if text is None else text[:most]

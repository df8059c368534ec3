"""The audit log in the database: appended to in the action's transaction, read newest first, pruned by age."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, or_, select

from araldo.storage import paging
from araldo.storage.audit_tables import audit_log
from araldo.storage.database import Transaction, new_id
from araldo.workspaces.audit import Actor, ActorKind, AuditAction, AuditRecord, current_actor

_a = audit_log.c
_NAME_MAX, _ADDRESS_MAX = 200, 64
_INSERT = insert(audit_log)
_LAST_REQUEST = (
    select(_a.actor_kind, _a.actor_id, _a.actor_name, _a.address)
    .where(
        _a.target == bindparam("b_post_id"),
        _a.workspace_id == bindparam("b_workspace_id"),
        _a.action == AuditAction.PUBLISH_REQUESTED.value,
    )
    .order_by(_a.created_at.desc(), _a.id.desc())
    .limit(1)
)


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
    entry = {
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
    transaction.execute(_INSERT, entry)


def record_published(transaction: Transaction, *, workspace_id: str, post_id: str, platform: str, at: datetime) -> None:
    """Append that a delivery was published; the actor is whoever last requested it for the post."""
    row = transaction.execute(_LAST_REQUEST, {"b_post_id": post_id, "b_workspace_id": workspace_id}).one_or_none()
    record(
        transaction,
        AuditAction.PUBLISHED,
        workspace_id=workspace_id,
        at=at,
        target=post_id,
        target_name=platform,
        actor=None if row is None else _actor(row),
    )


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

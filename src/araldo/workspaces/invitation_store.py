"""Invitations in the database: found by the hash of their token, and deleted when they are used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select

from araldo.storage.database import Transaction, new_id
from araldo.storage.schema import workspaces
from araldo.storage.user_tables import invitations, users
from araldo.workspaces.roles import Role
from araldo.workspaces.users import INVITATION_LIFETIME, User

_i = invitations.c


@dataclass(frozen=True, slots=True)
class Invitation:
    """`note`: for whom it is. `created_by`: the name of the owner who made it."""

    id: str
    workspace_id: str
    workspace_name: str
    role: Role
    note: str
    created_by: str
    created_at: datetime
    expires_at: datetime


def add(
    transaction: Transaction, workspace_id: str, role: Role, note: str, token_hash: str, by: User, now: datetime
) -> Invitation:
    """Store an invitation, and delete expired ones."""
    transaction.execute(delete(invitations).where(_i.expires_at <= now))
    values = {"id": new_id("inv"), "workspace_id": workspace_id, "role": role, "note": note, "created_by": by.id}
    times = {"created_at": now, "expires_at": now + INVITATION_LIFETIME}
    transaction.execute(insert(invitations).values(**values, **times, hash=token_hash))
    return _invitation(transaction.execute(_select(now).where(_i.id == values["id"])).one())


def list_pending(transaction: Transaction, workspace_id: str, now: datetime) -> list[Invitation]:
    """Return the workspace's invitations that can still be used, newest first."""
    rows = transaction.execute(
        _select(now).where(_i.workspace_id == workspace_id).order_by(_i.created_at.desc(), _i.id.desc())
    )
    return [_invitation(row) for row in rows]


def find(transaction: Transaction, token_hash: str, now: datetime) -> Invitation | None:
    """Return the invitation; None when it is unknown, used, withdrawn or expired."""
    row = transaction.execute(_select(now).where(_i.hash == token_hash)).one_or_none()
    return None if row is None else _invitation(row)


def delete_one(transaction: Transaction, workspace_id: str, invitation_id: str) -> bool:
    """Delete an invitation; False when it is gone: of two who use it at once, one does."""
    mine = (_i.id == invitation_id, _i.workspace_id == workspace_id)
    return bool(transaction.execute(delete(invitations).where(*mine)).rowcount)


def get_pending(transaction: Transaction, workspace_id: str, invitation_id: str, now: datetime) -> Invitation | None:
    found = _select(now).where(_i.id == invitation_id, _i.workspace_id == workspace_id)
    row = transaction.execute(found).one_or_none()
    return None if row is None else _invitation(row)


def delete_made_by(transaction: Transaction, workspace_id: str, user_id: str) -> None:
    """Delete the invitations that an owner has made, who must not come back by one."""
    transaction.execute(delete(invitations).where(_i.workspace_id == workspace_id, _i.created_by == user_id))


def _select(now: datetime) -> Select[Any]:
    return (
        select(invitations, workspaces.c.name.label("workspace_name"), users.c.name.label("made_by"))
        .join(workspaces, workspaces.c.id == _i.workspace_id)
        .join(users, users.c.id == _i.created_by)
        .where(_i.expires_at > now)
    )


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(
        row.id,
        row.workspace_id,
        row.workspace_name,
        Role(row.role),
        row.note,
        row.made_by,
        row.created_at,
        row.expires_at,
    )

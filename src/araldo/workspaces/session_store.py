"""Sessions in the database, found by the hash of their token and extended with each use."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select, update

from araldo.storage.database import Transaction, new_id
from araldo.storage.schema import workspaces
from araldo.storage.user_tables import members, sessions, users
from araldo.workspaces.models import Workspace
from araldo.workspaces.roles import Role
from araldo.workspaces.users import (
    AGENT_MAX,
    SESSION_IDLE_LIFETIME,
    SESSION_MAX_LIFETIME,
    Session,
    User,
    chosen_language,
)

_s = sessions.c


def prune_expired(transaction: Transaction, now: datetime, limit: int) -> int:
    """Delete at most `limit` sessions that have expired; return how many."""
    expired = select(_s.id).where(_s.expires_at <= now).limit(limit)
    return transaction.execute(delete(sessions).where(_s.id.in_(expired))).rowcount


def add(
    transaction: Transaction,
    token_hash: str,
    user_id: str,
    workspace_id: str,
    user_agent: str,
    now: datetime,
    *,
    max_lifetime: timedelta = SESSION_MAX_LIFETIME,
) -> None:
    """Add a session and delete expired ones. `max_lifetime`: its longest lifetime, however much it is used."""
    transaction.execute(delete(sessions).where(_s.expires_at <= now))
    transaction.execute(
        insert(sessions).values(
            id=new_id("ses"),
            hash=token_hash,
            user_id=user_id,
            workspace_id=workspace_id,
            user_agent=user_agent[:AGENT_MAX],
            created_at=now,
            last_used_at=now,
            expires_at=now + min(SESSION_IDLE_LIFETIME, max_lifetime),
        )
    )


def find_by_token(transaction: Transaction, token_hash: str, now: datetime) -> Session | None:
    """Return the session; None when it is unknown, ended or expired, or its user has left the workspace."""
    row = transaction.execute(_select_sessions(now).where(_s.hash == token_hash)).one_or_none()
    return None if row is None else _session(row)


def list_for_user(transaction: Transaction, user_id: str, now: datetime) -> list[Session]:
    """Return the user's sessions, the most recently used first."""
    rows = transaction.execute(
        _select_sessions(now).where(_s.user_id == user_id).order_by(_s.last_used_at.desc(), _s.id.desc())
    )
    return [_session(row) for row in rows]


def select_valid_sessions(
    transaction: Transaction, session_ids: Collection[str], now: datetime
) -> set[tuple[str, str]]:
    """Return (session id, workspace id) of the valid ones among `session_ids`, for each workspace of their users."""
    if not session_ids:
        return set()
    found = (
        select(_s.id, members.c.workspace_id)
        .join(members, members.c.user_id == _s.user_id)
        .where(_s.id.in_(session_ids), _s.expires_at > now)
    )
    return {(row.id, row.workspace_id) for row in transaction.execute(found)}


def extend(transaction: Transaction, session: Session, now: datetime, *, max_lifetime: timedelta) -> None:
    """Record a use and extend the session, up to `max_lifetime` after its creation. An ended session stays ended."""
    expires_at = min(now + SESSION_IDLE_LIFETIME, session.created_at + max_lifetime)
    good = (_s.id == session.id, _s.expires_at > now)
    transaction.execute(update(sessions).where(*good).values(last_used_at=now, expires_at=expires_at))


def set_workspace(transaction: Transaction, session_id: str, workspace_id: str) -> None:
    transaction.execute(update(sessions).where(_s.id == session_id).values(workspace_id=workspace_id))


def end(transaction: Transaction, user_id: str, session_id: str) -> bool:
    """Delete the user's session and return whether there was one."""
    done = transaction.execute(delete(sessions).where(_s.id == session_id, _s.user_id == user_id))
    return bool(done.rowcount)


def end_by_token(transaction: Transaction, token_hash: str) -> None:
    transaction.execute(delete(sessions).where(_s.hash == token_hash))


def end_all(transaction: Transaction, user_id: str, *, but: str | None = None) -> None:
    which = [_s.user_id == user_id] if but is None else [_s.user_id == user_id, _s.id != but]
    transaction.execute(delete(sessions).where(*which))


def _select_sessions(now: datetime) -> Select[Any]:
    return (
        select(
            sessions,
            users.c.name.label("user_name"),
            users.c.language.label("user_language"),
            users.c.email,
            users.c.password_hash.is_not(None).label("has_password"),
            members.c.id.label("member_id"),
            members.c.role,
            workspaces.c.name.label("workspace_name"),
            workspaces.c.language.label("workspace_language"),
            workspaces.c.zone,
            workspaces.c.approval_required,
        )
        .join(users, users.c.id == _s.user_id)
        .join(workspaces, workspaces.c.id == _s.workspace_id)
        .join(members, (members.c.user_id == _s.user_id) & (members.c.workspace_id == _s.workspace_id))
        .where(_s.expires_at > now)
    )


def _session(row: Row[Any]) -> Session:
    return Session(
        id=row.id,
        user=User(row.user_id, row.user_name, chosen_language(row.user_language), bool(row.has_password), row.email),
        workspace=Workspace(
            row.workspace_id, row.workspace_name, row.workspace_language, row.zone, row.approval_required
        ),
        member_id=row.member_id,
        role=Role(row.role),
        user_agent=row.user_agent,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
    )

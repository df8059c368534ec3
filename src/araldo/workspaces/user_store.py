"""Users, their memberships of workspaces, and one-time sign-in links in the database."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from araldo.errors import Conflict, NotFound
from araldo.messages import Language, Message
from araldo.storage.database import Transaction, new_id
from araldo.storage.schema import workspaces
from araldo.storage.user_tables import members, sessions, sign_in_links, users
from araldo.workspaces import store as workspace_store
from araldo.workspaces.roles import Role
from araldo.workspaces.users import LINK_LIFETIME, User, chosen_language, clean_name, fold_name, make_link_token

FIRST_NAME = "owner"
_NAME_MAX = 100
_u, _m, _l = users.c, members.c, sign_in_links.c


def get_or_create_first(transaction: Transaction, now: datetime) -> User:
    """Return the oldest user; when there is none, create `owner` as a member of every workspace."""
    first = _find_first(transaction)
    if first is None:
        # Another process may create it concurrently; its user is the first one then.
        with suppress(Conflict, IntegrityError), transaction.savepoint():
            _create_first(transaction, now)
        first = _find_first(transaction)
    assert first is not None
    return first


def _find_first(transaction: Transaction) -> User | None:
    row = transaction.execute(select(users).order_by(_u.created_at, _u.id).limit(1)).one_or_none()
    return None if row is None else as_user(row)


def _create_first(transaction: Transaction, now: datetime) -> None:
    workspace_store.get_or_create_first(transaction, now)
    made = create(transaction, FIRST_NAME, None, now)
    for workspace in workspace_store.list_all(transaction):
        add_member(transaction, made.id, workspace.id, now, role=Role.OWNER)


def can_anyone_sign_in(transaction: Transaction, now: datetime) -> bool:
    """Return whether any user has a valid session or a password. Links do not count: a command creates them."""
    for found in (
        select(sessions.c.id).where(sessions.c.expires_at > now),
        select(_u.id).where(_u.password_hash.is_not(None)),
    ):
        if transaction.execute(found.limit(1)).first() is not None:
            return True
    return False


def create(
    transaction: Transaction, name: str, language: Language | None, now: datetime, *, email: str | None = None
) -> User:
    """Create a user under a name that is free, compared without case. Raises Conflict."""
    wanted = clean_name(name)
    if not wanted or len(wanted) > _NAME_MAX or not wanted.isprintable():
        raise Conflict(Message("users.name_length"))
    if transaction.execute(select(_u.id).where(_u.folded_name == fold_name(wanted))).first() is not None:
        raise Conflict(Message("users.name_taken"), code="name_taken")
    made = User(new_id("usr"), wanted, language, has_password=False, email=email)
    values = {
        "id": made.id,
        "name": wanted,
        "folded_name": fold_name(wanted),
        "language": language or "",
        "email": email,
    }
    transaction.execute(insert(users).values(**values, created_at=now))
    return made


def get_by_name(transaction: Transaction, name: str) -> User:
    """Return a user by name, compared without case. Raises NotFound."""
    row = transaction.execute(select(users).where(_u.folded_name == fold_name(name))).one_or_none()
    if row is None:
        raise NotFound(Message("users.not_found"))
    return as_user(row)


def get(transaction: Transaction, user_id: str) -> User:
    """Return a user that is known to exist."""
    return as_user(transaction.execute(select(users).where(_u.id == user_id)).one())


def get_member(transaction: Transaction, user_id: str, workspace_id: str) -> User:
    """Return a member of the workspace. Raises NotFound for anybody else."""
    found = select(users).join(members, _m.user_id == _u.id).where(_u.id == user_id, _m.workspace_id == workspace_id)
    row = transaction.execute(found).one_or_none()
    if row is None:
        raise NotFound(Message("users.not_a_member"))
    return as_user(row)


def find_credentials(transaction: Transaction, name: str) -> tuple[User, str | None] | None:
    """Return the user and the hash of their password; None when nobody has this name."""
    row = transaction.execute(select(users).where(_u.folded_name == fold_name(name))).one_or_none()
    return None if row is None else (as_user(row), row.password_hash)


def get_password_hash(transaction: Transaction, user_id: str) -> str | None:
    return transaction.execute(select(_u.password_hash).where(_u.id == user_id)).scalar_one_or_none()


def set_password(
    transaction: Transaction, user_id: str, password_hash: str | None, *, expected_hash: str | None
) -> bool:
    """Set the hash by compare-and-set on `expected_hash`; return False when another change came first."""
    done = transaction.execute(
        update(users)
        .where(_u.id == user_id, _u.password_hash.is_not_distinct_from(expected_hash))
        .values(password_hash=password_hash)
    )
    return bool(done.rowcount)


def clear_password(transaction: Transaction, user_id: str) -> None:
    transaction.execute(update(users).where(_u.id == user_id).values(password_hash=None))


def set_language(transaction: Transaction, user_id: str, language: Language) -> None:
    transaction.execute(update(users).where(_u.id == user_id).values(language=language))


def add_member(transaction: Transaction, user_id: str, workspace_id: str, now: datetime, *, role: Role) -> None:
    values = {"id": new_id("mem"), "user_id": user_id, "workspace_id": workspace_id, "created_at": now, "role": role}
    transaction.execute(insert(members).values(**values))


def find_role(transaction: Transaction, user_id: str, workspace_id: str) -> Role | None:
    """Return the user's role in the workspace; None for somebody who is not a member."""
    found = select(_m.role).where(_m.user_id == user_id, _m.workspace_id == workspace_id)
    role = transaction.execute(found).scalar_one_or_none()
    return None if role is None else Role(role)


@dataclass(frozen=True, slots=True)
class Member:
    user: User
    role: Role
    joined_at: datetime


def list_members(transaction: Transaction, workspace_id: str) -> list[Member]:
    """Return the members of the workspace in the order of joining."""
    rows = transaction.execute(
        select(users, _m.role, _m.created_at.label("joined_at"))
        .join(members, _m.user_id == _u.id)
        .where(_m.workspace_id == workspace_id)
        .order_by(_m.created_at, _m.id)
    )
    return [Member(as_user(row), Role(row.role), row.joined_at) for row in rows]


def list_with_workspaces(transaction: Transaction) -> list[tuple[User, list[str]]]:
    """Return every user with the names of their workspaces; for operators' commands only."""
    rows = transaction.execute(
        select(users, workspaces.c.name.label("workspace_name"))
        .outerjoin(members, _m.user_id == _u.id)
        .outerjoin(workspaces, workspaces.c.id == _m.workspace_id)
        .order_by(_u.created_at, _u.id, _m.created_at)
    )
    found: dict[str, tuple[User, list[str]]] = {}
    for row in rows:
        _, names = found.setdefault(row.id, (as_user(row), []))
        if row.workspace_name is not None:
            names.append(row.workspace_name)
    return list(found.values())


def list_owned_workspaces(transaction: Transaction, user_id: str) -> list[str]:
    """Return the ids of the workspaces of which the user is an owner."""
    found = select(_m.workspace_id).where(_m.user_id == user_id, _m.role == Role.OWNER)
    return list(transaction.execute(found).scalars())


def remove_member(transaction: Transaction, user_id: str, workspace_id: str) -> None:
    """End a membership and the user's sessions there. Raises NotFound, and Conflict for the last owner."""
    lock_members(transaction, [workspace_id])
    if find_role(transaction, user_id, workspace_id) is None:
        raise NotFound(Message("users.not_a_member"))
    _require_other_owners(transaction, user_id, [workspace_id])
    transaction.execute(delete(members).where(_m.user_id == user_id, _m.workspace_id == workspace_id))
    here = (sessions.c.user_id == user_id, sessions.c.workspace_id == workspace_id)
    transaction.execute(delete(sessions).where(*here))


def set_role(transaction: Transaction, user_id: str, workspace_id: str, role: Role) -> Role:
    """Set a member's role and return the one before. Raises NotFound, and Conflict for the last owner."""
    lock_members(transaction, [workspace_id])
    before = find_role(transaction, user_id, workspace_id)
    if before is None:
        raise NotFound(Message("users.not_a_member"))
    if role is not Role.OWNER:
        _require_other_owners(transaction, user_id, [workspace_id])
    mine = (_m.user_id == user_id, _m.workspace_id == workspace_id)
    transaction.execute(update(members).where(*mine).values(role=role))
    return before


def delete_user(transaction: Transaction, user_id: str) -> list[str]:
    """Delete a user with memberships, sessions and links; return the ids of their workspaces.

    Raises Conflict for the last owner of a workspace and for the last user.
    """
    where = select(_m.workspace_id).where(_m.user_id == user_id).order_by(_m.workspace_id)
    workspace_ids = list(transaction.execute(where).scalars())
    lock_members(transaction, workspace_ids)
    _require_other_owners(transaction, user_id, workspace_ids)
    if transaction.execute(select(_u.id).where(_u.id != user_id).limit(1)).first() is None:
        raise Conflict(Message("users.last_user"), code="last_user")
    # Sessions, links, memberships and the second factor are deleted by their foreign keys.
    transaction.execute(delete(users).where(_u.id == user_id))
    return workspace_ids


def lock_members(transaction: Transaction, workspace_ids: Sequence[str]) -> None:
    """Serialize changes of these workspaces' members, so that two owners cannot remove each other. For PostgreSQL."""
    transaction.execute(
        select(workspaces.c.id).where(workspaces.c.id.in_(workspace_ids)).order_by(workspaces.c.id).with_for_update()
    )


def _require_other_owners(transaction: Transaction, user_id: str, workspace_ids: Sequence[str]) -> None:
    """Raise Conflict for the first of the workspaces that has no owner but this user."""
    for workspace_id in workspace_ids:
        owners = select(_m.user_id).where(_m.workspace_id == workspace_id, _m.role == Role.OWNER)
        if set(transaction.execute(owners).scalars()) == {user_id}:
            name = workspace_store.get(transaction, workspace_id).name
            raise Conflict(Message("users.last_owner", {"workspace": name}), code="last_owner")


def create_link(transaction: Transaction, user_id: str, now: datetime) -> str:
    """Create a link for one use within 15 minutes and return its token; delete expired links."""
    transaction.execute(delete(sign_in_links).where(_l.expires_at <= now))
    made = make_link_token()
    values = {"id": new_id("lnk"), "hash": made.hash, "user_id": user_id, "created_at": now}
    transaction.execute(insert(sign_in_links).values(**values, expires_at=now + LINK_LIFETIME))
    return made.secret


def find_by_link(transaction: Transaction, token_hash: str, now: datetime) -> User | None:
    """Return the user whom the link signs in; None when it is unknown, expired or used."""
    valid = (_l.hash == token_hash, _l.used_at.is_(None), _l.expires_at > now)
    user_id = transaction.execute(select(_l.user_id).where(*valid)).scalar_one_or_none()
    return None if user_id is None else get(transaction, user_id)


def redeem_link(transaction: Transaction, token_hash: str, now: datetime) -> str | None:
    """Mark the link as used and return its user's id; None when it is unknown, expired or used."""
    used = transaction.execute(
        update(sign_in_links)
        .where(_l.hash == token_hash, _l.used_at.is_(None), _l.expires_at > now)
        .values(used_at=now)
        .returning(_l.user_id)
    )
    row = used.one_or_none()
    return None if row is None else str(row.user_id)


def as_user(row: Row[tuple[object, ...]]) -> User:
    return User(row.id, row.name, chosen_language(row.language), row.password_hash is not None, row.email)

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
from araldo.workspaces.users import LINK_LIFETIME, User, chosen_language, clean_name, fold_name, make_link_token

FIRST_NAME = "owner"
_NAME_MAX = 100
_u, _m, _l = users.c, members.c, sign_in_links.c


async def get_or_create_first(transaction: Transaction, now: datetime) -> User:
    """Return the oldest user; when there is none, create `owner` as a member of every workspace."""
    first = await _find_first(transaction)
    if first is None:
        # Another process may create it concurrently; its user is the first one then.
        with suppress(Conflict, IntegrityError):
            async with transaction.begin_nested():
                await _create_first(transaction, now)
        first = await _find_first(transaction)
    assert first is not None
    return first


async def _find_first(transaction: Transaction) -> User | None:
    row = (await transaction.execute(select(users).order_by(_u.created_at, _u.id).limit(1))).one_or_none()
    return None if row is None else as_user(row)


async def _create_first(transaction: Transaction, now: datetime) -> None:
    await workspace_store.get_or_create_first(transaction, now)
    made = await create(transaction, FIRST_NAME, None, now)
    for workspace in await workspace_store.list_all(transaction):
        await add_member(transaction, made.id, workspace.id, now)


async def can_anyone_sign_in(transaction: Transaction, now: datetime) -> bool:
    """Return whether any user has a valid session or a password. Links do not count: a command creates them."""
    for found in (
        select(sessions.c.id).where(sessions.c.expires_at > now),
        select(_u.id).where(_u.password_hash.is_not(None)),
    ):
        if (await transaction.execute(found.limit(1))).first() is not None:
            return True
    return False


async def create(transaction: Transaction, name: str, language: Language | None, now: datetime) -> User:
    """Create a user under a name that is free, compared without case. Raises Conflict."""
    wanted = clean_name(name)
    if not wanted or len(wanted) > _NAME_MAX or not wanted.isprintable():
        raise Conflict(Message("users.name_length"))
    if (await transaction.execute(select(_u.id).where(_u.folded_name == fold_name(wanted)))).first() is not None:
        raise Conflict(Message("users.name_taken"), code="name_taken")
    made = User(new_id("usr"), wanted, language, has_password=False)
    values = {"id": made.id, "name": wanted, "folded_name": fold_name(wanted), "language": language or ""}
    await transaction.execute(insert(users).values(**values, created_at=now))
    return made


async def get_by_name(transaction: Transaction, name: str) -> User:
    """Return a user by name, compared without case. Raises NotFound."""
    row = (await transaction.execute(select(users).where(_u.folded_name == fold_name(name)))).one_or_none()
    if row is None:
        raise NotFound(Message("users.not_found"))
    return as_user(row)


async def get(transaction: Transaction, user_id: str) -> User:
    """Return a user that is known to exist."""
    return as_user((await transaction.execute(select(users).where(_u.id == user_id))).one())


async def get_member(transaction: Transaction, user_id: str, workspace_id: str) -> User:
    """Return a member of the workspace. Raises NotFound for anybody else."""
    found = select(users).join(members, _m.user_id == _u.id).where(_u.id == user_id, _m.workspace_id == workspace_id)
    row = (await transaction.execute(found)).one_or_none()
    if row is None:
        raise NotFound(Message("users.not_a_member"))
    return as_user(row)


async def find_credentials(transaction: Transaction, name: str) -> tuple[User, str | None] | None:
    """Return the user and the hash of their password; None when nobody has this name."""
    row = (await transaction.execute(select(users).where(_u.folded_name == fold_name(name)))).one_or_none()
    return None if row is None else (as_user(row), row.password_hash)


async def get_password_hash(transaction: Transaction, user_id: str) -> str | None:
    return (await transaction.execute(select(_u.password_hash).where(_u.id == user_id))).scalar_one_or_none()


async def set_password(
    transaction: Transaction, user_id: str, password_hash: str | None, *, expected_hash: str | None
) -> bool:
    """Set the hash by compare-and-set on `expected_hash`; return False when another change came first."""
    done = await transaction.execute(
        update(users)
        .where(_u.id == user_id, _u.password_hash.is_not_distinct_from(expected_hash))
        .values(password_hash=password_hash)
    )
    return bool(done.rowcount)


async def clear_password(transaction: Transaction, user_id: str) -> None:
    await transaction.execute(update(users).where(_u.id == user_id).values(password_hash=None))


async def set_language(transaction: Transaction, user_id: str, language: Language) -> None:
    await transaction.execute(update(users).where(_u.id == user_id).values(language=language))


async def add_member(transaction: Transaction, user_id: str, workspace_id: str, now: datetime) -> None:
    values = {"id": new_id("mem"), "user_id": user_id, "workspace_id": workspace_id, "created_at": now}
    await transaction.execute(insert(members).values(**values))


async def is_member(transaction: Transaction, user_id: str, workspace_id: str) -> bool:
    found = select(_m.id).where(_m.user_id == user_id, _m.workspace_id == workspace_id)
    return (await transaction.execute(found)).first() is not None


@dataclass(frozen=True, slots=True)
class Member:
    user: User
    joined_at: datetime


async def list_members(transaction: Transaction, workspace_id: str) -> list[Member]:
    """Return the members of the workspace in the order of joining."""
    rows = await transaction.execute(
        select(users, _m.created_at.label("joined_at"))
        .join(members, _m.user_id == _u.id)
        .where(_m.workspace_id == workspace_id)
        .order_by(_m.created_at, _m.id)
    )
    return [Member(as_user(row), row.joined_at) for row in rows]


async def list_with_workspaces(transaction: Transaction) -> list[tuple[User, list[str]]]:
    """Return every user with the names of their workspaces; for operators' commands only."""
    rows = await transaction.execute(
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


async def remove_member(transaction: Transaction, user_id: str, workspace_id: str) -> None:
    """End a membership and the user's sessions there. Raises NotFound, and Conflict for the last member."""
    await _lock_members(transaction, [workspace_id])
    if not await is_member(transaction, user_id, workspace_id):
        raise NotFound(Message("users.not_a_member"))
    await _require_others(transaction, user_id, [workspace_id])
    await transaction.execute(delete(members).where(_m.user_id == user_id, _m.workspace_id == workspace_id))
    here = (sessions.c.user_id == user_id, sessions.c.workspace_id == workspace_id)
    await transaction.execute(delete(sessions).where(*here))


async def delete_user(transaction: Transaction, user_id: str) -> list[str]:
    """Delete a user with memberships, sessions and links; return the ids of their workspaces.

    Raises Conflict for the last member of a workspace and for the last user.
    """
    where = select(_m.workspace_id).where(_m.user_id == user_id).order_by(_m.workspace_id)
    workspace_ids = list((await transaction.execute(where)).scalars())
    await _lock_members(transaction, workspace_ids)
    await _require_others(transaction, user_id, workspace_ids)
    if (await transaction.execute(select(_u.id).where(_u.id != user_id).limit(1))).first() is None:
        raise Conflict(Message("users.last_user"), code="last_user")
    # Sessions, links, memberships and the second factor are deleted by their foreign keys.
    await transaction.execute(delete(users).where(_u.id == user_id))
    return workspace_ids


async def _lock_members(transaction: Transaction, workspace_ids: Sequence[str]) -> None:
    """Serialize removals from these workspaces, so that two members cannot remove each other. For PostgreSQL."""
    await transaction.execute(
        select(workspaces.c.id).where(workspaces.c.id.in_(workspace_ids)).order_by(workspaces.c.id).with_for_update()
    )


async def _require_others(transaction: Transaction, user_id: str, workspace_ids: Sequence[str]) -> None:
    for workspace_id in workspace_ids:
        others = select(_m.id).where(_m.workspace_id == workspace_id, _m.user_id != user_id).limit(1)
        if (await transaction.execute(others)).first() is None:
            name = (await workspace_store.get(transaction, workspace_id)).name
            raise Conflict(Message("users.last_member", {"workspace": name}), code="last_member")


async def create_link(transaction: Transaction, user_id: str, now: datetime) -> str:
    """Create a link for one use within 15 minutes and return its token; delete expired links."""
    await transaction.execute(delete(sign_in_links).where(_l.expires_at <= now))
    made = make_link_token()
    values = {"id": new_id("lnk"), "hash": made.hash, "user_id": user_id, "created_at": now}
    await transaction.execute(insert(sign_in_links).values(**values, expires_at=now + LINK_LIFETIME))
    return made.secret


async def redeem_link(transaction: Transaction, token_hash: str, now: datetime) -> str | None:
    """Mark the link as used and return its user's id; None when it is unknown, expired or used."""
    used = await transaction.execute(
        update(sign_in_links)
        .where(_l.hash == token_hash, _l.used_at.is_(None), _l.expires_at > now)
        .values(used_at=now)
        .returning(_l.user_id)
    )
    row = used.one_or_none()
    return None if row is None else str(row.user_id)


def as_user(row: Row[tuple[object, ...]]) -> User:
    return User(row.id, row.name, chosen_language(row.language), row.password_hash is not None)

"""People, the workspaces they belong to, and the links that sign them in, in the database."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from araldo.errors import Conflict, Language, NotFound, Sentence
from araldo.storage.database import Transaction, new_id
from araldo.storage.schema import workspaces
from araldo.storage.user_tables import members, sessions, sign_in_links, users
from araldo.workspaces import store as workspace_store
from araldo.workspaces.users import LINK_LIVES, User, chosen_language, clean_name, folded, make_link_token

FIRST_NAME = "owner"
_NAME_MAX = 100
_u, _m, _l = users.c, members.c, sign_in_links.c

_NAME_LENGTH = Sentence("A name has 1 to 100 characters.", "Un nome ha da 1 a 100 caratteri.")
_NAME_TAKEN = Sentence("Somebody has this name already.", "Qualcuno ha già questo nome.")
_NO_MEMBER = Sentence("This user is no member of the workspace.", "Questo utente non è membro dello spazio di lavoro.")
_LAST_MEMBER = Sentence(
    "Nobody else is a member of {workspace}: add somebody first, or its posts are nobody's.",
    "Nessun altro è membro di {workspace}: prima aggiungi qualcuno, o i suoi post non sono di nessuno.",
)
_LAST_USER = Sentence(
    "Nobody else could sign in: make another user first.", "Nessun altro potrebbe accedere: prima crea un altro utente."
)
_NO_USER = Sentence("There is no such user.", "Questo utente non esiste.")


async def first_or_new(transaction: Transaction, now: datetime) -> User:
    """The oldest user; made when there is none, as `owner` of every workspace that there is."""
    first = await _first(transaction)
    if first is None:
        # Another process may be making it at this very moment: then that one is the first.
        with suppress(Conflict, IntegrityError):
            async with transaction.begin_nested():
                await _make_first(transaction, now)
        first = await _first(transaction)
    assert first is not None
    return first


async def _first(transaction: Transaction) -> User | None:
    row = (await transaction.execute(select(users).order_by(_u.created_at, _u.id).limit(1))).one_or_none()
    return None if row is None else as_user(row)


async def _make_first(transaction: Transaction, now: datetime) -> None:
    await workspace_store.first_or_new(transaction, now)
    made = await create(transaction, FIRST_NAME, None, now)
    for workspace in await workspace_store.all_of_them(transaction):
        await join(transaction, made.id, workspace.id, now)


async def somebody_has_a_way_in(transaction: Transaction, now: datetime) -> bool:
    """A session that lives, or a password; links are made by who asks for one."""
    for found in (
        select(sessions.c.id).where(sessions.c.expires_at > now),
        select(_u.id).where(_u.password_hash.is_not(None)),
    ):
        if (await transaction.execute(found.limit(1))).first() is not None:
            return True
    return False


async def create(transaction: Transaction, name: str, language: Language | None, now: datetime) -> User:
    """By a name that nobody has, whatever its capitals. Raises Conflict."""
    wanted = clean_name(name)
    if not wanted or len(wanted) > _NAME_MAX or not wanted.isprintable():
        raise Conflict(_NAME_LENGTH)
    if (await transaction.execute(select(_u.id).where(_u.folded_name == folded(wanted)))).first() is not None:
        raise Conflict(_NAME_TAKEN, code="name_taken")
    made = User(new_id("usr"), wanted, language, has_password=False)
    values = {"id": made.id, "name": wanted, "folded_name": folded(wanted), "language": language or ""}
    await transaction.execute(insert(users).values(**values, created_at=now))
    return made


async def named(transaction: Transaction, name: str) -> User:
    """By name, whatever its capitals. Raises NotFound."""
    row = (await transaction.execute(select(users).where(_u.folded_name == folded(name)))).one_or_none()
    if row is None:
        raise NotFound(_NO_USER)
    return as_user(row)


async def get(transaction: Transaction, user_id: str) -> User:
    """One that is there."""
    return as_user((await transaction.execute(select(users).where(_u.id == user_id))).one())


async def member(transaction: Transaction, user_id: str, workspace_id: str) -> User:
    """Raises NotFound for who does not belong to the workspace."""
    found = select(users).join(members, _m.user_id == _u.id).where(_u.id == user_id, _m.workspace_id == workspace_id)
    row = (await transaction.execute(found)).one_or_none()
    if row is None:
        raise NotFound(_NO_MEMBER)
    return as_user(row)


async def credentials(transaction: Transaction, name: str) -> tuple[User, str | None] | None:
    """The person and the password's hash; None when nobody has this name."""
    row = (await transaction.execute(select(users).where(_u.folded_name == folded(name)))).one_or_none()
    return None if row is None else (as_user(row), row.password_hash)


async def password_hash_of(transaction: Transaction, user_id: str) -> str | None:
    return (await transaction.execute(select(_u.password_hash).where(_u.id == user_id))).scalar_one_or_none()


async def set_password(
    transaction: Transaction, user_id: str, password_hash: str | None, *, instead: str | None
) -> bool:
    """By compare-and-set on the hash that was looked at: of two that change it, one does."""
    done = await transaction.execute(
        update(users)
        .where(_u.id == user_id, _u.password_hash.is_not_distinct_from(instead))
        .values(password_hash=password_hash)
    )
    return bool(done.rowcount)


async def forget_password(transaction: Transaction, user_id: str) -> None:
    await transaction.execute(update(users).where(_u.id == user_id).values(password_hash=None))


async def set_language(transaction: Transaction, user_id: str, language: Language) -> None:
    await transaction.execute(update(users).where(_u.id == user_id).values(language=language))


async def join(transaction: Transaction, user_id: str, workspace_id: str, now: datetime) -> None:
    values = {"id": new_id("mem"), "user_id": user_id, "workspace_id": workspace_id, "created_at": now}
    await transaction.execute(insert(members).values(**values))


async def is_member(transaction: Transaction, user_id: str, workspace_id: str) -> bool:
    found = select(_m.id).where(_m.user_id == user_id, _m.workspace_id == workspace_id)
    return (await transaction.execute(found)).first() is not None


@dataclass(frozen=True, slots=True)
class Member:
    user: User
    joined_at: datetime


async def members_of(transaction: Transaction, workspace_id: str) -> list[Member]:
    """In the order of joining."""
    rows = await transaction.execute(
        select(users, _m.created_at.label("joined_at"))
        .join(members, _m.user_id == _u.id)
        .where(_m.workspace_id == workspace_id)
        .order_by(_m.created_at, _m.id)
    )
    return [Member(as_user(row), row.joined_at) for row in rows]


async def everybody(transaction: Transaction) -> list[tuple[User, list[str]]]:
    """Every user with the names of their workspaces, for who operates the installation."""
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


async def leave(transaction: Transaction, user_id: str, workspace_id: str) -> None:
    """End a membership and the person's sessions there. Raises NotFound, and Conflict for the last member."""
    await _lock_members(transaction, [workspace_id])
    if not await is_member(transaction, user_id, workspace_id):
        raise NotFound(_NO_MEMBER)
    await _require_others(transaction, user_id, [workspace_id])
    await transaction.execute(delete(members).where(_m.user_id == user_id, _m.workspace_id == workspace_id))
    here = (sessions.c.user_id == user_id, sessions.c.workspace_id == workspace_id)
    await transaction.execute(delete(sessions).where(*here))


async def remove(transaction: Transaction, user_id: str) -> list[str]:
    """Delete a user with memberships, sessions and links; answers the ids of the workspaces that they were in.

    Raises Conflict where they are the last member of a workspace, or the last user.
    """
    where = select(_m.workspace_id).where(_m.user_id == user_id).order_by(_m.workspace_id)
    workspace_ids = list((await transaction.execute(where)).scalars())
    await _lock_members(transaction, workspace_ids)
    await _require_others(transaction, user_id, workspace_ids)
    if (await transaction.execute(select(_u.id).where(_u.id != user_id).limit(1))).first() is None:
        raise Conflict(_LAST_USER, code="last_user")
    # Sessions, links, memberships and the second factor go with it.
    await transaction.execute(delete(users).where(_u.id == user_id))
    return workspace_ids


async def _lock_members(transaction: Transaction, workspace_ids: Sequence[str]) -> None:
    """Others who remove members of these wait: of two who remove each other, one does. SQLite has one writer anyway."""
    await transaction.execute(
        select(workspaces.c.id).where(workspaces.c.id.in_(workspace_ids)).order_by(workspaces.c.id).with_for_update()
    )


async def _require_others(transaction: Transaction, user_id: str, workspace_ids: Sequence[str]) -> None:
    for workspace_id in workspace_ids:
        others = select(_m.id).where(_m.workspace_id == workspace_id, _m.user_id != user_id).limit(1)
        if (await transaction.execute(others)).first() is None:
            name = (await workspace_store.get(transaction, workspace_id)).name
            raise Conflict(_LAST_MEMBER.with_(workspace=name), code="last_member")


async def make_link(transaction: Transaction, user_id: str, now: datetime) -> str:
    """The token of a new link, good once and for 15 minutes; what is past its time is swept."""
    await transaction.execute(delete(sign_in_links).where(_l.expires_at <= now))
    made = make_link_token()
    values = {"id": new_id("lnk"), "hash": made.hash, "user_id": user_id, "created_at": now}
    await transaction.execute(insert(sign_in_links).values(**values, expires_at=now + LINK_LIVES))
    return made.secret


async def use_link(transaction: Transaction, token_hash: str, now: datetime) -> str | None:
    """Whose it is, for whoever comes first and in time; None for everybody else."""
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

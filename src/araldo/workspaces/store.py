"""Workspaces and API keys in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, or_, select

from araldo.errors import Conflict, Language, NotFound, Sentence
from araldo.storage.database import Transaction, new_id
from araldo.storage.schema import api_keys, workspaces
from araldo.storage.user_tables import members
from araldo.workspaces.keys import NewKey
from araldo.workspaces.models import Caller, Workspace

_w = workspaces.c
_NAME_MAX = 200


async def first_or_new(transaction: Transaction, now: datetime) -> Workspace:
    """The oldest workspace; made when there is none, so that a fresh install can be used at once."""
    rows = await transaction.execute(select(workspaces).order_by(_w.created_at, _w.id).limit(1))
    row = rows.one_or_none()
    if row is not None:
        return Workspace(row.id, row.name, row.language, row.zone)
    return await add(transaction, "Araldo", now)


async def all_of_them(transaction: Transaction) -> list[Workspace]:
    """For who operates the installation."""
    rows = await transaction.execute(select(workspaces).order_by(_w.created_at, _w.id))
    return [Workspace(row.id, row.name, row.language, row.zone) for row in rows]


async def of_user(transaction: Transaction, user_id: str) -> list[Workspace]:
    """Those that the person belongs to, in the order of joining."""
    rows = await transaction.execute(
        select(workspaces)
        .join(members, members.c.workspace_id == _w.id)
        .where(members.c.user_id == user_id)
        .order_by(members.c.created_at, members.c.id)
    )
    return [Workspace(row.id, row.name, row.language, row.zone) for row in rows]


async def add(transaction: Transaction, name: str, now: datetime) -> Workspace:
    made = Workspace(new_id("ws"), name, "it", "Europe/Rome")
    values = {"id": made.id, "name": made.name, "language": made.language, "zone": made.zone}
    await transaction.execute(insert(workspaces).values(**values, created_at=now))
    return made


async def create(transaction: Transaction, name: str, now: datetime) -> Workspace:
    """By a name that no other workspace has. Raises Conflict."""
    wanted = name.strip()
    if not wanted or len(wanted) > _NAME_MAX:
        raise Conflict(Sentence("A name has 1 to 200 characters.", "Un nome ha da 1 a 200 caratteri."))
    if (await transaction.execute(select(_w.id).where(_w.name == wanted))).first() is not None:
        raise Conflict(Sentence("A workspace has this name already.", "Uno spazio di lavoro ha già questo nome."))
    return await add(transaction, wanted, now)


async def named(transaction: Transaction, name: str) -> Workspace:
    """By id or by name; raises NotFound, or Conflict when the name is not one workspace's alone."""
    rows = list(await transaction.execute(select(workspaces).where(or_(_w.id == name, _w.name == name)).limit(2)))
    if not rows:
        raise NotFound(Sentence("There is no such workspace.", "Questo spazio di lavoro non esiste."))
    if len(rows) > 1:
        raise Conflict(
            Sentence("Several workspaces have this name: use the id.", "Più spazi hanno questo nome: usa l'id.")
        )
    return Workspace(rows[0].id, rows[0].name, rows[0].language, rows[0].zone)


async def languages(transaction: Transaction) -> dict[str, Language]:
    """Of every workspace, by its id."""
    rows = await transaction.execute(select(_w.id, _w.language))
    return {row.id: "it" if row.language == "it" else "en" for row in rows}


async def add_key(transaction: Transaction, workspace_id: str, name: str, key: NewKey, now: datetime) -> str:
    key_id = new_id("key")
    await transaction.execute(
        insert(api_keys).values(
            id=key_id,
            workspace_id=workspace_id,
            name=name,
            prefix=key.prefix,
            hash=key.hash,
            scopes=["*"],
            created_at=now,
        )
    )
    return key_id


async def caller_of(transaction: Transaction, key_hash: str, now: datetime) -> Caller | None:
    """Who has this key; None for an unknown, ended or expired one."""
    rows = await transaction.execute(
        select(api_keys.c.id.label("key_id"), workspaces)
        .join(workspaces, api_keys.c.workspace_id == _w.id)
        .where(
            api_keys.c.hash == key_hash,
            api_keys.c.revoked_at.is_(None),
            or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > now),
        )
    )
    row = rows.one_or_none()
    return (
        None
        if row is None
        else Caller(Workspace(row.id, row.name, row.language, row.zone), row.key_id, key_id=row.key_id)
    )


async def key_lives(transaction: Transaction, key_id: str, now: datetime) -> bool:
    """Whether it has neither been ended nor expired."""
    k = api_keys.c
    good = (k.id == key_id, k.revoked_at.is_(None), or_(k.expires_at.is_(None), k.expires_at > now))
    return (await transaction.execute(select(k.id).where(*good))).first() is not None


async def count_keys(transaction: Transaction) -> int:
    return len(list(await transaction.execute(select(api_keys.c.id).where(api_keys.c.revoked_at.is_(None)))))

"""Workspaces and API keys in the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, insert, or_, select, update

from araldo.errors import Conflict, Language, NotFound, Sentence
from araldo.storage.database import Transaction, new_id
from araldo.storage.schema import api_keys, workspaces
from araldo.storage.user_tables import members
from araldo.workspaces.keys import NewKey
from araldo.workspaces.models import Caller, Key, Workspace
from araldo.workspaces.permissions import EVERYTHING, permissions_of
from araldo.zones import current_name, machine_zone

_w, _k = workspaces.c, api_keys.c
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


async def add(
    transaction: Transaction, name: str, now: datetime, *, language: Language = "it", zone: str | None = None
) -> Workspace:
    """Create a workspace. `zone`: an IANA name; None stands for the machine's."""
    made = Workspace(new_id("ws"), name, language, machine_zone() if zone is None else current_name(zone))
    values = {"id": made.id, "name": made.name, "language": made.language, "zone": made.zone}
    await transaction.execute(insert(workspaces).values(**values, created_at=now))
    return made


async def create(transaction: Transaction, name: str, now: datetime) -> Workspace:
    """By a name that no other workspace has. Raises Conflict."""
    return await add(transaction, await free_name(transaction, name), now)


async def free_name(transaction: Transaction, name: str, *, user_id: str | None = None, but: str | None = None) -> str:
    """The name as it is kept, when no workspace has it (`user_id`: none of that person's; `but`: that one may).

    Raises Conflict. What others call theirs is not to be found out.
    """
    wanted = name.strip()
    if not wanted or len(wanted) > _NAME_MAX:
        raise Conflict(Sentence("A name has 1 to 200 characters.", "Un nome ha da 1 a 200 caratteri."))
    having = select(_w.id).where(_w.name == wanted)
    if user_id is not None:
        having = having.join(members, members.c.workspace_id == _w.id).where(members.c.user_id == user_id)
    if but is not None:
        having = having.where(_w.id != but)
    if (await transaction.execute(having)).first() is not None:
        sentence = Sentence("A workspace has this name already.", "Uno spazio di lavoro ha già questo nome.")
        raise Conflict(sentence, code="name_taken")
    return wanted


async def change(transaction: Transaction, workspace_id: str, **changes: str) -> None:
    """`name`, `language`, `zone`: those that are given."""
    if "zone" in changes:
        changes["zone"] = current_name(changes["zone"])
    if changes:
        await transaction.execute(update(workspaces).where(_w.id == workspace_id).values(**changes))


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


async def get(transaction: Transaction, workspace_id: str) -> Workspace:
    """One that is there."""
    row = (await transaction.execute(select(workspaces).where(_w.id == workspace_id))).one()
    return Workspace(row.id, row.name, row.language, row.zone)


async def languages(transaction: Transaction) -> dict[str, Language]:
    """Of every workspace, by its id."""
    rows = await transaction.execute(select(_w.id, _w.language))
    return {row.id: "it" if row.language == "it" else "en" for row in rows}


async def add_key(
    transaction: Transaction,
    workspace_id: str,
    name: str,
    key: NewKey,
    now: datetime,
    *,
    expires_at: datetime | None = None,
    scopes: Sequence[str] = (EVERYTHING,),
) -> str:
    key_id = new_id("key")
    await transaction.execute(
        insert(api_keys).values(
            id=key_id,
            workspace_id=workspace_id,
            name=name,
            prefix=key.prefix,
            hash=key.hash,
            scopes=list(scopes),
            created_at=now,
            expires_at=expires_at,
        )
    )
    return key_id


async def caller_of(
    transaction: Transaction, key_hash: str, now: datetime
) -> tuple[Caller, str, datetime | None] | None:
    """Who has this key, its name, and when its use was last noted; None for an unknown, ended or expired one."""
    rows = await transaction.execute(
        select(_k.id.label("key_id"), _k.name.label("key_name"), _k.last_used_at, _k.scopes, workspaces)
        .join(workspaces, _k.workspace_id == _w.id)
        .where(_k.hash == key_hash, *_lives(now))
    )
    row = rows.one_or_none()
    if row is None:
        return None
    workspace = Workspace(row.id, row.name, row.language, row.zone)
    caller = Caller(workspace, row.key_id, permissions_of(row.scopes), key_id=row.key_id)
    return caller, row.key_name, row.last_used_at


async def living_keys(transaction: Transaction, key_ids: Collection[str], now: datetime) -> set[str]:
    """Those of the given keys that have neither been revoked nor expired."""
    if not key_ids:
        return set()
    return set((await transaction.execute(select(_k.id).where(_k.id.in_(key_ids), *_lives(now)))).scalars())


async def note_key_use(transaction: Transaction, key_id: str, now: datetime) -> None:
    await transaction.execute(update(api_keys).where(_k.id == key_id).values(last_used_at=now))


async def keys_of(transaction: Transaction, workspace_id: str) -> list[Key]:
    """Newest first; also those that have expired, not those that were ended."""
    rows = await transaction.execute(
        select(api_keys)
        .where(_k.workspace_id == workspace_id, _k.revoked_at.is_(None))
        .order_by(_k.created_at.desc(), _k.id.desc())
    )
    return [
        Key(row.id, row.name, row.prefix, row.created_at, row.last_used_at, row.expires_at, list(row.scopes))
        for row in rows
    ]


async def end_key(transaction: Transaction, workspace_id: str, key_id: str, now: datetime) -> str | None:
    """Revoke a key of this workspace and answer its name; None when there is none that was not revoked before."""
    one = (_k.id == key_id, _k.workspace_id == workspace_id, _k.revoked_at.is_(None))
    ended = await transaction.execute(update(api_keys).where(*one).values(revoked_at=now).returning(_k.name))
    row = ended.one_or_none()
    return None if row is None else str(row.name)


async def find_keys(transaction: Transaction, wanted: str, workspace_id: str | None) -> list[tuple[str, str]]:
    """(id, workspace's id) of the keys with this id or beginning, in one workspace or in all; at most two."""
    query = select(_k.id, _k.workspace_id).where(or_(_k.id == wanted, _k.prefix == wanted), _k.revoked_at.is_(None))
    if workspace_id is not None:
        query = query.where(_k.workspace_id == workspace_id)
    return [(row.id, row.workspace_id) for row in await transaction.execute(query.limit(2))]


async def count_keys(transaction: Transaction) -> int:
    return len(list(await transaction.execute(select(_k.id).where(_k.revoked_at.is_(None)))))


def _lives(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return _k.revoked_at.is_(None), or_(_k.expires_at.is_(None), _k.expires_at > now)

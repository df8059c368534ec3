"""The mark of a database that was moved: whoever opens it is told where to, and nothing is published from it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Connection, DateTime, column, delete, insert, make_url, select, table

from araldo.errors import Conflict
from araldo.messages import Message

# Not the table of `state_table`, whose column types import the database.
_STATE = table("system_state", column("name"), column("value", JSON()), column("updated_at", DateTime(timezone=True)))
_NAME = "moved_to"
_s = _STATE.c


class DatabaseMoved(Conflict):
    """The database was copied to another place, and is used there."""

    code = "database_moved"


def place_of(url: str) -> str:
    """Return the URL without user, password and options, as people may read it."""
    parts = make_url(url)
    port = "" if parts.port is None else f":{parts.port}"
    return f"{parts.get_backend_name()}://{parts.host or ''}{port}/{parts.database or ''}"


def mark_as_moved(connection: Connection, place: str, now: datetime) -> None:
    """Refuse this database from now on."""
    clear_mark(connection)
    connection.execute(insert(_STATE).values(name=_NAME, value={"place": place}, updated_at=now))


def clear_mark(connection: Connection) -> None:
    """Let a copy of a database that was marked be used."""
    connection.execute(delete(_STATE).where(_s.name == _NAME))


def require_not_moved(connection: Connection) -> None:
    """Raise DatabaseMoved for a database that was marked. Its schema has to be this version's."""
    place = _moved_to(connection)
    if place is not None:
        raise DatabaseMoved(Message("database.moved", {"place": place}))


def require_not_moved_elsewhere(connection: Connection, place: str) -> None:
    """Raise DatabaseMoved for a database that was marked as moved to any place but this one."""
    if _moved_to(connection) not in {None, place}:
        require_not_moved(connection)


def _moved_to(connection: Connection) -> str | None:
    found = connection.execute(select(_s.value).where(_s.name == _NAME)).scalar()
    return None if found is None else str(found["place"])

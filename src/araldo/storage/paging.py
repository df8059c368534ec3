"""Lists in parts, in the order of a time: the query, and the cursor of the next part."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, Table, literal, tuple_

from araldo.errors import PostInvalid, Problem
from araldo.messages import Message

_Row = TypeVar("_Row")


def newest_first(wanted: Select[Any], table: Table, *, limit: int, cursor: str | None) -> Select[Any]:
    """Return the query of one part, the last created first; see `ordered_by_time`."""
    return ordered_by_time(wanted, table.c.created_at, table.c.id, limit=limit, cursor=cursor)


def ordered_by_time(
    wanted: Select[Any],
    time: ColumnElement[datetime],
    row_id: ColumnElement[str],
    *,
    limit: int,
    cursor: str | None,
    ascending: bool = False,
) -> Select[Any]:
    """Order the query by time, and limit it to one row more than `limit`, which shows whether there are more.

    Raises PostInvalid for a malformed cursor.
    """
    if cursor is not None:
        moment, last_id = decode_cursor(cursor)
        # Bound with the column's own type, else SQLite would compare two spellings of a time.
        position, last = tuple_(time, row_id), tuple_(literal(moment, time.type), last_id)
        wanted = wanted.where(position > last if ascending else position < last)
    order = (time.asc(), row_id.asc()) if ascending else (time.desc(), row_id.desc())
    return wanted.order_by(*order).limit(limit + 1)


def split(rows: Sequence[_Row], limit: int, *, time: str = "created_at") -> tuple[Sequence[_Row], str | None]:
    """Return the part's rows, and the cursor of the next part; None when there is no rest."""
    shown = rows[:limit]
    if len(rows) <= limit:
        return shown, None
    last: Any = shown[-1]
    return shown, encode_cursor(getattr(last, time), last.id)


def encode_cursor(created_at: datetime, row_id: str) -> str:
    return base64.urlsafe_b64encode(f"{created_at.isoformat()}|{row_id}".encode()).decode()


def decode_cursor(cursor: str) -> tuple[datetime, str]:
    """Return the position after which to continue. Raises PostInvalid for a malformed cursor."""
    try:
        moment, _, row_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        instant = datetime.fromisoformat(moment)
        # PostgreSQL cannot compare with NUL, and near datetime's limits some zones have times that UTC lacks.
        if instant.tzinfo is None or "\x00" in row_id:
            raise ValueError(moment)
        return instant.astimezone(UTC), row_id
    except (ValueError, OverflowError, binascii.Error) as broken:
        raise PostInvalid([Problem("/cursor", "cursor_invalid", Message("paging.cursor_invalid"))]) from broken

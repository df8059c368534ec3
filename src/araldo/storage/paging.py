"""Lists in parts, newest first: the query, and the cursor of the next part."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, Table, literal, tuple_

from araldo.errors import PostInvalid, Problem
from araldo.messages import Message


def newest_first(wanted: Select[Any], table: Table, *, limit: int, cursor: str | None) -> Select[Any]:
    """Limit the query to one row more than `limit`, which shows whether there are more."""
    made, row_id = table.c.created_at, table.c.id
    if cursor is not None:
        moment, last_id = decode_cursor(cursor)
        # Bound with the column's own type, else SQLite would compare two spellings of a time.
        wanted = wanted.where(tuple_(made, row_id) < tuple_(literal(moment, made.type), last_id))
    return wanted.order_by(made.desc(), row_id.desc()).limit(limit + 1)


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

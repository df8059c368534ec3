"""The column type of every instant: UTC, and aware on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, TypeDecorator

from araldo.storage.database import as_utc


class UtcTime(TypeDecorator[datetime]):
    """An instant: takes aware datetimes, stores UTC, returns aware UTC datetimes on both databases.

    SQLite has it as text in the format of SQLAlchemy's DateTime, which takes three times as long to write and read it.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], object]:
        return _to_text if dialect.name == "sqlite" else _to_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[object], datetime | None]:
        return _from_text if dialect.name == "sqlite" else _from_driver


def _to_utc(value: datetime | None) -> datetime | None:
    return None if value is None else as_utc(value)


def _to_text(value: datetime | None) -> str | None:
    return None if value is None else as_utc(value).replace(tzinfo=None).isoformat(" ", "microseconds")


def _from_text(value: object) -> datetime | None:
    return None if value is None else datetime.fromisoformat(str(value)).replace(tzinfo=UTC)


def _from_driver(value: object) -> datetime | None:
    return value.astimezone(UTC) if isinstance(value, datetime) else None

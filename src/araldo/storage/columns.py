"""The metadata of all tables, and factories for columns that many tables have."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, MetaData, String

from araldo.storage.utc import UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def identity() -> Column[str]:
    return Column("id", String(48), primary_key=True)


def reference(name: str, target: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, String(48), ForeignKey(target, ondelete="CASCADE"), nullable=nullable)


def instant(name: str, *, nullable: bool = True) -> Column[datetime]:
    return Column(name, UtcTime(), nullable=nullable)


def json_column(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, JSON(none_as_null=True), nullable=nullable)

"""Pictures in the database; their bytes are among the blobs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import insert, select

from araldo.media.models import Medium
from araldo.storage.database import Transaction
from araldo.storage.schema import media


async def add(transaction: Transaction, medium: Medium) -> None:
    await transaction.execute(insert(media).values(**asdict(medium)))


async def find(transaction: Transaction, medium_id: str, workspace_id: str | None = None) -> Medium | None:
    """`workspace_id` None is for a signed URL, whose signature is the permission."""
    wanted = select(media).where(media.c.id == medium_id)
    if workspace_id is not None:
        wanted = wanted.where(media.c.workspace_id == workspace_id)
    row = (await transaction.execute(wanted)).one_or_none()
    return None if row is None else _medium_of(row._asdict())


async def find_all(transaction: Transaction, workspace_id: str, ids: Iterable[str]) -> dict[str, Medium]:
    rows = await transaction.execute(
        select(media).where(media.c.workspace_id == workspace_id, media.c.id.in_(list(ids)))
    )
    return {row.id: _medium_of(row._asdict()) for row in rows}


def _medium_of(row: Mapping[str, Any]) -> Medium:
    return Medium(**dict(row))

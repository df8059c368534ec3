"""Brand kits in the database: at most one for each workspace."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select

from araldo.storage.brand_tables import brands
from araldo.storage.database import Transaction
from araldo.workspaces.brand import BrandKit


def find(transaction: Transaction, workspace_id: str) -> BrandKit | None:
    """Return the workspace's brand kit; None until one is set."""
    row = transaction.execute(select(brands).where(brands.c.workspace_id == workspace_id)).one_or_none()
    if row is None:
        return None
    colors = None if row.first_color is None else (row.first_color, row.second_color)
    return BrandKit(
        row.name, row.logo_media_id, colors, row.fonts, row.handle, row.tone, tuple(row.hashtags or ()), row.cta
    )


def has_logo(transaction: Transaction, workspace_id: str, medium_id: str) -> bool:
    """Return whether this medium is the logo of the workspace's brand."""
    query = select(brands.c.workspace_id).where(
        brands.c.workspace_id == workspace_id, brands.c.logo_media_id == medium_id
    )
    return transaction.execute(query).first() is not None


def put(transaction: Transaction, workspace_id: str, kit: BrandKit, now: datetime) -> None:
    """Store the brand kit, replacing an earlier one."""
    first, second = kit.colors or (None, None)
    transaction.execute(delete(brands).where(brands.c.workspace_id == workspace_id))
    transaction.execute(
        insert(brands).values(
            workspace_id=workspace_id,
            name=kit.name,
            logo_media_id=kit.logo,
            first_color=first,
            second_color=second,
            fonts=kit.fonts,
            handle=kit.handle,
            tone=kit.tone,
            hashtags=list(kit.hashtags) or None,
            cta=kit.cta,
            updated_at=now,
        )
    )

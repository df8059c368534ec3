"""Pictures of deliveries in tables of their own, instead of columns and a JSON list of each delivery.

`picture_state` stays in the delivery's row, because `wake_at` is computed from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# As the schema of this revision has it: `storage.derived` may know columns later that do not exist yet here.
_WORK_AT = """CASE
WHEN state IN ('queued', 'preparing', 'waiting', 'publishing') THEN coalesce(next_at, created_at)
WHEN state = 'scheduled' AND picture_state IN ('queued', 'making', 'stale')
AND (due_at IS NULL OR coalesce(next_at, created_at) < due_at) THEN coalesce(next_at, created_at)
WHEN state = 'scheduled' THEN due_at
WHEN state IN ('draft', 'failed', 'missed', 'needs_reconnect') AND picture_state IN ('queued', 'making')
THEN coalesce(next_at, created_at) END"""
_WAKE_AT = f"CASE WHEN lease_until > {_WORK_AT} THEN lease_until ELSE {_WORK_AT} END"

_JSON = sa.JSON(none_as_null=True)
_KEPT = ("media_id", "digest", "origin", "error", "notes", "alt", "wish", "locked", "remade")


def upgrade() -> None:
    _create_tables()
    with op.batch_alter_table("picture_history") as history:
        history.add_column(sa.Column("source", _JSON))
    _copy_pictures()
    _copy_slides()
    _move_sources("delivery_pictures")
    _move_sources("picture_history")
    _drop_columns()


def _create_tables() -> None:
    op.create_table(
        "delivery_pictures",
        sa.Column("delivery_id", sa.String(length=48), nullable=False),
        sa.Column("workspace_id", sa.String(length=48), nullable=False),
        sa.Column("medium_id", sa.String(length=48)),
        sa.Column("digest", sa.String(length=64)),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("source", _JSON),
        sa.Column("error", _JSON),
        sa.Column("notes", _JSON),
        sa.Column("alt", sa.Text()),
        sa.Column("wish", _JSON),
        sa.Column("locked", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("remade", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_delivery_pictures_delivery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_delivery_pictures_workspace_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["medium_id"], ["media.id"], name=op.f("fk_delivery_pictures_medium_id")),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_delivery_pictures")),
    )
    op.create_index(op.f("ix_delivery_pictures_medium_id"), "delivery_pictures", ["medium_id"])
    op.create_table(
        "slide_pictures",
        sa.Column("delivery_id", sa.String(length=48), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64)),
        sa.Column("medium_id", sa.String(length=48)),
        sa.Column("error", _JSON),
        sa.Column("notes", _JSON),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_slide_pictures_delivery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["medium_id"], ["media.id"], name=op.f("fk_slide_pictures_medium_id")),
        sa.PrimaryKeyConstraint("delivery_id", "position", name=op.f("pk_slide_pictures")),
    )
    op.create_index(op.f("ix_slide_pictures_medium_id"), "slide_pictures", ["medium_id"])


def _copy_pictures() -> None:
    before = ("id", "workspace_id", *(f"picture_{name}" for name in _KEPT))
    after = ("delivery_id", "workspace_id", *("medium_id" if name == "media_id" else name for name in _KEPT))
    deliveries = sa.table("deliveries", *(sa.column(name) for name in before))
    pictures = sa.table("delivery_pictures", *(sa.column(name) for name in after))
    op.execute(sa.insert(pictures).from_select(after, sa.select(deliveries)))


def _copy_slides() -> None:
    """Write a row for each picture of a carousel; a medium that was purged meanwhile cannot be referred to."""
    connection = op.get_bind()
    deliveries = sa.table("deliveries", sa.column("id"), sa.column("pictures", _JSON))
    slides = sa.table(
        "slide_pictures",
        *(sa.column(name) for name in ("delivery_id", "position", "state", "digest", "medium_id")),
        sa.column("error", _JSON),
        sa.column("notes", _JSON),
    )
    media = sa.table("media", sa.column("id"))
    found = connection.execute(
        sa.select(deliveries.c.id, deliveries.c.pictures).where(deliveries.c.pictures.is_not(None))
    )
    for delivery_id, pictures in found.all():
        # JSON's null, as older releases stored it.
        if pictures is None:
            continue
        named = [picture["medium_id"] for picture in pictures if picture.get("medium_id")]
        known = set(connection.execute(sa.select(media.c.id).where(media.c.id.in_(named))).scalars())
        rows = [
            {"delivery_id": delivery_id, "position": position, **_slide_values(picture, known)}
            for position, picture in enumerate(pictures)
        ]
        if rows:
            connection.execute(sa.insert(slides), rows)


def _slide_values(picture: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    medium_id = picture.get("medium_id")
    return {
        "state": picture["state"],
        "digest": picture.get("digest"),
        "medium_id": medium_id if medium_id in known else None,
        "error": picture.get("error"),
        "notes": picture.get("notes"),
    }


def _move_sources(table: str) -> None:
    """Move what a custom picture was cropped from out of its notes."""
    connection = op.get_bind()
    keys = ("delivery_id", "medium_id") if table == "picture_history" else ("delivery_id",)
    pictures = sa.table(
        table,
        sa.column("origin"),
        sa.column("notes", _JSON),
        sa.column("source", _JSON),
        *(sa.column(key) for key in keys),
    )
    own = [pictures.c[key] for key in keys]
    # Not the notes of every generated picture, of which a large database has hundreds of thousands.
    has_key = sa.cast(pictures.c.notes, sa.Text).contains('"given"')
    given = sa.select(pictures.c.notes, pictures.c.origin, *own).where(has_key)
    for notes, origin, *identity in connection.execute(given).all():
        if notes is None or "given" not in notes:
            continue
        source = {"media_id": None, "crop": None, "focal": None, **notes["given"]} if origin == "given" else None
        rest = {name: value for name, value in notes.items() if name != "given"}
        mine = [column == value for column, value in zip(own, identity, strict=True)]
        connection.execute(pictures.update().where(*mine).values(source=source, notes=rest or None))


def _drop_columns() -> None:
    op.drop_index(op.f("ix_deliveries_picture_media_id"), "deliveries")
    if op.get_bind().dialect.name != "sqlite":
        for name in (*(f"picture_{name}" for name in _KEPT), "pictures"):
            op.drop_column("deliveries", name)
        return
    if op.get_bind().exec_driver_sql("PRAGMA foreign_keys").scalar():
        raise RuntimeError("with foreign keys on, SQLite would delete all that refers to deliveries")
    # Alembic cannot rebuild a table that has a computed column.
    op.drop_index("ix_deliveries_wake_at", "deliveries")
    op.drop_column("deliveries", "wake_at")
    with op.batch_alter_table("deliveries") as deliveries:
        for name in (*(f"picture_{name}" for name in _KEPT), "pictures"):
            deliveries.drop_column(name)
    op.add_column("deliveries", sa.Column("wake_at", sa.DateTime(timezone=True), sa.Computed(_WAKE_AT)))
    op.create_index("ix_deliveries_wake_at", "deliveries", ["wake_at"], sqlite_where=sa.text("wake_at IS NOT NULL"))

"""Several deliveries of a post on one platform, each to another account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The old rule is stricter than the new one, so every stored row satisfies it.
    with _referring_rows_kept("deliveries"), op.batch_alter_table("deliveries") as deliveries:
        deliveries.drop_constraint(op.f("uq_deliveries_post_id_platform"), type_="unique")
        deliveries.create_unique_constraint(
            op.f("uq_deliveries_post_id_platform_account_id"), ["post_id", "platform", "account_id"]
        )
    op.create_index(
        op.f("uq_deliveries_post_id_platform_no_account"),
        "deliveries",
        ["post_id", "platform"],
        unique=True,
        sqlite_where=sa.text("account_id IS NULL"),
        postgresql_where=sa.text("account_id IS NULL"),
    )


@contextmanager
def _referring_rows_kept(table: str) -> Iterator[None]:
    """Keep the rows that refer to `table` while SQLite makes it anew, which deletes them by ON DELETE CASCADE.

    Foreign keys cannot be switched off within a transaction.
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        yield
        return
    inspector = sa.inspect(connection)
    referring = [
        name
        for name in inspector.get_table_names()
        if any(key["referred_table"] == table for key in inspector.get_foreign_keys(name))
    ]
    # Names of tables, from the schema itself.
    for name in referring:
        op.execute(f'CREATE TEMPORARY TABLE "kept_{name}" AS SELECT * FROM "{name}"')  # noqa: S608
    yield
    for name in referring:
        op.execute(f'INSERT INTO "{name}" SELECT * FROM "kept_{name}"')  # noqa: S608
        op.execute(f'DROP TABLE "kept_{name}"')

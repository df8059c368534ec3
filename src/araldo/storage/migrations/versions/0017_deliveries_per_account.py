"""Several deliveries of a post on one platform, each to another account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_OLD = "uq_deliveries_post_id_platform"
_NEW = "uq_deliveries_post_id_platform_account_id"


def upgrade() -> None:
    # The old rule is stricter than the new one, so every stored row satisfies it.
    if op.get_bind().dialect.name == "sqlite":
        _make_deliveries_anew()
    else:
        op.drop_constraint(_OLD, "deliveries", type_="unique")
        op.create_unique_constraint(_NEW, "deliveries", ["post_id", "platform", "account_id"])
    op.create_index(
        "uq_deliveries_post_id_platform_no_account",
        "deliveries",
        ["post_id", "platform"],
        unique=True,
        sqlite_where=sa.text("account_id IS NULL"),
        postgresql_where=sa.text("account_id IS NULL"),
    )


def _make_deliveries_anew() -> None:
    """Replace the constraint, for which SQLite needs another table.

    Made from the schema's own text, as Alembic cannot copy a computed column. Dropping the table deletes what refers to
    it where foreign keys are on, and they cannot be switched off within a transaction: those rows are copied.
    """
    connection = op.get_bind()
    stored = connection.execute(
        sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = 'deliveries' AND sql IS NOT NULL")
    ).all()
    table = next(sql for kind, sql in stored if kind == "table")
    old, new = (
        f"CONSTRAINT {_OLD} UNIQUE (post_id, platform)",
        f"CONSTRAINT {_NEW} UNIQUE (post_id, platform, account_id)",
    )
    if table.count(old) != 1:
        raise RuntimeError(f"the table deliveries lacks {_OLD}")
    body = table[table.index("(") :].replace(old, new)
    # Computed columns are hidden.
    named = connection.execute(sa.text("SELECT name FROM pragma_table_xinfo('deliveries') WHERE hidden = 0"))
    columns = ", ".join(f'"{name}"' for name in named.scalars())
    inspector = sa.inspect(connection)
    referring = [
        name
        for name in inspector.get_table_names()
        if any(key["referred_table"] == "deliveries" for key in inspector.get_foreign_keys(name))
    ]
    statements = [
        *(f'CREATE TEMPORARY TABLE "kept_{name}" AS SELECT * FROM "{name}"' for name in referring),  # noqa: S608 - names from the schema itself
        f"CREATE TABLE new_deliveries {body}",
        f"INSERT INTO new_deliveries ({columns}) SELECT {columns} FROM deliveries",  # noqa: S608 - names from the schema itself
        "DROP TABLE deliveries",
        "ALTER TABLE new_deliveries RENAME TO deliveries",
        *(sql for kind, sql in stored if kind != "table"),
        *(f'INSERT OR IGNORE INTO "{name}" SELECT * FROM "kept_{name}"' for name in referring),  # noqa: S608 - names from the schema itself
        *(f'DROP TABLE "kept_{name}"' for name in referring),
    ]
    for statement in statements:
        connection.exec_driver_sql(statement)

"""One sealed value with all credentials of an account, instead of columns for one service's two tokens.

The migration has no key: tokens that earlier versions sealed move to a table of their own, from which a process with
the key takes them (`araldo.workflows.accounts.earlier_credentials`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True)
_MOMENT = sa.DateTime(timezone=True)
_DROPPED = (
    *("token", "token_kind", "token_expiry", "token_expires_at", "data_access_expires_at"),
    *("read_token", "read_token_expires_at", "parent_remote_id"),
)
_OLD = sa.table(
    "accounts",
    *(sa.column(name) for name in ("id", "kind", "remote_id", "parent_remote_id", "token", "read_token")),
    sa.column("token_expiry"),
    *(sa.column(name, _MOMENT) for name in ("token_expires_at", "data_access_expires_at", "read_token_expires_at")),
    sa.column("ends", _JSON),
    sa.column("connect_method"),
)


def upgrade() -> None:
    op.add_column("accounts", sa.Column("credentials", sa.Text()))
    op.add_column("accounts", sa.Column("credentials_version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("accounts", sa.Column("ends", _JSON))
    op.add_column("accounts", sa.Column("facts", _JSON, nullable=False, server_default="{}"))
    op.add_column("accounts", sa.Column("host", sa.String(length=255)))
    op.add_column("accounts", sa.Column("connect_method", sa.String(length=40)))
    op.add_column("accounts", sa.Column("disconnected_at", _MOMENT))
    op.add_column("accounts", sa.Column("lease_owner", sa.String(length=64)))
    op.add_column("accounts", sa.Column("lease_until", _MOMENT))
    op.create_table(
        "earlier_credentials",
        sa.Column("account_id", sa.String(length=48), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("read_token", sa.Text()),
        sa.Column("facts", _JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_earlier_credentials_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_earlier_credentials")),
    )
    _move_tokens()
    for name in _DROPPED:
        op.drop_column("accounts", name)
    op.add_column("connections", sa.Column("method", sa.String(length=40), nullable=False, server_default="login"))
    op.add_column("connections", sa.Column("remembered", sa.Text()))
    # Found accounts were stored in another shape, and a begun log-in has nothing remembered: both end within minutes.
    op.execute(
        "UPDATE connections SET status = 'expired', found = NULL, nonce_hash = NULL "
        "WHERE status IN ('begun', 'pending')"
    )


def _move_tokens() -> None:
    connection = op.get_bind()
    earlier = sa.table(
        "earlier_credentials",
        *(sa.column(name) for name in ("account_id", "token", "read_token")),
        sa.column("facts", _JSON),
    )
    for row in connection.execute(sa.select(_OLD)).all():
        connection.execute(
            sa.update(_OLD).where(_OLD.c.id == row.id).values(ends=_ends_of(row), connect_method="login")
        )
        if row.token is not None:
            facts = {"kind": row.kind, "id": row.remote_id, "page_id": row.parent_remote_id}
            values = {"account_id": row.id, "token": row.token, "read_token": row.read_token, "facts": facts}
            connection.execute(sa.insert(earlier).values(values))


def _ends_of(row: Any) -> list[dict[str, Any]]:
    ends = []
    if row.token_expiry != "unknown":  # noqa: S105 - a word, not a token
        ends.append(_end("page_access", row.token_expires_at))
    if row.read_token_expires_at is not None:
        ends.append(_end("person_access", row.read_token_expires_at))
    if row.data_access_expires_at is not None:
        ends.append(_end("data_access", row.data_access_expires_at))
    return ends


def _end(what: str, at: datetime | None) -> dict[str, Any]:
    # SQLite's times are in UTC and do not say so.
    moment = at if at is None or at.tzinfo is not None else at.replace(tzinfo=UTC)
    text = None if moment is None else moment.isoformat()
    return {"what": {"key": f"meta.tokens.{what}", "values": {}}, "at": text, "is_renewable": False}

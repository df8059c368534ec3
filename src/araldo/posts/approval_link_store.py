"""Links with which people without an account see and approve one post; found by the hash of their token."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select

from araldo.storage.approval_tables import approval_links
from araldo.storage.database import Transaction

_l = approval_links.c


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalLink:
    """`note`: for whom it is. `maker_kind`: `user`, `key` or `command`."""

    id: str
    workspace_id: str
    post_id: str
    note: str
    maker_kind: str
    maker_id: str
    maker_name: str
    created_at: datetime
    expires_at: datetime


def add(transaction: Transaction, link: ApprovalLink, token_hash: str) -> None:
    """Store a link, and delete expired ones."""
    transaction.execute(delete(approval_links).where(_l.expires_at <= transaction.now))
    transaction.execute(insert(approval_links).values(**asdict(link), hash=token_hash))


def list_valid(transaction: Transaction, workspace_id: str, post_id: str) -> list[ApprovalLink]:
    """Return the post's links that have not expired, newest first."""
    mine = (_l.workspace_id == workspace_id, _l.post_id == post_id, _l.expires_at > transaction.now)
    rows = transaction.execute(select(approval_links).where(*mine).order_by(_l.created_at.desc(), _l.id.desc()))
    return [_link(row) for row in rows]


def find(transaction: Transaction, token_hash: str) -> ApprovalLink | None:
    """Return the link; None when it is unknown, withdrawn or expired."""
    valid = (_l.hash == token_hash, _l.expires_at > transaction.now)
    row = transaction.execute(select(approval_links).where(*valid)).one_or_none()
    return None if row is None else _link(row)


def delete_one(transaction: Transaction, workspace_id: str, post_id: str, link_id: str) -> bool:
    mine = (_l.id == link_id, _l.workspace_id == workspace_id, _l.post_id == post_id)
    return bool(transaction.execute(delete(approval_links).where(*mine)).rowcount)


def _link(row: Row[Any]) -> ApprovalLink:
    return ApprovalLink(**{name: getattr(row, name) for name in ApprovalLink.__dataclass_fields__})

"""Claims on generating a picture: of equal requests in several processes, one is sent to the paid provider."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from araldo.storage.database import Transaction
from araldo.storage.picture_tables import picture_claims

_p = picture_claims.c


def is_claimed(transaction: Transaction, workspace_id: str, digest: str) -> bool:
    """Return whether a process generates this picture now."""
    leased = select(_p.owner).where(_is_row_of(workspace_id, digest), _p.lease_until > transaction.now)
    return transaction.execute(leased).one_or_none() is not None


def claim(transaction: Transaction, workspace_id: str, digest: str, owner: str, until: datetime) -> bool:
    """Claim the picture unless another process has, and return whether this one has it now."""
    expired = (_is_row_of(workspace_id, digest), _p.lease_until <= transaction.now)
    if transaction.execute(update(picture_claims).where(*expired).values(owner=owner, lease_until=until)).rowcount:
        return True
    if is_claimed(transaction, workspace_id, digest):
        return False
    values = {"workspace_id": workspace_id, "digest": digest, "owner": owner, "lease_until": until}
    try:
        with transaction.savepoint():
            transaction.execute(insert(picture_claims).values(**values))
    except IntegrityError:
        # Another process claimed it concurrently.
        return False
    return True


def renew(transaction: Transaction, workspace_id: str, digest: str, owner: str, until: datetime) -> bool:
    """Extend the claim and return whether this process still has it."""
    own = (_is_row_of(workspace_id, digest), _p.owner == owner)
    return bool(transaction.execute(update(picture_claims).where(*own).values(lease_until=until)).rowcount)


def release(transaction: Transaction, workspace_id: str, digest: str, owner: str) -> None:
    """Delete the claim, unless another process has taken it over."""
    transaction.execute(delete(picture_claims).where(_is_row_of(workspace_id, digest), _p.owner == owner))


def delete_expired(transaction: Transaction, limit: int) -> int:
    """Delete at most `limit` claims of processes that have crashed, and return how many were."""
    expired = _p.lease_until <= transaction.now
    some = select(_p.workspace_id, _p.digest).where(expired).limit(limit)
    key = tuple_(_p.workspace_id, _p.digest)
    return transaction.execute(delete(picture_claims).where(key.in_(some), expired)).rowcount


def _is_row_of(workspace_id: str, digest: str) -> ColumnElement[bool]:
    return and_(_p.workspace_id == workspace_id, _p.digest == digest)

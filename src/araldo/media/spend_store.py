"""The cache of generated pictures, by cache key, and the cost of each request to a provider."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from araldo.storage.database import Transaction, new_id
from araldo.storage.picture_tables import picture_cache, picture_spend

_c, _s = picture_cache.c, picture_spend.c
MADE, RECALLED = "made", "recalled"


@dataclass(frozen=True, slots=True)
class PriceTotal:
    """The reported prices in one currency: number of priced requests, and their sum in millionths."""

    currency: str | None
    priced: int
    micros: int


@dataclass(slots=True)
class ModelSpend:
    """The requests to one model of a provider in a period."""

    provider: str
    model: str
    made: int = 0
    recalled: int = 0
    failed: int = 0
    seconds: float = 0.0
    totals: list[PriceTotal] = field(default_factory=list)


def find_cached(
    transaction: Transaction, workspace_id: str, digest: str, not_before: datetime | None
) -> Mapping[str, Any] | None:
    """Return the cached picture's row, unless there is none or it is older than `not_before`."""
    mine = (_c.workspace_id == workspace_id, _c.digest == digest)
    new_enough = () if not_before is None else (_c.made_at >= not_before,)
    row = transaction.execute(select(picture_cache).where(*mine, *new_enough)).one_or_none()
    return None if row is None else row._asdict()


def delete_cached(transaction: Transaction, workspace_id: str, digest: str, blob: str) -> None:
    """Delete a cache row whose bytes are gone."""
    transaction.execute(
        delete(picture_cache).where(_c.workspace_id == workspace_id, _c.digest == digest, _c.blob == blob)
    )


def put_cached(transaction: Transaction, workspace_id: str, digest: str, **picture: Any) -> None:
    """Store a picture under its cache key, replacing an older one."""
    mine = (_c.workspace_id == workspace_id, _c.digest == digest)
    if transaction.execute(update(picture_cache).where(*mine).values(**picture)).rowcount:
        return
    # Another process may store the same key concurrently: either picture will do.
    with suppress(IntegrityError), transaction.savepoint():
        transaction.execute(insert(picture_cache).values(workspace_id=workspace_id, digest=digest, **picture))


def record_request(transaction: Transaction, workspace_id: str, at: datetime, **asked: Any) -> None:
    transaction.execute(insert(picture_spend).values(id=new_id("spend"), workspace_id=workspace_id, at=at, **asked))


def summarize(
    transaction: Transaction, workspace_id: str, since: datetime | None, until: datetime | None
) -> list[ModelSpend]:
    """Return the spend of a period, by provider and model."""
    wanted = [_s.workspace_id == workspace_id]
    wanted += [] if since is None else [_s.at >= since]
    wanted += [] if until is None else [_s.at < until]
    by = (_s.provider, _s.model, _s.outcome, _s.currency)
    rows = transaction.execute(
        select(
            *by,
            func.count().label("asked"),
            func.sum(_s.seconds).label("seconds"),
            func.count(_s.price_micros).label("priced"),
            func.sum(_s.price_micros).label("micros"),
        )
        .where(*wanted)
        .group_by(*by)
        .order_by(*by)
    )
    found: dict[tuple[str, str], ModelSpend] = {}
    for row in rows:
        spent = found.setdefault((row.provider, row.model), ModelSpend(row.provider, row.model))
        kind = row.outcome if row.outcome in (MADE, RECALLED) else "failed"
        setattr(spent, kind, getattr(spent, kind) + row.asked)
        spent.seconds = round(spent.seconds + row.seconds, 3)
        if row.priced:
            spent.totals.append(PriceTotal(row.currency, row.priced, int(row.micros)))
    for spent in found.values():
        spent.totals = _by_currency(spent.totals)
    return list(found.values())


def _by_currency(totals: list[PriceTotal]) -> list[PriceTotal]:
    added: dict[str | None, PriceTotal] = {}
    for total in totals:
        sum_ = added.get(total.currency, PriceTotal(total.currency, 0, 0))
        added[total.currency] = PriceTotal(total.currency, sum_.priced + total.priced, sum_.micros + total.micros)
    return list(added.values())

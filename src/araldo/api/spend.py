"""The cost of generated pictures by provider and model, as far as providers report it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from araldo.api.auth import CallerDep
from araldo.api.dependencies import DependenciesDep
from araldo.api.fields import InputInstant
from araldo.api.problems import RESPONSES
from araldo.api.routing import ResourceRouter
from araldo.media import spend_store
from araldo.media.spend_store import ModelSpend

router = ResourceRouter(prefix="/api/v1/images", tags=["marketing"], responses=RESPONSES)


class KnownPrice(BaseModel):
    """The total `amount` of `pictures` pictures; `currency`: null when the provider does not report it."""

    amount: float
    currency: str | None
    pictures: int


class ProviderSpend(BaseModel):
    """`made`: generated and paid for; `cached`: reused at no cost. `seconds`: total time of the requests.

    `prices`: as reported by the provider; empty when it reports none: see your account there.
    """

    provider: str
    model: str
    made: int
    cached: int
    failed: int
    seconds: float
    prices: list[KnownPrice]


class SpendAnswer(BaseModel):
    data: list[ProviderSpend]


@router.get("/spend", operation_id="get_image_spend")
async def get_image_spend(
    deps: DependenciesDep,
    caller: CallerDep,
    since: Annotated[InputInstant | None, Query(alias="from", description="Asked at or after this.")] = None,
    until: Annotated[InputInstant | None, Query(alias="to", description="Asked before this.")] = None,
) -> SpendAnswer:
    """Return the workspace's requests to remote picture providers and their cost."""
    found = await deps.database.read(
        lambda transaction: spend_store.summarize(transaction, caller.workspace.id, since, until)
    )
    return SpendAnswer(data=[_spend_read_of(spent) for spent in found])


def _spend_read_of(spent: ModelSpend) -> ProviderSpend:
    return ProviderSpend(
        provider=spent.provider,
        model=spent.model,
        made=spent.made,
        cached=spent.recalled,
        failed=spent.failed,
        seconds=spent.seconds,
        prices=[
            KnownPrice(amount=total.micros / 1_000_000, currency=total.currency, pictures=total.priced)
            for total in spent.totals
        ],
    )

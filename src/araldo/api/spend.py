"""What pictures have cost: by provider and model, as far as their answers say it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from araldo.api.auth import CallerDep
from araldo.api.dependencies import DependenciesDep
from araldo.api.fields import InputInstant
from araldo.api.problems import RESPONSES
from araldo.media import spend_store
from araldo.media.spend_store import ModelSpend

router = APIRouter(prefix="/api/v1/images", tags=["marketing"], responses=RESPONSES)


class KnownPrice(BaseModel):
    """What `pictures` of them cost together; `currency` is null where the answers did not name it."""

    amount: float
    currency: str | None
    pictures: int


class ProviderSpend(BaseModel):
    """`made` were paid for; `cached` were not, for they had been made before. `seconds` is the time that it took.

    `prices` is what the answers said: empty where they say nothing, and then the provider's own account knows.
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
    """What was asked of remote picture providers in this workspace."""
    async with deps.database.reading() as transaction:
        found = await spend_store.summarize(transaction, caller.workspace.id, since, until)
    return SpendAnswer(data=[_spend(spent) for spent in found])


def _spend(spent: ModelSpend) -> ProviderSpend:
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

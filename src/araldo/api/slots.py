"""An account's weekly posting times and next free slots."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.api.auth import CallerDep
from araldo.api.dependencies import DependenciesDep
from araldo.api.fields import CleanText, InputInstant, Instant
from araldo.api.problems import RESPONSES
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.api.times import ZoneName
from araldo.posts.slots import PostingTimes, parse_posting_times, posting_times
from araldo.posts.timing import FURTHEST_AHEAD, When
from araldo.storage.database import Transaction
from araldo.workflows.posts.slots import find_next_slots

router = ResourceRouter(prefix="/api/v1/accounts", tags=["accounts"], responses=RESPONSES)

Clocks = Annotated[list[CleanText], Field(max_length=100)]


class PostingTimesFields(RequestModel):
    """Days that are left out have no times. `zone`: left out, the workspace's."""

    zone: ZoneName | None = None
    times: Annotated[dict[CleanText, Clocks], Field(max_length=7)]

    model_config = {
        "json_schema_extra": {
            "examples": [{"zone": "Europe/Rome", "times": {"mon": ["09:00", "18:30"], "sat": ["11:00"]}}]
        }
    }


class PostingTimesRead(BaseModel):
    """`source`: `own`, or `default` for general times that are used until you set your own."""

    zone: str
    times: dict[str, list[str]]
    source: str


class Slot(BaseModel):
    schedule_time: Instant
    zone: str
    wall_time: str


class SlotList(BaseModel):
    """`source`: as for the posting times."""

    data: list[Slot]
    source: str


@router.get("/{account_id}/posting-times", operation_id="get_posting_times")
async def get_posting_times(account_id: str, deps: DependenciesDep, caller: CallerDep) -> PostingTimesRead:
    account = await deps.database.read(
        lambda transaction: account_store.get_connected(transaction, caller.workspace.id, account_id)
    )
    return _read_model_of(posting_times(account.posting_times, caller.workspace.zone))


@router.put("/{account_id}/posting-times", operation_id="set_posting_times")
async def set_posting_times(
    account_id: str, body: PostingTimesFields, deps: DependenciesDep, caller: CallerDep
) -> PostingTimesRead:
    """Set the posting times. Posts that are already scheduled stay as they are."""
    asked = parse_posting_times(body.zone or caller.workspace.zone, body.times)
    times = await deps.account_settings.set_posting_times(caller.workspace.id, account_id, asked)
    return _read_model_of(times)


@router.get("/{account_id}/slots", operation_id="list_slots")
async def list_slots(
    account_id: str,
    deps: DependenciesDep,
    caller: CallerDep,
    since: Annotated[InputInstant | None, Query(alias="from", description="Default: from now on.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> SlotList:
    """List the next free slots within two years: posting times without a post of this account in the same minute."""
    now = deps.clock.now()
    after = min(max(since or now, now), now + FURTHEST_AHEAD)

    def in_transaction(transaction: Transaction) -> tuple[Account, list[When]]:
        account = account_store.get_connected(transaction, caller.workspace.id, account_id)
        slots = find_next_slots(transaction, caller.workspace, account, after, limit)
        return account, slots

    account, slots = await deps.database.read(in_transaction)
    return SlotList(
        data=[Slot(schedule_time=slot.instant, zone=slot.zone, wall_time=slot.wall_time) for slot in slots],
        source=_source(posting_times(account.posting_times, caller.workspace.zone)),
    )


def _read_model_of(times: PostingTimes) -> PostingTimesRead:
    return PostingTimesRead(**times.as_json(), source=_source(times))


def _source(times: PostingTimes) -> str:
    return "default" if times.is_default else "own"

"""Find an account's next free slots, or take one for a post."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.errors import PostInvalid, Problem
from araldo.messages import Message
from araldo.posts import slot_store
from araldo.posts.slots import free_slots, posting_times
from araldo.posts.timing import When
from araldo.storage.database import Transaction
from araldo.workspaces.models import Workspace


def find_next_slots(
    transaction: Transaction, workspace: Workspace, account: Account, after: datetime, limit: int
) -> list[When]:
    times = posting_times(account.posting_times, workspace.zone)
    taken = slot_store.find_taken_minutes(transaction, [account.id], after)
    return list(islice(free_slots(times, after, taken), limit))


def take_slot(transaction: Transaction, workspace: Workspace, accounts: Sequence[Account], now: datetime) -> When:
    """Return the first account's next slot in which nothing is scheduled on any of the accounts.

    The accounts stay locked until this transaction ends. Raises PostInvalid when there is no free slot.
    """
    # Another transaction that takes a slot waits here for our commit, and then sees our post. The order of locking is
    # the same for all, so that they cannot deadlock.
    for account_id in sorted({account.id for account in accounts}):
        account_store.lock(transaction, account_id)
    # Read after locking, because the transaction that we waited for may have changed it.
    leading = account_store.get(transaction, workspace.id, accounts[0].id)
    taken = slot_store.find_taken_minutes(transaction, [account.id for account in accounts], now)
    slot = next(free_slots(posting_times(leading.posting_times, workspace.zone), now, taken), None)
    if slot is None:
        raise PostInvalid([Problem("/schedule_time", "no_free_slot", Message("slots.no_free_slot"))])
    return slot

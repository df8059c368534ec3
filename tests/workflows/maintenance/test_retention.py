"""Old rows are deleted in slices, and never what an open attempt, an unconfirmed post or the outbox still needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update

from araldo.posts import delivery_store
from araldo.posts.models import State
from araldo.storage import sizes
from araldo.storage.database import Database, Transaction
from araldo.storage.events import record_event
from araldo.storage.idempotency import IdempotentRequest, begin
from araldo.storage.local_blobs import LocalBlobs
from araldo.storage.schema import attempts, deliveries, events, sessions
from araldo.workflows.maintenance import retention as retention_module
from araldo.workflows.maintenance.housekeeping import Housekeeping
from araldo.workflows.maintenance.retention import Pruner, Retention
from araldo.workspaces import session_store, user_store
from tests.support.backups import BackupHarness, make_backup_harness
from tests.support.clock import FakeClock
from tests.support.database import open_transaction

DAY = 86_400.0
RETENTION = Retention(events=timedelta(days=10), attempts=timedelta(days=5))


@pytest.fixture
async def source(database: Database, clock: FakeClock, tmp_path: Path) -> BackupHarness:
    return await make_backup_harness(database, clock, tmp_path)


def prune_of(source: BackupHarness, retention: Retention = RETENTION) -> Pruner:
    return Pruner(source.database, source.clock, retention)


async def attempts_left(source: BackupHarness) -> dict[str, int]:
    """Return how many attempts each delivery has, by its name."""

    def read(transaction: Transaction) -> list[str]:
        return list(transaction.execute(select(attempts.c.delivery_id)).scalars())

    found = await source.database.read(read)
    return {name: found.count(row_id) for name, row_id in source.deliveries.items()}


async def events_left(source: BackupHarness) -> set[str]:
    """Return the names of the deliveries that have events."""

    def read(transaction: Transaction) -> set[str]:
        return set(transaction.execute(select(events.c.delivery_id)).scalars())

    found = await source.database.read(read)
    return {name for name, row_id in source.deliveries.items() if row_id in found}


async def let_the_outbox_read_all(source: BackupHarness) -> None:
    read_all = text("UPDATE outbox_consumers SET position = (SELECT max(id) FROM events)")
    await source.database.write(lambda transaction: transaction.execute(read_all).rowcount)


async def test_attempts_and_events_of_settled_deliveries_go_and_others_stay(source: BackupHarness) -> None:
    await let_the_outbox_read_all(source)
    assert await attempts_left(source) == {
        **dict.fromkeys(source.deliveries, 0),
        "published": 1,
        "unclear": 1,
    }
    await prune_of(source).prune()
    assert (await attempts_left(source))["published"] == 1
    source.clock.advance(5 * DAY + 3_600)
    await prune_of(source).prune()
    assert (await attempts_left(source))["published"] == 0
    assert await events_left(source) == {"published", "unclear"}
    source.clock.advance(5 * DAY)
    await prune_of(source).prune()
    # Its outcome is unknown: whoever decides sees what was sent.
    assert await events_left(source) == {"unclear"}
    assert (await attempts_left(source))["unclear"] == 1


@pytest.mark.parametrize("state", [State.UNCONFIRMED, State.NEEDS_RECONNECT, State.SCHEDULED, State.WAITING])
async def test_of_a_post_that_is_not_settled_everything_stays(source: BackupHarness, state: State) -> None:
    await let_the_outbox_read_all(source)
    row_id = source.deliveries["published"]
    change = update(deliveries).where(deliveries.c.id == row_id).values(state=state)
    await source.database.write(lambda transaction: transaction.execute(change).rowcount)
    source.clock.advance(100 * DAY)
    await prune_of(source).prune()
    assert (await attempts_left(source))["published"] == 1
    assert "published" in await events_left(source)


async def test_what_the_outbox_has_not_read_stays(source: BackupHarness) -> None:
    unread = text("UPDATE outbox_consumers SET position = 0 WHERE name = 'webhooks'")
    await source.database.write(lambda transaction: transaction.execute(unread).rowcount)
    source.clock.advance(100 * DAY)
    await prune_of(source).prune()
    assert "published" in await events_left(source)
    await let_the_outbox_read_all(source)
    await prune_of(source).prune()
    assert await events_left(source) == {"unclear"}


async def test_many_rows_go_in_slices(source: BackupHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention_module, "_SLICE", 3)
    workspace_id = source.publisher.workspace.id
    with open_transaction(source.database, source.clock) as transaction:
        for number in range(10):
            record_event(transaction, f"account.{number}", workspace_id=workspace_id, at=transaction.now)
            begin(transaction, IdempotentRequest("key_1", "/posts", str(number), "h"), transaction.now)
    await let_the_outbox_read_all(source)
    source.clock.advance(11 * DAY)
    with open_transaction(source.database, source.clock) as transaction:
        record_event(transaction, "account.young", workspace_id=workspace_id, at=transaction.now)
    await prune_of(source).prune()

    def read(transaction: Transaction) -> tuple[list[str], int]:
        kinds = transaction.execute(select(events.c.kind).where(events.c.kind.like("account.%"))).scalars()
        return list(kinds), sizes.count_rows_of(transaction, "idempotency")

    assert await source.database.read(read) == (["account.young"], 0)


async def test_a_pruned_delivery_can_be_sent_again(source: BackupHarness) -> None:
    """The number of a further attempt is above those that are left."""
    row = await source.publisher.row(source.deliveries["unclear"])
    first = select(attempts).where(attempts.c.delivery_id == row.id)
    kept = (await source.database.read(lambda tx: tx.execute(first).one()))._asdict()
    with open_transaction(source.database, source.clock) as transaction:
        transaction.execute(insert(attempts).values(**{**kept, "id": "att_2", "number": 2}))
        transaction.execute(attempts.delete().where(attempts.c.id == kept["id"]))
        opened = delivery_store.open_attempt(
            transaction, replace(row), ticket=row.ticket or {}, now=transaction.now, send_before=transaction.now
        )
    assert opened is not None
    assert opened.number == 3


async def test_expired_sessions_and_unused_pictures_go_with_the_housekeeping(
    source: BackupHarness, tmp_path: Path
) -> None:
    with open_transaction(source.database, source.clock) as transaction:
        user = user_store.get_or_create_first(transaction, transaction.now)
        session_store.add(transaction, "h", user.id, source.publisher.workspace.id, "", transaction.now)
    keeper = Housekeeping(
        database=source.database,
        clock=source.clock,
        blobs=LocalBlobs(tmp_path / "blobs"),
        retention=replace(RETENTION, pictures=timedelta(days=40)),
    )
    source.clock.advance(29 * DAY)
    await keeper.purge()
    assert await source.database.read(lambda tx: sizes.count_rows_of(tx, "sessions")) == 1
    source.clock.advance(2 * DAY)
    await keeper.purge()
    assert await source.database.read(lambda tx: sizes.count_rows_of(tx, sessions.name)) == 0


async def test_sizes_are_those_of_the_database_and_the_pictures(source: BackupHarness) -> None:
    assert await source.database.read(sizes.read_database_bytes) > 100_000
    assert await source.database.read(lambda tx: sizes.count_rows_of(tx, "deliveries")) == len(source.deliveries)
    assert {"events", "attempts", "system_state"} <= set(sizes.TABLES)
    assert await source.blobs.measure() == (3, sum(len(f"picture {number}") * 1000 for number in range(3)))

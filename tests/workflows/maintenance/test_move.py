"""Moving from SQLite to PostgreSQL: everything arrives, what waits goes out there, and the old database is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError

from araldo.storage import connections
from araldo.storage.backup.load import DatabaseInUse, DatabaseNotEmpty
from araldo.storage.backup.move import move_database
from araldo.storage.brand_tables import metadata
from araldo.storage.database import Database, Transaction
from araldo.storage.moved import DatabaseMoved, mark_as_moved, place_of
from araldo.workflows.deliveries.claims import Claims
from araldo.workspaces import store as workspace_store
from tests.support.backups import BackupHarness, make_backup_harness
from tests.support.clock import FakeClock
from tests.support.migrated import copy_migrated_file, postgres_database


@pytest.fixture
async def source(clock: FakeClock, tmp_path: Path) -> AsyncIterator[BackupHarness]:
    copy_migrated_file(tmp_path / "araldo.db")
    opened = Database(f"sqlite:///{tmp_path / 'araldo.db'}", clock)
    yield await make_backup_harness(opened, clock, tmp_path)
    await opened.close()


@pytest.fixture
def target_url(empty_postgres: str) -> str:
    return empty_postgres.replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture
def migrated_url(postgres_url: str) -> Iterator[str]:
    """A migrated database that nobody else is connected to."""
    with postgres_database(postgres_url, migrated=True) as url:
        yield url.replace("postgresql://", "postgresql+psycopg://")


def move(source: BackupHarness, target_url: str) -> int:
    return move_database(source.database.url, target_url, now=source.clock.now(), progress=lambda _done, _total: None)


def all_rows(transaction: Transaction) -> dict[str, list[Any]]:
    """Return every row of every table but of this installation's own state, sorted."""
    return {
        one.name: sorted(map(repr, transaction.execute(select(one)).all()))
        for one in metadata.sorted_tables
        if one.name != "system_state"
    }


async def test_everything_arrives_and_what_waits_goes_out_there_and_not_here(
    source: BackupHarness, target_url: str
) -> None:
    check_at = source.clock.now() + timedelta(minutes=10)
    await source.database.write(
        lambda tx: tx.execute(text("UPDATE sqlite_sequence SET seq = seq + 7 WHERE name = 'events'")).rowcount
    )
    before = await source.database.read(all_rows)
    last = await source.database.read(lambda tx: tx.execute(text("SELECT seq FROM sqlite_sequence")).scalar_one())
    rows = move(source, target_url)
    assert rows == sum(map(len, before.values()))
    target = Database(target_url, source.clock)
    await target.migrate()
    assert await target.read(all_rows) == before
    assert await Claims(target, lease_s=15).claim_due(9) == ([], check_at)
    source.clock.advance(3_600)
    claimed, _ = await Claims(target, lease_s=15).claim_due(9)
    assert {one.row.id for one in claimed} == {source.deliveries["unclear"], source.deliveries["due"]}
    # Ids of events go on where they were, also after events that were deleted.
    newest = await target.read(lambda tx: tx.execute(text("SELECT max(id) FROM events")).scalar_one())
    assert newest > last
    await target.close()
    again = Database(source.database.url, source.clock)
    with pytest.raises(DatabaseMoved, match=r"was moved to postgresql://127\.0\.0\.1:\d+/t_\w+ and"):
        await again.migrate()
    await again.close()


async def test_a_database_with_data_is_refused_and_nothing_is_marked(
    source: BackupHarness, migrated_url: str, clock: FakeClock
) -> None:
    target = Database(migrated_url, clock)
    await target.write(lambda tx: workspace_store.get_or_create_first(tx, tx.now))
    with pytest.raises(DatabaseInUse):
        move(source, target.url)
    await target.close()
    with pytest.raises(DatabaseNotEmpty):
        move(source, target.url)
    await source.database.migrate()


async def test_a_migrated_database_without_data_is_taken(source: BackupHarness, migrated_url: str) -> None:
    assert move(source, migrated_url) > 0


async def test_a_copy_that_fails_leaves_both_as_they_were(source: BackupHarness, target_url: str) -> None:
    await source.database.write(lambda tx: tx.execute(text("UPDATE attempts SET number = 'no number'")).rowcount)
    with pytest.raises(Exception, match="no number"):
        move(source, target_url)
    await source.database.migrate()
    assert tables_in(target_url) == []


async def test_after_a_commit_that_fails_neither_publishes_and_the_same_command_goes_on(
    source: BackupHarness, target_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = connections.create_writing_engine

    def create_failing(url: str, lock_timeout_s: float) -> Any:
        engine = create(url, lock_timeout_s)
        if url == target_url:
            event.listen(engine, "commit", fail)
        return engine

    def fail(_connection: object) -> None:
        raise OperationalError("COMMIT", {}, OSError("gone"))

    with monkeypatch.context() as patched:
        patched.setattr(connections, "create_writing_engine", create_failing)
        with pytest.raises(OperationalError):
            move(source, target_url)
    with pytest.raises(DatabaseMoved):
        await source.database.migrate()
    assert tables_in(target_url) == []
    move(source, target_url)
    target = Database(target_url, source.clock)
    await target.migrate()
    await target.close()


async def test_a_moved_database_is_not_copied_to_a_second_place(source: BackupHarness, target_url: str) -> None:
    """Both copies would publish what is scheduled."""
    with connections.begin(connections.create_writing_engine(source.database.url, 5)) as connection:
        mark_as_moved(connection, "postgresql://db.example/elsewhere", source.clock.now())
    with pytest.raises(DatabaseMoved, match=r"was moved to postgresql://db\.example/elsewhere"):
        move(source, target_url)
    assert tables_in(target_url) == []


def tables_in(url: str) -> list[str]:
    with connections.begin(connections.create_writing_engine(url, 5)) as connection:
        found = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        return list(found.scalars())


def test_a_place_is_named_without_password() -> None:
    url = "postgresql+psycopg://me:secret@db.example:6432/araldo?password=other"
    assert place_of(url) == "postgresql://db.example:6432/araldo"
    assert place_of("postgresql+psycopg:///araldo") == "postgresql:///araldo"

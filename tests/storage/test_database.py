"""Transactions as functions: group commit, undoing one alone, faults of the database, cancelled callers, reads."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from structlog.testing import capture_logs

from araldo.local_faults import is_transient
from araldo.storage.database import Database, Transaction, TransactionFailed
from tests.support.clock import FakeClock

GROUP = 64
_INSERT = text("INSERT INTO notes (id, filling) VALUES (:id, :filling)")


def create_table(transaction: Transaction) -> None:
    transaction.execute(text("CREATE TABLE notes (id INT PRIMARY KEY, filling TEXT)"))


def insert(transaction: Transaction, number: int, filling: str = "") -> int:
    transaction.execute(_INSERT, {"id": number, "filling": filling})
    return number


def insert_then_raise(transaction: Transaction, number: int) -> int:
    insert(transaction, number)
    raise ZeroDivisionError


def stored(transaction: Transaction) -> list[int]:
    return list(transaction.execute(text("SELECT id FROM notes ORDER BY id")).scalars())


@pytest.fixture
async def notes(database: Database) -> Database:
    """Both databases, with a table of the test's own."""
    await database.write(create_table)
    return database


class PausedWriter:
    """Holds the writer thread of SQLite, so that what is submitted meanwhile becomes one group."""

    def __init__(self, database: Database, first: Callable[[Transaction], object] = lambda _: None) -> None:
        self._database, self._first = database, first
        self._held, self._released = threading.Event(), threading.Event()

    async def __aenter__(self) -> PausedWriter:
        self._task = asyncio.create_task(self._database.write(self._hold))
        await asyncio.to_thread(self._held.wait, 20)
        return self

    def _hold(self, transaction: Transaction) -> None:
        self._first(transaction)
        self._held.set()
        self._released.wait(20)

    async def __aexit__(self, *_: object) -> None:
        self._released.set()
        await self._task


async def run_as_group(database: Database, functions: list[Callable[[Transaction], int]]) -> list[int | BaseException]:
    """Run the functions in one group where there are groups; return their values and errors in order."""
    async with PausedWriter(database):
        tasks = [asyncio.create_task(database.write(function)) for function in functions]
        await asyncio.sleep(0)
    return await asyncio.gather(*tasks, return_exceptions=True)


def count_commits(database: Database) -> list[str]:
    """Return a list that grows with every BEGIN of SQLite's writer."""
    begun: list[str] = []

    @event.listens_for(database._engine, "before_cursor_execute")
    def _note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("BEGIN"):
            begun.append(statement)

    return begun


async def test_a_function_that_raises_undoes_itself_alone(notes: Database) -> None:
    functions: list[Callable[[Transaction], int]] = [
        partial(insert_then_raise if number in {0, 31, 63} else insert, number=number) for number in range(GROUP)
    ]
    done = await run_as_group(notes, functions)
    kept = [number for number in range(GROUP) if number not in {0, 31, 63}]
    assert [one for one in done if isinstance(one, int)] == kept
    assert [type(one) for one in done if isinstance(one, BaseException)] == [ZeroDivisionError] * 3
    assert await notes.read(stored) == kept


async def test_an_error_does_not_repeat_what_a_person_wrote(notes: Database) -> None:
    """It is logged with its traceback."""
    await notes.write(lambda transaction: insert(transaction, 1))
    with pytest.raises(IntegrityError) as raised:
        await notes.write(lambda transaction: insert(transaction, 1, "Ciao a tutti"))
    assert "Ciao" not in str(raised.value)


# On PostgreSQL every function has a commit of its own.
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_functions_that_wait_share_one_commit_on_sqlite(notes: Database) -> None:
    begun = count_commits(notes)
    await run_as_group(notes, [partial(insert, number=number) for number in range(GROUP + 6)])
    # The one that held the thread, 64 together, the other six.
    assert len(begun) == 3


async def test_work_before_the_commit_is_undone_with_its_function(notes: Database) -> None:
    def work(transaction: Transaction, numbers: list[int]) -> None:
        for number in numbers:
            insert(transaction, number)
        if 8 in numbers:
            raise ZeroDivisionError

    def register(transaction: Transaction, numbers: list[int]) -> int:
        for number in numbers:
            transaction.before_commit(work, number)
        return len(numbers)

    done = await run_as_group(notes, [partial(register, numbers=[1, 2]), partial(register, numbers=[7, 8])])
    assert done[0] == 2
    assert isinstance(done[1], ZeroDivisionError)
    assert await notes.read(stored) == [1, 2]


@pytest.fixture
async def small(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Database]:
    """An SQLite database that cannot grow much further: its page limit raises the same SQLITE_FULL as a full disk."""
    opened = Database(f"sqlite:///{tmp_path / 'small.db'}", clock)

    @event.listens_for(opened._engine, "connect")
    def _limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count=40")

    await opened.write(create_table)
    yield opened
    await opened.close()


@pytest.mark.parametrize("at", [0, 31, GROUP - 1])
async def test_a_transaction_that_sqlite_ended_fails_its_whole_group(small: Database, at: int) -> None:
    functions: list[Callable[[Transaction], int]] = [
        partial(insert, number=number, filling="x" * (400_000 if number == at else 10)) for number in range(GROUP)
    ]
    done = await run_as_group(small, functions)
    assert {type(one) for one in done} == {TransactionFailed}
    assert all(is_transient(one) for one in done if isinstance(one, BaseException))
    assert len(set(map(id, done))) == GROUP
    assert await small.read(stored) == []
    # The next group has a new connection.
    assert await small.write(partial(insert, number=1)) == 1
    assert await small.read(stored) == [1]


async def test_a_function_that_catches_the_end_of_its_transaction_writes_nothing(small: Database) -> None:
    """After SQLite ended the transaction, each further statement would be committed by itself."""

    def go_on(transaction: Transaction) -> int:
        with pytest.raises(OperationalError):
            insert(transaction, 1, "x" * 400_000)
        assert not transaction.stands
        return insert(transaction, 2)

    def give_up(transaction: Transaction) -> int:
        with pytest.raises(OperationalError):
            insert(transaction, 3, "x" * 400_000)
        return 3

    for function in (go_on, give_up):
        with pytest.raises(TransactionFailed):
            await small.write(function)
    assert await small.read(stored) == []


async def test_a_lack_of_memory_that_a_function_catches_writes_nothing(small: Database) -> None:
    """The driver raises MemoryError for SQLITE_NOMEM, after which SQLite may have rolled back."""

    @event.listens_for(small._engine, "before_cursor_execute")
    def _run_out(_connection: object, cursor: sqlite3.Cursor, statement: str, parameters: object, *_: object) -> None:
        if parameters == (1, ""):
            cursor.connection.execute("ROLLBACK")
            raise MemoryError

    def go_on(transaction: Transaction) -> int:
        with suppress(MemoryError):
            insert(transaction, 1)
        return insert(transaction, 2)

    with pytest.raises(TransactionFailed):
        await small.write(go_on)
    assert await small.read(stored) == []


def deny(transaction: Transaction, statement: str) -> int:
    """Let SQLite refuse `statement` on this connection from now on."""
    driver: object = transaction._connection.connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)
    denied = (sqlite3.SQLITE_TRANSACTION, statement)
    driver.set_authorizer(lambda *asked: sqlite3.SQLITE_DENY if asked[:2] == denied else sqlite3.SQLITE_OK)
    return 0


async def test_a_group_whose_begin_fails_fails_whole(small: Database) -> None:
    async with PausedWriter(small, partial(deny, statement="BEGIN")):
        tasks = [asyncio.create_task(small.write(partial(insert, number=number))) for number in range(GROUP)]
        await asyncio.sleep(0)
    await assert_all_failed(small, await asyncio.gather(*tasks, return_exceptions=True))


async def test_nobody_is_answered_before_the_commit_has_returned(small: Database) -> None:
    functions: list[Callable[[Transaction], int]] = [partial(insert, number=number) for number in range(GROUP - 1)]
    await assert_all_failed(small, await run_as_group(small, [partial(deny, statement="COMMIT"), *functions]))


async def assert_all_failed(database: Database, done: list[int | BaseException]) -> None:
    """Assert that nothing is stored, and that the next group has a new connection."""
    assert {type(one) for one in done} == {TransactionFailed}
    assert await database.read(stored) == []
    assert await database.write(partial(insert, number=99)) == 99
    assert await database.read(stored) == [99]


async def test_a_caller_cancelled_during_its_commit_leaves_what_a_crash_would(notes: Database) -> None:
    running, go_on = threading.Event(), threading.Event()

    def slow(transaction: Transaction) -> int:
        running.set()
        go_on.wait(20)
        return insert(transaction, 1)

    task = asyncio.create_task(notes.write(slow))
    await asyncio.to_thread(running.wait, 20)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    go_on.set()
    await asyncio.to_thread(notes.wait_until_idle)
    assert await notes.read(stored) == [1]


# PostgreSQL's threads are not held by one function.
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_caller_cancelled_while_it_waits_leaves_nothing(notes: Database) -> None:
    async with PausedWriter(notes):
        task = asyncio.create_task(notes.write(partial(insert, number=1)))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
    assert await notes.read(stored) == []


# Several threads take functions at once, in no fixed order.
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_urgent_functions_go_first(notes: Database) -> None:
    order: list[int] = []

    def note(_transaction: Transaction, number: int) -> None:
        order.append(number)

    async with PausedWriter(notes):
        tasks = [asyncio.create_task(notes.write(partial(note, number=number))) for number in range(3)]
        tasks.append(asyncio.create_task(notes.write(partial(note, number=9), urgent=True)))
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert order == [9, 0, 1, 2]


# SQLite has one writer thread.
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_functions_with_one_key_hold_one_thread(notes: Database) -> None:
    """Four that wait for one row would hold all threads, and every other write would wait for them."""
    first, go_on, runs = threading.Event(), threading.Event(), list[int]()

    def lock_row(transaction: Transaction, number: int) -> None:
        runs.append(number)
        first.set()
        go_on.wait(20)

    locking = [asyncio.create_task(notes.write(partial(lock_row, number=n), one_at_a_time="acc_1")) for n in range(8)]
    await asyncio.to_thread(first.wait, 20)
    assert await notes.write(partial(insert, number=1)) == 1
    assert len(runs) == 1
    go_on.set()
    await asyncio.gather(*locking)
    assert len(runs) == 8
    assert not notes._turns


# One writer has no deadlocks.
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_a_function_that_lost_a_deadlock_runs_again(notes: Database) -> None:
    await notes.write(lambda transaction: [insert(transaction, number) for number in (1, 2)] and None)
    both, runs = threading.Barrier(2), list[int]()
    update = text("UPDATE notes SET filling = filling || 'x' WHERE id = :id")

    def cross(transaction: Transaction, ids: tuple[int, int]) -> None:
        runs.append(ids[0])
        transaction.execute(update, {"id": ids[0]})
        if len(runs) <= 2:
            both.wait(20)
        transaction.execute(update, {"id": ids[1]})

    await asyncio.gather(*(notes.write(partial(cross, ids=ids)) for ids in ((1, 2), (2, 1))))
    assert len(runs) > 2
    found = await notes.read(lambda transaction: transaction.execute(text("SELECT filling FROM notes")).scalars().all())
    assert list(found) == ["xx", "xx"]


# SQLite has no server.
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_a_connection_that_died_while_idle_is_replaced(notes: Database) -> None:
    await asyncio.gather(*(notes.write(partial(insert, number=number)) for number in range(8)))
    kill = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    await notes.read(lambda transaction: transaction.execute(kill).all() and None)
    for number in range(8, 16):
        assert await notes.write(partial(insert, number=number)) == number
        assert len(await notes.read(stored)) == number + 1


async def test_a_read_cannot_write(notes: Database) -> None:
    with pytest.raises(DBAPIError):
        await notes.read(partial(insert, number=1))
    assert await notes.read(stored) == []


async def test_a_read_sees_one_snapshot_and_what_was_committed_before_it(notes: Database) -> None:
    loop = asyncio.get_running_loop()

    def look_twice(transaction: Transaction) -> tuple[int, int]:
        before = len(stored(transaction))
        asyncio.run_coroutine_threadsafe(notes.write(partial(insert, number=2)), loop).result(20)
        return before, len(stored(transaction))

    await notes.write(partial(insert, number=1))
    assert await notes.read(look_twice) == (1, 1)
    assert await notes.read(stored) == [1, 2]


async def test_the_clock_stands_while_a_function_runs(notes: Database, clock: FakeClock) -> None:
    running = threading.Event()
    started = clock.now()

    def look(transaction: Transaction) -> bool:
        running.set()
        # The test tries to advance the clock meanwhile.
        threading.Event().wait(0.05)
        return transaction.now == clock.now() == started

    task = asyncio.create_task(notes.write(look))
    await asyncio.to_thread(running.wait, 20)
    clock.advance(60)
    assert await task


async def test_a_slow_function_is_logged(notes: Database) -> None:
    def dawdle(_transaction: Transaction) -> None:
        threading.Event().wait(0.06)

    with capture_logs() as lines:
        await notes.write(dawdle)
    assert [(line["event"], line["function"].rpartition(".")[2]) for line in lines] == [("slow_transaction", "dawdle")]


async def test_a_closed_database_runs_what_waits_and_takes_no_more(notes: Database) -> None:
    tasks = [asyncio.create_task(notes.write(partial(insert, number=number))) for number in range(10)]
    await asyncio.sleep(0)
    await notes.close()
    assert await asyncio.gather(*tasks) == list(range(10))
    with pytest.raises(RuntimeError):
        await notes.write(partial(insert, number=11))

"""Which errors are passing faults of this machine, and which are bugs."""

from __future__ import annotations

import errno
import socket
import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from araldo.clock import SystemClock
from araldo.errors import NotFound, Rejected, TryLater
from araldo.local_faults import TransientFault, is_transient
from araldo.messages import message_of
from araldo.storage.database import Database
from tests.support.database import open_reading, open_transaction

WORDS = message_of({"en": "No.", "it": "No."})


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        *(OSError(number, "no") for number in (errno.ENOSPC, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO)),
        OSError(errno.EDQUOT, "no"),
        BlockingIOError(errno.EAGAIN, "no"),
        MemoryError(),
        RuntimeError("can't start new thread"),
        TransientFault("the process crashed"),
        OperationalError("SELECT 1", {}, psycopg.OperationalError("connection refused")),
        psycopg.errors.DiskFull("no"),
        psycopg.errors.ReadOnlySqlTransaction("no"),
        psycopg.InterfaceError("the connection is closed"),
        DBAPIError("SELECT 1", {}, Exception("gone"), connection_invalidated=True),
        PoolTimeout("QueuePool limit"),
        caused(ValueError("while drawing"), OSError(errno.ENOSPC, "no")),
        ExceptionGroup("both", [MemoryError(), OSError(errno.EMFILE, "no")]),
    ],
    ids=repr,
)
def test_local_faults_are_transient(error: BaseException) -> None:
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        KeyError("bug"),
        RuntimeError("bug"),
        FileNotFoundError(errno.ENOENT, "no"),
        PermissionError(errno.EACCES, "no"),
        socket.gaierror(socket.EAI_NONAME, "no"),
        OSError("no number"),
        NotFound(WORDS),
        Rejected(WORDS, service="x"),
        TryLater(WORDS, service="x"),
        caused(Rejected(WORDS, service="x"), OSError(errno.ENOSPC, "no")),
        OperationalError("SELECT 1", {}, sqlite3.OperationalError("made by hand, without a code")),
        psycopg.errors.UndefinedTable("no"),
        psycopg.errors.UniqueViolation("no"),
        ExceptionGroup("one of both", [MemoryError(), KeyError("bug")]),
    ],
    ids=repr,
)
def test_permanent_failures_are_not_transient(error: BaseException) -> None:
    assert not is_transient(error)


def test_a_cycle_of_causes_ends() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert not is_transient(first)


async def test_sqlite_result_codes_decide_whether_transient(tmp_path: Path) -> None:
    missing = Database(f"sqlite:///{tmp_path}/no-folder/araldo.db", SystemClock())
    with pytest.raises(OperationalError) as cannot_open, open_reading(missing) as transaction:
        transaction.execute(text("SELECT 1"))
    assert is_transient(cannot_open.value)
    await missing.close()

    database = Database(f"sqlite:///{tmp_path}/araldo.db", SystemClock())
    with pytest.raises(OperationalError) as no_table, open_reading(database) as transaction:
        transaction.execute(text("SELECT * FROM nowhere"))
    assert not is_transient(no_table.value)

    with open_transaction(database) as transaction:
        transaction.execute(text("CREATE TABLE filled (data BLOB)"))
    with open_transaction(database) as transaction:
        transaction.execute(text("PRAGMA max_page_count = 2"))
        with pytest.raises(OperationalError) as full:
            transaction.execute(text("INSERT INTO filled VALUES (zeroblob(1000000))"))
    assert is_transient(full.value)
    await database.close()

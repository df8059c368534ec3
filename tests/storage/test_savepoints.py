"""A savepoint undoes its block alone, on both databases."""

from __future__ import annotations

from contextlib import suppress

import pytest
from sqlalchemy.exc import IntegrityError

from araldo.storage.database import Database, Transaction
from tests.storage.test_database import create_table, insert, stored


@pytest.fixture
async def notes(database: Database) -> Database:
    await database.write(create_table)
    return database


async def test_an_error_within_a_savepoint_can_be_caught(notes: Database) -> None:
    def insert_twice(transaction: Transaction) -> int:
        insert(transaction, 1)
        with suppress(IntegrityError), transaction.savepoint():
            insert(transaction, 2)
            insert(transaction, 1)
            raise AssertionError("stored twice")
        return insert(transaction, 3)

    assert await notes.write(insert_twice) == 3
    assert await notes.read(stored) == [1, 3]


async def test_what_a_savepoint_undoes_registers_nothing_before_the_commit(notes: Database) -> None:
    done: list[list[int]] = []

    def work(_: Transaction, items: list[int]) -> None:
        done.append(items)

    def register(transaction: Transaction) -> None:
        transaction.before_commit(work, 1)
        with suppress(ValueError), transaction.savepoint():
            transaction.before_commit(work, 2)
            with transaction.savepoint():
                transaction.before_commit(work, 3)
            raise ValueError
        with transaction.savepoint():
            transaction.before_commit(work, 4)

    await notes.write(register)
    assert done == [[1, 4]]

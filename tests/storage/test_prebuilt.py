"""Changes that are rendered once do what SQLAlchemy does with the same statement, and fail as it does."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Insert, Update, bindparam, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from araldo.storage.database import Database, Transaction
from araldo.storage.prebuilt import RenderedChange
from araldo.storage.schema import events, posts, workspaces
from tests.support.database import open_reading, open_transaction

AT = datetime(2030, 1, 2, 3, 4, 5, 678_901, tzinfo=timezone(timedelta(hours=2)))
NAME = "Ciao, 世界 100 % :x ? %s"
WORKSPACE = {"id": "ws_1", "name": NAME, "language": "it", "zone": "Europe/Rome", "created_at": AT}
EVENT = {"workspace_id": "ws_1", "post_id": None, "delivery_id": None, "kind": "made", "at": AT, "trace_parent": None}


@pytest.fixture
def workspace(database: Database) -> Database:
    """The database with one workspace, inserted by a change."""
    with open_transaction(database) as transaction:
        assert transaction.change(RenderedChange(insert(workspaces)), WORKSPACE) == 1
    return database


async def test_the_values_are_those_of_the_same_statement(workspace: Database) -> None:
    event: dict[str, Any] = EVENT | {"data": {"a": [1, None, "“è” %s"]}}
    with open_transaction(workspace) as transaction:
        transaction.change(RenderedChange(insert(events)), event)
        transaction.execute(insert(events), event)
        transaction.change(RenderedChange(insert(events)), event | {"data": []})
        transaction.execute(insert(workspaces), WORKSPACE | {"id": "ws_2"})
    with open_reading(workspace) as transaction:
        ours, theirs, other = transaction.execute(select(events).order_by(events.c.id)).all()
        first, second = transaction.execute(select(workspaces).order_by(workspaces.c.id)).all()
    assert ours[1:] == theirs[1:]
    assert (ours.at, ours.data, other.data) == (AT, event["data"], [])
    assert first[1:] == second[1:]
    assert first.name == NAME


async def test_constants_stay_and_the_number_of_rows_is_returned(workspace: Database) -> None:
    rename = RenderedChange(
        update(workspaces)
        .where(workspaces.c.id == bindparam("b_id"), workspaces.c.language == "it")
        .values(name=bindparam("name"), created_at=bindparam("b_at"), language="en")
    )
    later = AT + timedelta(days=1)
    with open_transaction(workspace) as transaction:
        assert transaction.change(rename, {"b_id": "ws_2", "name": "no", "b_at": AT}) == 0
        assert transaction.change(rename, {"b_id": "ws_1", "name": "yes", "b_at": later, "unused": 1}) == 1
        assert transaction.change(rename, {"b_id": "ws_1", "name": "twice", "b_at": AT}) == 0
        row = transaction.execute(select(workspaces)).one()
    assert (row.name, row.language, row.created_at) == ("yes", "en", later)


async def test_an_error_is_sqlalchemys_without_what_a_person_wrote(workspace: Database) -> None:
    add = RenderedChange(insert(workspaces))

    def add_twice(transaction: Transaction) -> None:
        with pytest.raises(IntegrityError) as raised, transaction.savepoint():
            transaction.change(add, WORKSPACE)
        assert "Ciao" not in str(raised.value)
        assert raised.value.connection_invalidated is False
        transaction.change(add, WORKSPACE | {"id": "ws_2"})

    await workspace.write(add_twice)
    with open_reading(workspace) as transaction:
        assert set(transaction.execute(select(workspaces.c.id)).scalars()) == {"ws_1", "ws_2"}


def _dawdle(transaction: Transaction) -> None:
    transaction.execute(text("SELECT pg_sleep(0.2)"))


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_a_change_on_a_dead_connection_is_run_again_on_another(workspace: Database) -> None:
    change, runs = RenderedChange(update(workspaces).values(name=bindparam("name"))), list[bool]()

    def rename(transaction: Transaction) -> None:
        if not runs:
            pid = transaction.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with open_transaction(workspace) as other:
                other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        runs.append(True)
        try:
            transaction.change(change, {"name": "again"})
        finally:
            runs[-1] = transaction.stands

    # Every thread has a connection that it keeps.
    await asyncio.gather(*(workspace.write(_dawdle) for _ in range(4)))
    await workspace.write(rename)
    assert runs == [False, True]
    with open_reading(workspace) as transaction:
        assert transaction.execute(select(workspaces.c.name)).scalar_one() == "again"


@pytest.mark.parametrize(
    "statement",
    [
        update(workspaces).values(name="x").returning(workspaces.c.id),
        # Python makes a value of it.
        insert(posts),
    ],
)
async def test_what_returns_rows_or_has_values_of_python_is_refused(
    database: Database, statement: Insert | Update
) -> None:
    with open_transaction(database) as transaction, pytest.raises(TypeError):
        transaction.change(RenderedChange(statement), {"id": "post_1"})

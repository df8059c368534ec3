"""A database of an earlier version, with posts in all stages, migrates on both databases and goes on from there.

`fixtures/made_by_0011.json` has the rows that version made against the sandbox (revision 0011 of the schema, November
2026): a draft, a scheduled post with its pictures, a published and an unconfirmed one.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import JSON, Boolean, Connection, DateTime, MetaData, Table, text

from araldo.posts import list_store
from araldo.posts import store as post_store
from araldo.posts.models import PostView, State
from araldo.storage import connections
from araldo.storage.database import Database, migration_config
from araldo.workflows.deliveries.claims import Claims
from tests.support.clock import FakeClock

MADE = json.loads((Path(__file__).parent / "fixtures" / "made_by_0011.json").read_text(encoding="utf-8"))
WORKSPACE_ID = MADE["tables"]["workspaces"][0]["id"]
DUE = datetime(2031, 6, 1, 7, 30, tzinfo=UTC)


def insert_rows(connection: Connection) -> None:
    """Insert the rows as the earlier version had stored them; SQLite's texts and numbers become PostgreSQL's types."""
    tables = MetaData()
    tables.reflect(connection, only=list(MADE["tables"]))
    for table in tables.sorted_tables:
        rows = [
            {name: convert(table, name, value) for name, value in row.items()} for row in MADE["tables"][table.name]
        ]
        if table.name == "tellers":
            # The migration of an empty database has made them.
            connection.execute(table.delete())
        connection.execute(table.insert(), rows)
    if connection.dialect.name == "postgresql":
        # Rows with ids of their own leave the sequence behind.
        connection.execute(text("SELECT setval('events_id_seq', (SELECT max(id) FROM events))"))


def convert(table: Table, name: str, value: Any) -> Any:
    kind = table.c[name].type
    if value is None:
        return None
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    if isinstance(kind, JSON):
        return json.loads(value)
    return bool(value) if isinstance(kind, Boolean) else value


@pytest.fixture(params=["sqlite", "postgresql"])
async def upgraded(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'old.db'}"
    else:
        url = request.getfixturevalue("empty_postgres").replace("postgresql://", "postgresql+psycopg://")
    opened = Database(url, clock)
    with connections.begin(opened._engine) as connection:
        command.upgrade(migration_config(connection), MADE["version"])
    with connections.begin(opened._engine) as connection:
        insert_rows(connection)
    await opened.migrate()
    clock.advance((DUE - clock.now()).total_seconds() - 3_600)
    yield opened
    await opened.close()


async def view(database: Database, name: str) -> PostView:
    return await database.read(lambda tx: post_store.get(tx, WORKSPACE_ID, MADE["posts"][name]))


async def test_posts_keep_their_states_texts_and_ids(upgraded: Database) -> None:
    views = {name: await view(upgraded, name) for name in MADE["posts"]}
    assert {name: found.status for name, found in views.items()} == {name: name for name in views}
    assert views["draft"].post.content == "Bozza con accenti: perché no?"
    assert views["scheduled"].post.due_at == DUE
    before = {row["id"]: row for row in MADE["tables"]["deliveries"]}
    for found in views.values():
        for row in found.deliveries:
            old = before[row.id]
            assert (row.platform, row.account_id, row.remote_id, row.permalink, row.open_attempts) == tuple(
                old[name] for name in ("platform", "account_id", "remote_id", "permalink", "open_attempts")
            )
            assert row.ticket == (None if old["ticket"] is None else json.loads(old["ticket"]))
    (unclear,) = views["unconfirmed"].deliveries
    assert unclear.may_be_decided
    assert unclear.open_attempts == 1


async def test_lists_find_them_by_status(upgraded: Database) -> None:
    for name, post_id in MADE["posts"].items():
        wanted = list_store.PostFilter([name], None, None, None, None)
        found, _ = await upgraded.read(
            partial(list_store.list_posts, workspace_id=WORKSPACE_ID, wanted=wanted, limit=9, cursor=None)
        )
        assert [one.post.id for one in found] == [post_id], name


async def test_a_scheduled_post_is_claimed_at_its_time_with_its_pictures(upgraded: Database, clock: FakeClock) -> None:
    claims = Claims(upgraded, lease_s=15)
    assert await claims.claim_due(9) == ([], DUE)
    clock.advance(3_600)
    claimed, _ = await claims.claim_due(9)
    assert sorted(one.row.platform for one in claimed) == ["facebook", "instagram", "instagram_story"]
    assert {one.row.state for one in claimed} == {State.PREPARING}
    assert all(one.account is not None and len(one.media) == 1 for one in claimed)

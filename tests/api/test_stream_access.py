"""Streams end when their key, session or membership ends; one query checks all open streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
from sqlalchemy import delete

from araldo.api.stream_access import CHECK_EVERY_S, StreamAccess
from araldo.clock import SystemClock
from araldo.storage.database import Database
from araldo.storage.user_tables import members
from araldo.workspaces import session_store, user_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.keys import make_key
from araldo.workspaces.models import Caller
from araldo.workspaces.permissions import ALL_PERMISSIONS
from araldo.workspaces.users import make_session_token
from tests.support.database import open_transaction


async def silent(ended: asyncio.Event) -> AsyncGenerator[str]:
    try:
        yield "first"
        await asyncio.Event().wait()
    finally:
        ended.set()


async def callers(database: Database) -> dict[str, Caller]:
    now, token = SystemClock().now(), make_session_token()
    with open_transaction(database) as transaction:
        here = workspace_store.get_or_create_first(transaction, now)
        user = user_store.get_or_create_first(transaction, now)
        key_id = workspace_store.add_key(transaction, here.id, "", make_key(), now)
        session_store.add(transaction, token.hash, user.id, here.id, "", now)
        session = session_store.find_by_token(transaction, token.hash, now)
    assert session is not None
    return {
        "key": Caller(here, key_id, ALL_PERMISSIONS, key_id=key_id),
        "session": Caller(here, session.member_id, ALL_PERMISSIONS, session_id=session.id),
    }


@pytest.mark.parametrize("lost", ["key", "membership"])
async def test_streams_end_for_callers_without_access_and_continue_for_others(database: Database, lost: str) -> None:
    access, here = StreamAccess(database, SystemClock()), await callers(database)
    closed = {name: asyncio.Event() for name in here}
    streams = {name: access.guard(caller, silent(closed[name])) for name, caller in here.items()}
    assert [await anext(stream) for stream in streams.values()] == ["first", "first"]
    coming = {name: asyncio.ensure_future(anext(stream, None)) for name, stream in streams.items()}
    with open_transaction(database) as transaction:
        if lost == "key":
            workspace_store.revoke_key(transaction, here["key"].workspace.id, here["key"].id, SystemClock().now())
        else:
            transaction.execute(delete(members))
    ended, going_on = ("key", "session") if lost == "key" else ("session", "key")
    # Half a second until the next look, and a look may be a quarter of a second old.
    assert 1.5 * CHECK_EVERY_S < 1
    assert await asyncio.wait_for(coming[ended], 20 * CHECK_EVERY_S) is None
    assert closed[ended].is_set()
    assert not coming[going_on].done()
    coming[going_on].cancel()
    await asyncio.wait({coming[going_on]})
    assert closed[going_on].is_set()
    assert not access._open

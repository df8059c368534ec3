"""Removal of members and users in both databases: anybody but the last, also concurrently."""

from __future__ import annotations

import asyncio

import pytest

from araldo.errors import Conflict, NotFound
from araldo.storage.database import Database
from araldo.workspaces import session_store, user_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.keys import hash_secret
from araldo.workspaces.models import Workspace
from araldo.workspaces.users import User
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction


async def two_members(database: Database, clock: FakeClock) -> tuple[Workspace, User, User]:
    with open_transaction(database) as transaction:
        here = workspace_store.get_or_create_first(transaction, clock.now())
        first = user_store.get_or_create_first(transaction, clock.now())
        second = user_store.create(transaction, "Bruna", "it", clock.now())
        user_store.add_member(transaction, second.id, here.id, clock.now())
    return here, first, second


async def test_a_removed_member_keeps_other_workspaces_and_sessions(database: Database, clock: FakeClock) -> None:
    here, _, second = await two_members(database, clock)
    with open_transaction(database) as transaction:
        there = workspace_store.add(transaction, "Altrove", clock.now())
        user_store.add_member(transaction, second.id, there.id, clock.now())
        for token, where in (("here", here), ("there", there)):
            session_store.add(transaction, hash_secret(token), second.id, where.id, "", clock.now())
    with open_transaction(database) as transaction:
        user_store.remove_member(transaction, second.id, here.id)
        with pytest.raises(NotFound):
            user_store.remove_member(transaction, second.id, here.id)
        left = session_store.list_for_user(transaction, second.id, clock.now())
        assert [one.workspace.id for one in left] == [there.id]
        with pytest.raises(Conflict) as refused:
            user_store.remove_member(transaction, second.id, there.id)
        assert refused.value.code == "last_member"


async def test_a_user_is_deleted_with_everything_unless_last_member(database: Database, clock: FakeClock) -> None:
    here, first, second = await two_members(database, clock)
    with open_transaction(database) as transaction:
        session_store.add(transaction, hash_secret("token"), second.id, here.id, "", clock.now())
        link = user_store.create_link(transaction, second.id, clock.now())
        assert user_store.delete_user(transaction, second.id) == [here.id]
    with open_transaction(database) as transaction:
        assert session_store.find_by_token(transaction, hash_secret("token"), clock.now()) is None
        assert user_store.redeem_link(transaction, hash_secret(link), clock.now()) is None
        assert [one.user.name for one in user_store.list_members(transaction, here.id)] == ["owner"]
        with pytest.raises(Conflict) as refused:
            user_store.delete_user(transaction, first.id)
        assert refused.value.code == "last_member"


async def test_two_members_cannot_remove_each_other(database: Database, clock: FakeClock) -> None:
    here, first, second = await two_members(database, clock)

    async def leave(user: User) -> None:
        with open_transaction(database) as transaction:
            user_store.remove_member(transaction, user.id, here.id)

    done = await asyncio.gather(leave(first), leave(second), return_exceptions=True)
    assert sorted(isinstance(one, Conflict) for one in done) == [False, True]
    with open_reading(database) as transaction:
        assert len(user_store.list_members(transaction, here.id)) == 1


async def test_users_are_listed_with_their_workspaces(database: Database, clock: FakeClock) -> None:
    here, _, _ = await two_members(database, clock)
    with open_transaction(database) as transaction:
        user_store.create(transaction, "Nessuno", "it", clock.now())
        found = user_store.list_with_workspaces(transaction)
    assert sorted((user.name, names) for user, names in found) == [
        ("Bruna", [here.name]),
        ("Nessuno", []),
        ("owner", [here.name]),
    ]

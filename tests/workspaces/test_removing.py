"""Removal of members and users in both databases: anybody but the last, also concurrently."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from araldo.errors import Conflict, Forbidden, NotFound, UserError
from araldo.storage.database import Database
from araldo.workflows.accounts.members import Members
from araldo.workspaces import session_store, user_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.keys import hash_secret
from araldo.workspaces.models import Workspace
from araldo.workspaces.roles import Role, RoleTooLow
from araldo.workspaces.users import User
from tests.support.clock import FakeClock
from tests.support.database import open_transaction


async def two_members(database: Database, clock: FakeClock) -> tuple[Workspace, User, User]:
    with open_transaction(database) as transaction:
        here = workspace_store.get_or_create_first(transaction, clock.now())
        first = user_store.get_or_create_first(transaction, clock.now())
        second = user_store.create(transaction, "Bruna", "it", clock.now())
        user_store.add_member(transaction, second.id, here.id, clock.now(), role=Role.OWNER)
    return here, first, second


async def test_a_removed_member_keeps_other_workspaces_and_sessions(database: Database, clock: FakeClock) -> None:
    here, _, second = await two_members(database, clock)
    with open_transaction(database) as transaction:
        there = workspace_store.add(transaction, "Altrove", clock.now())
        user_store.add_member(transaction, second.id, there.id, clock.now(), role=Role.OWNER)
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
        assert refused.value.code == "last_owner"


async def test_a_user_is_deleted_with_everything_unless_last_owner(database: Database, clock: FakeClock) -> None:
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
        assert refused.value.code == "last_owner"


async def demote(members: Members, requester: User, here: Workspace, other: User) -> None:
    await members.set_role(requester.id, here.id, other.id, Role.VIEWER, keep_keys=True)


async def remove(members: Members, requester: User, here: Workspace, other: User) -> None:
    await members.remove(requester.id, here.id, other.id, keep_keys=True)


async def leave(members: Members, _requester: User, here: Workspace, other: User) -> None:
    await members.remove(other.id, here.id, other.id, keep_keys=True)


@pytest.mark.parametrize("attack", [demote, remove, leave])
async def test_of_two_owners_who_remove_each_other_at_once_one_stays(
    database: Database, clock: FakeClock, attack: Callable[[Members, User, Workspace, User], Awaitable[None]]
) -> None:
    """Each in a transaction of its own, on PostgreSQL in a thread of its own; several times, as luck plays a part."""
    here, first, second = await two_members(database, clock)
    members = Members(database)
    for _ in range(10):
        done = await asyncio.gather(
            attack(members, first, here, second), attack(members, second, here, first), return_exceptions=True
        )
        assert sorted(isinstance(one, UserError) for one in done) == [False, True], done
        with open_transaction(database) as transaction:
            owners = [one.user for one in user_store.list_members(transaction, here.id) if one.role is Role.OWNER]
            assert len(owners) == 1
            gone = second if owners == [first] else first
            if user_store.find_role(transaction, gone.id, here.id) is None:
                user_store.add_member(transaction, gone.id, here.id, clock.now(), role=Role.OWNER)
            user_store.set_role(transaction, gone.id, here.id, Role.OWNER)


async def test_the_only_owner_can_neither_be_demoted_nor_removed(database: Database, clock: FakeClock) -> None:
    """A workspace with members of other roles still needs an owner."""
    here, first, second = await two_members(database, clock)
    members = Members(database)
    await demote(members, first, here, second)
    for attempt in (demote, remove):
        with pytest.raises(Conflict) as refused:
            await attempt(members, first, here, first)
        assert refused.value.code == "last_owner"
    with open_transaction(database) as transaction, pytest.raises(Conflict) as refused:
        user_store.delete_user(transaction, first.id)
    assert refused.value.code == "last_owner"


async def test_only_owners_change_members(database: Database, clock: FakeClock) -> None:
    here, first, second = await two_members(database, clock)
    members = Members(database)
    await demote(members, first, here, second)
    for attempt in (demote, remove):
        with pytest.raises(RoleTooLow):
            await attempt(members, second, here, first)
    await remove(members, first, here, second)
    with pytest.raises(Forbidden) as refused:
        await remove(members, second, here, first)
    assert refused.value.code == "permission_missing"


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

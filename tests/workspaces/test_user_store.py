"""Users, sign-in links and sessions in both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from threading import Barrier

import pytest
from cryptography.fernet import Fernet

from araldo.errors import Conflict, NotAllowed, NotFound
from araldo.storage.database import Database, Transaction
from araldo.storage.vault import Vault
from araldo.workflows.accounts.sign_in import Browser, SignIn
from araldo.workspaces import session_store, user_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.keys import hash_secret
from araldo.workspaces.language_store import adopt_language
from araldo.workspaces.models import LanguageSource, WorkspaceChanges
from araldo.workspaces.roles import Role
from araldo.workspaces.users import LINK_LIFETIME, SESSION_IDLE_LIFETIME, SESSION_MAX_LIFETIME, Session, User
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction

VAULT = Vault([Fernet.generate_key().decode()])
HERE = Browser("192.0.2.1", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")


async def owner(database: Database, clock: FakeClock) -> User:
    with open_transaction(database) as transaction:
        return user_store.get_or_create_first(transaction, clock.now())


async def link(database: Database, clock: FakeClock, user: User) -> str:
    with open_transaction(database) as transaction:
        return user_store.create_link(transaction, user.id, clock.now())


async def session(database: Database, clock: FakeClock, token: str) -> Session | None:
    with open_reading(database) as transaction:
        return session_store.find_by_token(transaction, hash_secret(token), clock.now())


async def test_the_first_user_joins_every_workspace_and_is_created_once(database: Database, clock: FakeClock) -> None:
    with open_transaction(database) as transaction:
        made = [workspace_store.add(transaction, name, clock.now()) for name in ("Uno", "Due")]
    first = await owner(database, clock)
    assert (first.name, first.language, first.has_password) == ("owner", None, False)
    assert await owner(database, clock) == first
    with open_reading(database) as transaction:
        mine = workspace_store.list_for_user(transaction, first.id)
        assert {one.id for one in mine} == {one.id for one in made}
        assert [user_store.find_role(transaction, first.id, one.id) for one in made] == [Role.OWNER] * 2
        assert user_store.find_role(transaction, first.id, "ws_other") is None


async def test_processes_that_start_together_create_one_workspace(database: Database, clock: FakeClock) -> None:
    together = Barrier(1 if database.is_sqlite else 4, timeout=30)  # SQLite has one writer at a time

    def start(transaction: Transaction) -> tuple[str, str]:
        together.wait()
        workspace = workspace_store.get_or_create_first(transaction, clock.now())
        return workspace.id, user_store.get_or_create_first(transaction, clock.now()).id

    started = await asyncio.gather(*(database.write(start) for _ in range(4)))
    assert len(set(started)) == 1
    with open_reading(database) as transaction:
        [(workspace_id, user_id)] = set(started)
        assert [one.id for one in workspace_store.list_all(transaction)] == [workspace_id]
        assert [one.id for one in workspace_store.list_for_user(transaction, user_id)] == [workspace_id]


async def test_a_user_has_no_language_until_one_is_chosen(database: Database, clock: FakeClock) -> None:
    user = await owner(database, clock)
    with open_transaction(database) as transaction:
        user_store.set_language(transaction, user.id, "en")
        assert user_store.get(transaction, user.id).language == "en"
        user_store.create(transaction, "Ada", None, clock.now())
        assert user_store.get_by_name(transaction, "ada").language is None


async def test_a_workspace_has_the_machines_zone_until_one_is_chosen_by_its_name_of_today(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Calcutta")
    with open_transaction(database) as transaction:
        made = workspace_store.add(transaction, "Uno", clock.now())
        assert made.zone == "Asia/Kolkata"
        workspace_store.change_workspace(transaction, made.id, WorkspaceChanges(zone="Europe/Kiev"))
        assert workspace_store.get(transaction, made.id).zone == "Europe/Kyiv"
        chosen = workspace_store.add(transaction, "Due", clock.now(), zone="UTC")
        assert workspace_store.get(transaction, chosen.id).zone == "UTC"


async def test_a_workspaces_language_is_that_of_its_first_member(database: Database, clock: FakeClock) -> None:
    first = await owner(database, clock)
    with open_transaction(database) as transaction:
        here = workspace_store.get_or_create_first(transaction, clock.now())
        clock.advance(1)
        second = user_store.create(transaction, "Bruna", None, clock.now())
        user_store.add_member(transaction, second.id, here.id, clock.now(), role=Role.OWNER)
        for user, source, adopted in (
            (second, LanguageSource.MEMBER, "en"),
            (first, LanguageSource.BROWSER, "it"),
            (first, LanguageSource.MEMBER, "it"),
        ):
            adopt_language(transaction, user.id, "it", source)
            assert (workspace_store.get(transaction, here.id)).language == adopted
        workspace_store.change_workspace(transaction, here.id, WorkspaceChanges(language="en"))
        adopt_language(transaction, first.id, "it", LanguageSource.MEMBER)
        assert (workspace_store.get(transaction, here.id)).language == "en"


async def test_concurrent_starts_create_one_first_user(database: Database, clock: FakeClock) -> None:
    with open_transaction(database) as transaction:
        workspace_store.get_or_create_first(transaction, clock.now())
    found = await asyncio.gather(*(owner(database, clock) for _ in range(6)))
    assert len({user.id for user in found}) == 1


async def test_names_are_compared_without_case_in_any_script(database: Database, clock: FakeClock) -> None:
    with open_transaction(database) as transaction:
        made = user_store.create(transaction, "  Zoë Straße ", "en", clock.now())
        assert made.name == "Zoë Straße"
        for name in ("ZOË STRASSE", "zoe\u0308 straße"):
            assert user_store.get_by_name(transaction, name).id == made.id
            with pytest.raises(Conflict):
                user_store.create(transaction, name, "en", clock.now())
        for wrong in ("", "  ", "x" * 101, "a\nb"):
            with pytest.raises(Conflict):
                user_store.create(transaction, wrong, "en", clock.now())
        with pytest.raises(NotFound):
            user_store.get_by_name(transaction, "Zoe")


async def test_concurrent_uses_of_one_link_succeed_once(database: Database, clock: FakeClock) -> None:
    token, door = (
        await link(database, clock, await owner(database, clock)),
        SignIn(database=database, clock=clock, vault=VAULT),
    )
    came = await asyncio.gather(*(door.by_link(token, HERE) for _ in range(8)), return_exceptions=True)
    assert sorted(type(one) is str for one in came) == [False] * 7 + [True]
    assert all(isinstance(one, str | NotAllowed) for one in came)


async def test_a_link_is_valid_for_15_minutes(database: Database, clock: FakeClock) -> None:
    user, door = await owner(database, clock), SignIn(database=database, clock=clock, vault=VAULT)
    in_time, late = await link(database, clock, user), await link(database, clock, user)
    clock.advance(LINK_LIFETIME.total_seconds() - 1)
    assert await door.by_link(in_time, HERE)
    clock.advance(1)
    with pytest.raises(NotAllowed):
        await door.by_link(late, HERE)


async def test_a_session_is_extended_by_use_and_expires_without(database: Database, clock: FakeClock) -> None:
    door = SignIn(database=database, clock=clock, vault=VAULT)
    token = await door.by_link(await link(database, clock, await owner(database, clock)), HERE)
    clock.advance(SESSION_IDLE_LIFETIME.total_seconds() - 1)
    found = await session(database, clock, token)
    assert found is not None
    with open_transaction(database) as transaction:
        session_store.extend(transaction, found, clock.now(), max_lifetime=SESSION_MAX_LIFETIME)
    noted = await session(database, clock, token)
    assert noted is not None
    assert (noted.last_used_at, noted.expires_at) == (clock.now(), clock.now() + SESSION_IDLE_LIFETIME)
    clock.advance(SESSION_IDLE_LIFETIME.total_seconds())
    assert await session(database, clock, token) is None
    with open_transaction(database) as transaction:
        session_store.extend(transaction, found, clock.now(), max_lifetime=SESSION_MAX_LIFETIME)
        assert session_store.select_valid_sessions(transaction, [found.id], clock.now()) == set()
    assert await session(database, clock, token) is None


async def test_a_session_ends_at_its_maximum_lifetime(database: Database, clock: FakeClock) -> None:
    life = SESSION_IDLE_LIFETIME * 1.5
    door = SignIn(database=database, clock=clock, vault=VAULT, session_max_lifetime=life)
    token = await door.by_link(await link(database, clock, await owner(database, clock)), HERE)
    begun = clock.now()
    clock.advance((SESSION_IDLE_LIFETIME * 0.75).total_seconds())
    found = await session(database, clock, token)
    assert found is not None
    assert found.expires_at == begun + SESSION_IDLE_LIFETIME
    with open_transaction(database) as transaction:
        session_store.extend(transaction, found, clock.now(), max_lifetime=life)
    clock.advance((SESSION_IDLE_LIFETIME * 0.75).total_seconds() - 1)
    found = await session(database, clock, token)
    assert found is not None
    assert found.expires_at == begun + life
    clock.advance(1)
    assert await session(database, clock, token) is None


async def test_a_session_is_valid_for_its_users_workspaces(database: Database, clock: FakeClock) -> None:
    door = SignIn(database=database, clock=clock, vault=VAULT)
    token = await door.by_link(await link(database, clock, await owner(database, clock)), HERE)
    found = await session(database, clock, token)
    assert found is not None
    with open_transaction(database) as transaction:
        foreign = workspace_store.add(transaction, "Altrui", clock.now())
        assert session_store.select_valid_sessions(transaction, [found.id, "ses_none"], clock.now()) == {
            (found.id, found.workspace.id)
        }
        session_store.set_workspace(transaction, found.id, foreign.id)
    assert await session(database, clock, token) is None


async def test_a_valid_session_or_a_password_counts_as_a_way_to_sign_in(database: Database, clock: FakeClock) -> None:
    user, door = await owner(database, clock), SignIn(database=database, clock=clock, vault=VAULT)

    async def there() -> bool:
        with open_reading(database) as transaction:
            return user_store.can_anyone_sign_in(transaction, clock.now())

    token = await link(database, clock, user)
    assert not await there()
    await door.by_link(token, HERE)
    assert await there()
    clock.advance(SESSION_IDLE_LIFETIME.total_seconds())
    assert not await there()
    with open_transaction(database) as transaction:
        user_store.set_password(transaction, user.id, "hash", expected_hash=None)
    assert await there()


async def test_concurrent_password_changes_succeed_once(database: Database, clock: FakeClock) -> None:
    user = await owner(database, clock)
    with open_transaction(database) as transaction:
        assert user_store.set_password(transaction, user.id, "first", expected_hash=None)
        assert not user_store.set_password(transaction, user.id, "second", expected_hash=None)
        assert user_store.set_password(transaction, user.id, "third", expected_hash="first")
        user_store.clear_password(transaction, user.id)
        assert user_store.get_password_hash(transaction, user.id) is None


async def test_a_user_without_a_workspace_is_refused_and_keeps_the_link(database: Database, clock: FakeClock) -> None:
    door = SignIn(database=database, clock=clock, vault=VAULT)
    with open_transaction(database) as transaction:
        made = user_store.create(transaction, "Nuova", "it", clock.now())
        default = workspace_store.get_or_create_first(transaction, clock.now())
    token = await link(database, clock, made)
    with pytest.raises(NotAllowed) as refused:
        await door.by_link(token, HERE)
    assert refused.value.code == "no_workspace"
    clock.advance(timedelta(minutes=1).total_seconds())
    with open_transaction(database) as transaction:
        user_store.add_member(transaction, made.id, default.id, clock.now(), role=Role.OWNER)
    assert await door.by_link(token, HERE)

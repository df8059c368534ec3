"""Signing in when the database runs a function a second time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from araldo.errors import NotAllowed, PostInvalid, TooMany
from araldo.storage.audit_tables import audit_log
from araldo.storage.vault import Vault
from araldo.workflows.accounts.sign_in import Browser, SignIn
from araldo.workspaces import session_store, user_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.keys import hash_secret
from araldo.workspaces.login_throttle import MAX_CODES_PER_USER
from araldo.workspaces.roles import Role
from araldo.workspaces.totp import STEP_S
from araldo.workspaces.users import Session, User
from tests.support.clock import FakeClock
from tests.support.database import RerunningDatabase, open_reading, open_transaction
from tests.support.migrated import copy_migrated_file

WRONG = "not a code"


class SignInHarness:
    """A user who signs in by links, with an authenticator app."""

    def __init__(self, database: RerunningDatabase, clock: FakeClock) -> None:
        self.database, self.clock = database, clock
        vault = Vault([Fernet.generate_key().decode()])
        self.sign_in = SignIn(database=database, clock=clock, vault=vault)
        with open_transaction(database, clock) as transaction:
            workspace = workspace_store.create(transaction, "Studio", clock.now())
            self.user: User = user_store.create(transaction, "anna", "it", clock.now())
            user_store.add_member(transaction, self.user.id, workspace.id, clock.now(), role=Role.OWNER)

    def create_link(self) -> str:
        with open_transaction(self.database, self.clock) as transaction:
            return user_store.create_link(transaction, self.user.id, self.clock.now())

    async def by_link(self, link: str, code: str | None = None) -> Session:
        token = await self.sign_in.by_link(link, Browser("192.0.2.1", "", code=code))
        with open_reading(self.database) as transaction:
            session = session_store.find_by_token(transaction, hash_secret(token), self.clock.now())
        assert session is not None
        return session

    def next_code(self, secret: str) -> str:
        """Advance to the next code and return it."""
        self.clock.advance(STEP_S)
        return pyotp.TOTP(secret).at(self.clock.now())


@pytest.fixture
async def harness(tmp_path: Path, clock: FakeClock) -> AsyncIterator[SignInHarness]:
    copy_migrated_file(tmp_path / "test.db")
    database = RerunningDatabase(f"sqlite:///{tmp_path / 'test.db'}", clock)
    yield SignInHarness(database, clock)
    await database.close()


async def test_a_wrong_code_counts_as_one_try_however_often_the_transaction_runs(harness: SignInHarness) -> None:
    session = await harness.by_link(harness.create_link())
    secret = (await harness.sign_in.second_factor.begin(session)).secret
    for _ in range(MAX_CODES_PER_USER - 1):
        with pytest.raises(PostInvalid):
            await harness.sign_in.second_factor.confirm(session, WRONG)
    await harness.sign_in.second_factor.confirm(session, harness.next_code(secret))
    link = harness.create_link()
    with pytest.raises(NotAllowed) as refused:
        await harness.by_link(link, WRONG)
    assert refused.value.code == "totp_wrong"
    with pytest.raises(TooMany):
        await harness.by_link(link, harness.next_code(secret))
    with pytest.raises(TooMany):
        await harness.sign_in.second_factor.disable(session, harness.next_code(secret))


async def test_a_refused_code_is_audited_with_the_user_whom_the_link_names(harness: SignInHarness) -> None:
    session = await harness.by_link(harness.create_link())
    secret = (await harness.sign_in.second_factor.begin(session)).secret
    await harness.sign_in.second_factor.confirm(session, harness.next_code(secret))
    link = harness.create_link()
    for attempted in (link, "not a link"):
        with pytest.raises(NotAllowed):
            await harness.by_link(attempted, WRONG)
    with open_reading(harness.database) as transaction:
        failed = select(audit_log.c.target).where(audit_log.c.action == "sign_in_failed")
        targets = list(transaction.execute(failed.order_by(audit_log.c.target.desc().nulls_last())).scalars())
    assert targets == [harness.user.id, None]

"""Tokens that versions before 0025 sealed one by one become credentials at the first start that has their key."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet

from araldo.accounts import credential_store
from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.errors import ReconnectNeeded
from araldo.platforms.meta.tokens import AccountIdentity, identity_of, page_token_of, person_token_of
from araldo.storage.database import Database
from araldo.storage.vault import Vault
from araldo.workflows.accounts.credentials import AccountCredentials
from araldo.workflows.accounts.earlier_credentials import adopt_earlier_credentials
from tests.storage import test_upgrade
from tests.support.clock import FakeClock
from tests.support.made_up_service import WallService

upgraded = test_upgrade.upgraded
VAULT = Vault([Fernet.generate_key().decode()])


@pytest.fixture(autouse=True)
def sealed_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the rows of the earlier version have tokens that can be opened."""
    made = copy.deepcopy(test_upgrade.MADE)
    for row in made["tables"]["accounts"]:
        row["token"] = VAULT.seal(f"page token of {row['kind']}")
        row["read_token"] = VAULT.seal("person token") if row["kind"] == "facebook_page" else None
    monkeypatch.setattr(test_upgrade, "MADE", made)


async def accounts_of(database: Database) -> dict[str, Account]:
    listed = await database.read(
        lambda transaction: account_store.list_for_workspace(transaction, test_upgrade.WORKSPACE_ID)
    )
    return {account.kind: account for account in listed}


async def test_tokens_are_opened_as_credentials(upgraded: Database, clock: FakeClock) -> None:
    await adopt_earlier_credentials(upgraded, VAULT)
    credentials = AccountCredentials(upgraded, clock, VAULT, {"meta": WallService(clock=clock)})
    accounts = await accounts_of(upgraded)
    page = await credentials.open(accounts["facebook_page"])
    profile = await credentials.open(accounts["instagram_account"])
    assert (page_token_of(page), person_token_of(page)) == ("page token of facebook_page", "person token")
    assert (page_token_of(profile), person_token_of(profile)) == ("page token of instagram_account", None)
    assert identity_of(profile) == AccountIdentity("instagram_account", "17841400000000101", "100000000000101")
    # Nothing is left to do, and what an earlier version sealed by itself is gone.
    assert await upgraded.read(credential_store.list_earlier) == []
    await adopt_earlier_credentials(upgraded, VAULT)
    assert (await accounts_of(upgraded))["facebook_page"].credentials_version == page.version


async def test_they_wait_for_their_key(upgraded: Database, clock: FakeClock) -> None:
    await adopt_earlier_credentials(upgraded, Vault([Fernet.generate_key().decode()]))
    page = (await accounts_of(upgraded))["facebook_page"]
    with pytest.raises(ReconnectNeeded):
        AccountCredentials(upgraded, clock, VAULT, {"meta": WallService(clock=clock)}).decrypt(page)
    await adopt_earlier_credentials(upgraded, VAULT)
    assert (await accounts_of(upgraded))["facebook_page"].credentials is not None


async def test_dates_of_access_are_kept(upgraded: Database) -> None:
    accounts = await accounts_of(upgraded)
    ends = {end.what.key: end.at for end in accounts["instagram_account"].access_ends}
    made = next(row for row in test_upgrade.MADE["tables"]["accounts"] if row["kind"] == "instagram_account")
    assert ends["meta.tokens.page_access"] is None
    for key, column in (("person_access", "read_token_expires_at"), ("data_access", "data_access_expires_at")):
        moment = ends[f"meta.tokens.{key}"]
        assert moment == datetime.fromisoformat(made[column]).replace(tzinfo=UTC)
    assert json.loads(made["scopes"]) == accounts["instagram_account"].scopes

"""Mastodon's part of the sandbox's records, its ids and times, and the sample data."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from urllib.parse import urlsplit

from araldo.sandbox.common.store import SandboxStore, ServiceState
from araldo.sandbox.mastodon.records import (
    AccessToken,
    Account,
    App,
    Grant,
    IdempotencyKey,
    MediaAttachment,
    RateWindow,
    Status,
)
from araldo.sandbox.mastodon.settings import MastodonSettings

CLIENT_ID = "sandbox-mastodon-client"
CLIENT_SECRET = "sandbox-mastodon-secret"  # noqa: S105 - a made-up app that exists on this machine only
ACCESS_TOKEN = "sandbox-mastodon-token"  # noqa: S105 - the same
ACCOUNT_ID = "110000000000000101"
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
ALL_SCOPES = ["profile", "read", "write", "follow", "push"]


class MastodonState(ServiceState[MastodonSettings]):
    """Apps, accounts, tokens, media and statuses of one instance."""

    def __init__(self, store: SandboxStore) -> None:
        super().__init__(store, "mastodon", MastodonSettings)
        self.apps = self.create_table("mastodon.app", App)
        self.accounts = self.create_table("mastodon.account", Account)
        self.tokens = self.create_table("mastodon.token", AccessToken)
        self.grants = self.create_table("mastodon.grant", Grant)
        self.media = self.create_table("mastodon.media", MediaAttachment)
        self.statuses = self.create_table("mastodon.status", Status)
        self.keys = self.create_table("mastodon.key", IdempotencyKey)
        self.rates = self.create_table("mastodon.rate", RateWindow)

    @property
    def domain(self) -> str:
        return urlsplit(self.public_url).netloc

    def new_id(self) -> str:
        """Return a new id as lib/mastodon/snowflake.rb makes it: milliseconds, then sixteen bits."""
        return str((int(self.now() * 1000) << 16) + secrets.randbelow(1 << 16))

    def find_account(self, username: str) -> Account | None:
        return next((account for account in self.accounts if account.username == username), None)

    def seed(self) -> None:
        """Add the sample data and commit it: an app, the account @studio, and a token of it for the app."""
        self.apps.save(App(CLIENT_ID, "1", "Sandbox App", None, [OUT_OF_BAND], ALL_SCOPES, CLIENT_SECRET))
        self.accounts.save(Account(ACCOUNT_ID, "studio", "Studio Demo", self.now()))
        self.tokens.save(AccessToken(ACCESS_TOKEN, CLIENT_ID, ACCOUNT_ID, ALL_SCOPES, self.now()))
        self.commit()


def new_secret() -> str:
    """Return a new token, code, client_id or client_secret, as Doorkeeper makes them."""
    return secrets.token_urlsafe(32)


def format_time(seconds: float) -> str:
    """Format a time as the API does: 2019-12-05T11:34:47.196Z."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

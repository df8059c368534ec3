"""Acme's part of the sandbox's records, and the sample data."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict

from araldo.sandbox.common.store import SandboxStore, ServiceState

ACCOUNT_ID = "1001"
ACCESS_TOKEN = "acme_token_of_the_sandbox"  # noqa: S105 - a made-up account, on this machine only


@dataclass(slots=True)
class AcmeAccount:
    """`token`: what it is connected with, empty when it was revoked."""

    id: str
    name: str
    token: str


@dataclass(slots=True)
class AcmePicture:
    """An uploaded picture; its bytes are in the storage."""

    id: str
    account: str
    content_type: str
    alt: str


@dataclass(slots=True)
class AcmePost:
    """`reference`: the client's own, which an account uses once. `created`: unix seconds of the sandbox's clock."""

    id: str
    account: str
    created: float
    text: str
    reference: str = ""
    pictures: list[str] = field(default_factory=list)


class AcmeSandboxSettings(BaseModel):
    """A setting needs a row in docs/sandbox.md and its place in tests/sandbox/test_control.py."""

    model_config = ConfigDict(extra="forbid")


class AcmeState(ServiceState[AcmeSandboxSettings]):
    """Accounts, pictures and posts."""

    def __init__(self, store: SandboxStore) -> None:
        super().__init__(store, "acme", AcmeSandboxSettings)
        self.accounts = self.create_table("acme.account", AcmeAccount)
        self.pictures = self.create_table("acme.picture", AcmePicture)
        self.posts = self.create_table("acme.post", AcmePost)

    def new_id(self) -> str:
        return str(secrets.randbelow(9 * 10**11) + 10**11)

    def find_account(self, token: str) -> AcmeAccount | None:
        return next((account for account in self.accounts if token and account.token == token), None)

    def find_posts(self, account: AcmeAccount, reference: str) -> list[AcmePost]:
        return [post for post in self.posts if post.account == account.id and reference in {"", post.reference}]

    def seed(self) -> None:
        """Add the sample data and commit it: one account with a token."""
        self.accounts.save(AcmeAccount(ACCOUNT_ID, "Studio Demo", ACCESS_TOKEN))
        self.commit()

    def snapshot(self) -> dict[str, Any]:
        """Return a list of each kind of record, in insertion order."""
        return {
            "accounts": [asdict(account) for account in self.accounts],
            "pictures": [asdict(picture) for picture in self.pictures],
            "posts": [asdict(post) for post in self.posts],
        }

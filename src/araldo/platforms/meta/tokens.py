"""Meta's two tokens of an account inside its credentials: the Page's own, and the person's for reads that refuse it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from araldo.messages import Message
from araldo.platforms.base import Destination
from araldo.platforms.credentials import AccessEnd, Credentials

Expiry = Literal["never", "at", "unknown"]


@dataclass(frozen=True, slots=True)
class AccountIdentity:
    """What an account is at Meta. `page_id`: of its Page, for an Instagram account; None for a Page itself."""

    kind: str
    remote_id: str
    page_id: str | None


def make_credentials(account: AccountIdentity, page_token: str, person_token: str | None) -> Credentials:
    secrets = {"page_token": page_token}
    if person_token is not None:
        secrets["person_token"] = person_token
    return Credentials(secrets, {"kind": account.kind, "id": account.remote_id, "page_id": account.page_id})


def identity_of(credentials: Credentials) -> AccountIdentity:
    facts = credentials.facts
    return AccountIdentity(facts["kind"], facts["id"], facts["page_id"])


def page_token_of(credentials: Credentials) -> str:
    """Return the token that writes, and reads what it may read."""
    return credentials.secrets["page_token"]


def person_token_of(credentials: Credentials) -> str | None:
    """Return the person's token, for reads that refuse the Page's; None where there is none."""
    return credentials.secrets.get("person_token")


def page_token(destination: Destination) -> str:
    return page_token_of(destination.credentials)


def person_token(destination: Destination) -> str | None:
    return person_token_of(destination.credentials)


def access_ends(
    expiry: Expiry,
    expires_at: datetime | None,
    *,
    person_expires_at: datetime | None,
    data_access_expires_at: datetime | None,
) -> tuple[AccessEnd, ...]:
    """Return what the access to an account depends on; what Meta did not say is left out."""
    ends = []
    if expiry != "unknown":
        ends.append(AccessEnd(Message("meta.tokens.page_access"), expires_at))
    if person_expires_at is not None:
        ends.append(AccessEnd(Message("meta.tokens.person_access"), person_expires_at))
    if data_access_expires_at is not None:
        ends.append(AccessEnd(Message("meta.tokens.data_access"), data_access_expires_at))
    return tuple(ends)

"""The OAuth state: it names one connection, is signed, and is valid once, in one browser.

Sources: RFC 6749, 10.12, and RFC 9700, 4.7: the state has to be bound to the browser that started the log-in, else one
person can complete the log-in of another.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from araldo.errors import Forbidden
from araldo.messages import Message
from araldo.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class LoginState:
    """An OAuth state. `text` is sent to the service and back; only a hash of its nonce is stored."""

    connection_id: str
    nonce_hash: str
    text: str


def issue_state(vault: Vault, connection_id: str) -> LoginState:
    nonce = secrets.token_urlsafe(24)
    named = f"{connection_id}.{nonce}"
    return LoginState(connection_id, hash_secret(nonce), f"{named}.{vault.sign(f'state {named}')}")


def read_state(vault: Vault, text: str) -> LoginState:
    """Verify and parse a state. Raises Forbidden for one that was not issued here."""
    named, _, signature = text.rpartition(".")
    if not vault.verify(f"state {named}", signature):
        raise Forbidden(Message("login_state.bad_state"), code="state_invalid")
    connection_id, _, nonce = named.partition(".")
    return LoginState(connection_id, hash_secret(nonce), text)


def is_same_browser(browser_hash: str | None, secret: str | None) -> bool:
    """Return whether the secret is that of the browser that the log-in is bound to."""
    return browser_hash is not None and secret is not None and hmac.compare_digest(browser_hash, hash_secret(secret))


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()

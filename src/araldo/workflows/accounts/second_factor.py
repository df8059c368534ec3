"""The optional second factor (TOTP): enrol, confirm by a code, require at sign-in, disable."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from araldo.clock import Clock
from araldo.errors import Conflict, NotAllowed, PostInvalid, Problem
from araldo.messages import Message
from araldo.storage.database import Database, Transaction
from araldo.storage.vault import Vault
from araldo.workflows.accounts.login_throttle import CountedTry, LoginThrottle
from araldo.workspaces import audit_store, session_store, totp_store
from araldo.workspaces.audit import AuditAction
from araldo.workspaces.totp import (
    find_matching_step,
    hash_recovery_code,
    make_recovery_codes,
    make_secret,
    provisioning_uri,
)
from araldo.workspaces.totp_store import Enrolment
from araldo.workspaces.users import Session


@dataclass(frozen=True, slots=True)
class SecondFactorStatus:
    enabled_at: datetime | None
    recovery_codes_left: int


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A new TOTP secret, shown once: to be typed into an authenticator app, or scanned as `uri`."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


class SecondFactor:
    def __init__(self, *, database: Database, clock: Clock, vault: Vault, throttle: LoginThrottle) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._throttle = throttle

    async def status(self, user_id: str) -> SecondFactorStatus:
        def in_transaction(transaction: Transaction) -> SecondFactorStatus:
            found = totp_store.find(transaction, user_id)
            left = totp_store.count_recovery_codes(transaction, user_id)
            return SecondFactorStatus(None if found is None else found.confirmed_at, left)

        return await self._database.read(in_transaction)

    async def begin(self, session: Session) -> NewSecret:
        """Issue a new secret, which is not required until a code confirms it. Raises Conflict."""
        secret = make_secret()

        def in_transaction(transaction: Transaction) -> None:
            sealed = self._vault.seal(secret)
            if not totp_store.begin(transaction, session.user.id, sealed, self._clock.now()):
                raise Conflict(Message("second_factor.already_enabled"), code="totp_enabled")

        await self._database.write(in_transaction)
        return NewSecret(secret, provisioning_uri(secret, session.user.name))

    async def confirm(self, session: Session, code: str) -> list[str]:
        """Enable the factor, end the other sessions, and return recovery codes, shown once.

        Raises PostInvalid, TooMany, Conflict.
        """
        user_id, now, codes = session.user.id, self._clock.now(), make_recovery_codes()

        def in_transaction(transaction: Transaction) -> None:
            self._require_valid(transaction, user_id, _get_unconfirmed(transaction, user_id), code)
            self._throttle.undo(transaction, counted)
            totp_store.confirm(transaction, user_id, now)
            totp_store.replace_recovery_codes(transaction, user_id, map(hash_recovery_code, codes), now)
            session_store.end_all(transaction, user_id, but=session.id)
            audit_store.record(transaction, AuditAction.TOTP_ENABLED, workspace_id=session.workspace.id, at=now)

        # A request that is no try of a code is not counted as one.
        await self._database.read(lambda transaction: _get_unconfirmed(transaction, user_id))
        counted = await self._throttle.count_code(user_id)
        await self._database.write(in_transaction)
        return codes

    async def disable(self, session: Session, code: str) -> None:
        """Disable the factor with a code of the app or a recovery code. Raises PostInvalid, TooMany, Conflict."""
        user_id, now = session.user.id, self._clock.now()

        def in_transaction(transaction: Transaction) -> None:
            self._require_valid(transaction, user_id, _get_confirmed(transaction, user_id), code)
            self._throttle.undo(transaction, counted)
            totp_store.remove(transaction, user_id)
            audit_store.record(transaction, AuditAction.TOTP_DISABLED, workspace_id=session.workspace.id, at=now)

        # A request that is no try of a code is not counted as one.
        await self._database.read(lambda transaction: _get_confirmed(transaction, user_id))
        counted = await self._throttle.count_code(user_id)
        await self._database.write(in_transaction)

    async def count_try(self, user_id: str, code: str | None) -> CountedTry | None:
        """Count a code as a try, for the transaction that calls `require`; None without a code. Raises TooMany."""
        return await self._throttle.count_code(user_id) if code else None

    def require(self, transaction: Transaction, user_id: str, code: str | None, counted: CountedTry | None) -> None:
        """Require a code at sign-in, in the transaction that creates the session. Raises NotAllowed."""
        found = totp_store.find(transaction, user_id)
        if found is not None and found.confirmed_at is not None:
            if not code:
                raise NotAllowed(Message("second_factor.code_needed"), code="totp_required")
            if not self._accepts(transaction, user_id, found, code):
                raise NotAllowed(Message("second_factor.code_wrong"), code="totp_wrong")
        if counted is not None:
            self._throttle.undo(transaction, counted)

    def _require_valid(self, transaction: Transaction, user_id: str, found: Enrolment, code: str) -> None:
        if not self._accepts(transaction, user_id, found, code):
            raise PostInvalid([Problem("/code", "totp_wrong", Message("second_factor.code_wrong"))])

    def _accepts(self, transaction: Transaction, user_id: str, found: Enrolment, code: str) -> bool:
        """Return whether the code of the app, or the recovery code, is valid; each code is accepted once."""
        now = self._clock.now()
        step = find_matching_step(self._vault.open(found.sealed), code, now, found.last_step)
        if step is not None:
            return totp_store.accept_step(transaction, user_id, step)
        return totp_store.redeem_recovery_code(transaction, user_id, hash_recovery_code(code), now)


def _get_unconfirmed(transaction: Transaction, user_id: str) -> Enrolment:
    """Return the enrolment that waits for its first code. Raises Conflict."""
    found = totp_store.find(transaction, user_id)
    if found is None:
        raise Conflict(Message("second_factor.setup_missing"), code="totp_not_begun")
    if found.confirmed_at is not None:
        raise Conflict(Message("second_factor.already_enabled"), code="totp_enabled")
    return found


def _get_confirmed(transaction: Transaction, user_id: str) -> Enrolment:
    """Return the enrolment of an enabled second factor. Raises Conflict."""
    found = totp_store.find(transaction, user_id)
    if found is None or found.confirmed_at is None:
        raise Conflict(Message("second_factor.not_enabled"), code="totp_disabled")
    return found

"""Sign in by a one-time link or a password, and re-authenticate before sensitive changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from araldo.clock import Clock
from araldo.errors import Conflict, Forbidden, NotAllowed, PostInvalid, Problem
from araldo.messages import Language, Message
from araldo.storage.database import Database, Transaction
from araldo.storage.vault import Vault
from araldo.workflows.accounts.login_throttle import CountedTry, LoginThrottle
from araldo.workflows.accounts.second_factor import SecondFactor
from araldo.workspaces import audit_store, joining, session_store, user_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.audit import Actor, ActorKind, AuditAction
from araldo.workspaces.keys import hash_secret
from araldo.workspaces.language_store import adopt_language
from araldo.workspaces.models import LanguageSource
from araldo.workspaces.passwords import Passwords, require_strong_password
from araldo.workspaces.users import SESSION_MAX_LIFETIME, Session, User, fold_name, make_session_token

# How long after a sign-in no re-authentication is required.
FRESH_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser that signs in; `old_token`: of the session that the new one replaces.

    `language`: the first one that it accepts and that there are texts in.
    """

    address: str
    user_agent: str
    old_token: str | None = field(default=None, repr=False)
    # The second factor's code, where there is one.
    code: str | None = field(default=None, repr=False)
    language: Language | None = None
    # Of a workspace that the person joins by signing in.
    invitation: str | None = field(default=None, repr=False)


class SignIn:
    def __init__(
        self, *, database: Database, clock: Clock, vault: Vault, session_max_lifetime: timedelta = SESSION_MAX_LIFETIME
    ) -> None:
        self._database = database
        self._clock = clock
        self._session_life = session_max_lifetime
        self._throttle = LoginThrottle(database, vault)
        self._passwords = Passwords()
        self.second_factor = SecondFactor(database=database, clock=clock, vault=vault, throttle=self._throttle)

    async def by_link(self, token: str, browser: Browser) -> str:
        """Sign in and return the session's token. Raises NotAllowed, and TooMany for codes of the second factor."""
        # Not throttled: a link cannot be guessed, and it must work for a user whom somebody else has locked out.
        link = hash_secret(token)
        user = await self._database.read(
            lambda transaction: user_store.find_by_link(transaction, link, self._clock.now())
        )
        try:
            return await self._begin_by_link(user, link, browser)
        except NotAllowed as refused:
            # The link stays valid after a wrong code: its use was rolled back with the transaction.
            await self._record_refusal(refused, user, browser, None)
            raise

    async def by_password(self, name: str, password: str, browser: Browser) -> str:
        """Sign in and return the session's token. Raises NotAllowed, TooMany."""
        user: User | None = None
        try:
            async with self._throttle.attempt(address=browser.address, name=fold_name(name)):
                found = await self._database.read(lambda transaction: user_store.find_credentials(transaction, name))
                user, password_hash = found or (None, None)
                if not await self._passwords.verify(password_hash, password) or user is None:
                    raise NotAllowed(Message("sign_in.password_wrong"), code="sign_in_wrong")
            # The code has a throttle of its own: a correct password must not use up attempts.
            return await self._begin_verified(user, password_hash, browser)
        except NotAllowed as refused:
            await self._record_refusal(refused, user, browser, fold_name(name))
            raise

    async def register(self, name: str, email: str | None, password: str, browser: Browser) -> str:
        """Create a user who joins by `browser.invitation`, sign in and return the session's token.

        Raises NotFound for an invalid invitation, PostInvalid, and Conflict for a name in use.
        """
        link = hash_secret(browser.invitation or "")
        await self._database.read(lambda transaction: joining.get_invitation(transaction, link, transaction.now))
        require_strong_password(password, "/password", name=name)
        made = await self._passwords.hash(password)

        def in_transaction(transaction: Transaction) -> str:
            user = user_store.create(transaction, name, None, transaction.now, email=email)
            user_store.set_password(transaction, user.id, made, expected_hash=None)
            return self._begin(transaction, user, browser, None)

        return await self._database.write(in_transaction)

    async def set_password(self, session: Session, current: str | None, new: str) -> None:
        """Set a new password and end the user's other sessions. Raises PostInvalid, TooMany, Conflict."""
        user = session.user
        require_strong_password(new, "/new", name=user.name)
        old = await self._database.read(lambda transaction: user_store.get_password_hash(transaction, user.id))
        if old is not None:
            if current is None:
                raise PostInvalid([Problem("/current", "missing", Message("sign_in.current_password_needed"))])
            await self._require_password(session, old, current, "/current")
        made = await self._passwords.hash(new)

        def in_transaction(transaction: Transaction) -> None:
            if not user_store.set_password(transaction, user.id, made, expected_hash=old):
                raise Conflict(Message("sign_in.password_changed"))
            session_store.end_all(transaction, user.id, but=session.id)
            audit_store.record(
                transaction, AuditAction.PASSWORD_CHANGED, workspace_id=session.workspace.id, at=self._clock.now()
            )

        await self._database.write(in_transaction)

    async def require_proof(self, session: Session, password: str | None) -> None:
        """Require the password, or a sign-in of the last ten minutes, before what a stolen session must not do.

        Raises Forbidden (`password_needed`, `sign_in_again`), PostInvalid, TooMany.
        """
        kept = await self._database.read(lambda transaction: user_store.get_password_hash(transaction, session.user.id))
        if password is not None and kept is not None:
            await self._require_password(session, kept, password, "/password")
        elif self._clock.now() - session.created_at >= FRESH_FOR:
            if kept is None:
                raise Forbidden(Message("sign_in.sign_in_again"), code="sign_in_again")
            raise Forbidden(Message("sign_in.password_needed"), code="password_needed")

    async def _require_password(self, session: Session, kept: str, given: str, pointer: str) -> None:
        async with self._throttle.attempt(address=f"session {session.id}"):
            if not await self._passwords.verify(kept, given):
                raise PostInvalid([Problem(pointer, "password_wrong", Message("sign_in.current_password_wrong"))])

    async def _begin_by_link(self, user: User | None, link: str, browser: Browser) -> str:
        """Redeem the user's link and sign in; None for an invalid one. Raises NotAllowed, TooMany."""
        invalid = NotAllowed(Message("sign_in.link_invalid"), code="link_invalid")
        if user is None:
            raise invalid

        def in_transaction(transaction: Transaction) -> str:
            # The link was redeemed since it was read.
            if user_store.redeem_link(transaction, link, self._clock.now()) != user.id:
                raise invalid
            return self._begin(transaction, user, browser, counted)

        counted = await self.second_factor.count_try(user.id, browser.code)
        return await self._database.write(in_transaction)

    async def _begin_verified(self, user: User, password_hash: str | None, browser: Browser) -> str:
        """Sign in a user whose password was verified against the hash. Raises NotAllowed, TooMany."""

        def in_transaction(transaction: Transaction) -> str:
            # The password was changed while it was being verified.
            if user_store.get_password_hash(transaction, user.id) != password_hash:
                raise NotAllowed(Message("sign_in.password_wrong"), code="sign_in_wrong")
            return self._begin(transaction, user, browser, counted)

        counted = await self.second_factor.count_try(user.id, browser.code)
        return await self._database.write(in_transaction)

    def _begin(self, transaction: Transaction, user: User, browser: Browser, counted: CountedTry | None) -> str:
        self.second_factor.require(transaction, user.id, browser.code, counted)
        if browser.invitation is not None:
            link = hash_secret(browser.invitation)
            where = [joining.join(transaction, user, link, self._clock.now(), address=browser.address)]
        else:
            where = workspace_store.list_for_user(transaction, user.id)
        if not where:
            raise Forbidden(Message("sign_in.no_workspace"), code="no_workspace")
        token = make_session_token()
        if browser.old_token is not None:
            session_store.end_by_token(transaction, hash_secret(browser.old_token))
        now, life = self._clock.now(), self._session_life
        session_store.add(transaction, token.hash, user.id, where[0].id, browser.user_agent, now, max_lifetime=life)
        language = user.language or browser.language
        if language is not None:
            source = LanguageSource.MEMBER if user.language else LanguageSource.BROWSER
            adopt_language(transaction, user.id, language, source)
        who = Actor(ActorKind.USER, user.id, user.name, browser.address)
        audit_store.record(transaction, AuditAction.SIGNED_IN, workspace_id=where[0].id, at=now, actor=who)
        return token.secret

    async def _record_refusal(
        self, refused: NotAllowed, user: User | None, browser: Browser, folded_name: str | None
    ) -> None:
        """Record a refused sign-in in the audit log. An unknown name is left out: people type passwords there."""
        if refused.code == "totp_required":
            return
        # Refused links are throttled too, so that requests without end do not fill the disk.
        is_link = refused.code == "link_invalid"
        if is_link and not await self._throttle.may_audit_link(browser.address):
            return
        now, who = self._clock.now(), Actor(ActorKind.UNKNOWN, address=browser.address)
        target, name = (None, None) if user is None else (user.id, user.name)

        def in_transaction(transaction: Transaction) -> None:
            if is_link and not self._throttle.count_audited_link(transaction, browser.address):
                return
            actions = [AuditAction.SIGN_IN_FAILED]
            if self._starts_lockout(transaction, refused, user, browser, folded_name):
                actions.append(AuditAction.LOCKED_OUT)
            where = [] if user is None else workspace_store.list_for_user(transaction, user.id)
            for order, action in enumerate(actions):
                audit_store.record(
                    transaction,
                    action,
                    workspace_id=where[0].id if where else None,
                    # Entries of the same time would be listed in any order.
                    at=now + timedelta(microseconds=order),
                    target=target,
                    target_name=name,
                    actor=who,
                )

        await self._database.write(in_transaction)

    def _starts_lockout(
        self,
        transaction: Transaction,
        refused: NotAllowed,
        user: User | None,
        browser: Browser,
        folded_name: str | None,
    ) -> bool:
        if refused.code == "totp_wrong" and user is not None:
            return self._throttle.record_code_lockout(transaction, user.id)
        if folded_name is None:
            return False
        return self._throttle.record_lockout(transaction, address=browser.address, name=folded_name)

"""Signing in by a one-time link or a password, and what ends other sessions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from araldo.clock import Clock
from araldo.errors import Conflict, Forbidden, NotAllowed, PostInvalid, Problem, Sentence
from araldo.storage.database import Database, Transaction
from araldo.workspaces import session_store, user_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.guessing import Guessing
from araldo.workspaces.keys import hash_of
from araldo.workspaces.passwords import Passwords, require_good
from araldo.workspaces.users import SESSION_MAX, Session, folded, make_session_token

_BAD_LINK = Sentence(
    "This link was used already or took too long. `araldo users link` prints a new one.",
    "Questo link è già stato usato o è scaduto. `araldo users link` ne stampa uno nuovo.",
)
# One sentence for both: which names exist is nobody's business.
_BAD_PASSWORD = Sentence("The name or the password is wrong.", "Il nome o la password non sono corretti.")
_NOWHERE = Sentence(
    "You do not belong to any workspace yet: whoever runs Araldo can add you to one.",
    "Non appartieni ancora a nessuno spazio di lavoro: chi gestisce Araldo può aggiungerti a uno.",
)
_CURRENT = Sentence("The current password is wrong.", "La password attuale non è corretta.")
_CURRENT_NEEDED = Sentence("Give the current password as well.", "Indica anche la password attuale.")
_CHANGED = Sentence("The password was changed in the meantime.", "La password è stata cambiata nel frattempo.")


@dataclass(frozen=True, slots=True)
class Browser:
    """Who wants to sign in; `old_token` is of the session that the new one takes the place of."""

    address: str
    user_agent: str
    old_token: str | None = field(default=None, repr=False)


class SignIn:
    def __init__(self, *, database: Database, clock: Clock, session_life: timedelta = SESSION_MAX) -> None:
        self._database = database
        self._clock = clock
        self._session_life = session_life
        self._guessing = Guessing(clock)
        self._passwords = Passwords()

    async def by_link(self, token: str, browser: Browser) -> str:
        """The new session's token. Raises NotAllowed."""
        # Not counted: nobody guesses a link, and it has to work for who is locked out by another's guessing.
        async with self._database.transaction() as transaction:
            user_id = await user_store.use_link(transaction, hash_of(token), self._clock.now())
            if user_id is None:
                raise NotAllowed(_BAD_LINK, code="link_invalid")
            return await self._begin(transaction, user_id, browser)

    async def by_password(self, name: str, password: str, browser: Browser) -> str:
        """As `by_link`; raises TooMany as well."""
        with self._guessing.one_try(address=browser.address, name=folded(name)):
            async with self._database.reading() as transaction:
                found = await user_store.credentials(transaction, name)
            user_id, password_hash = found or ("", None)
            if not await self._passwords.matches(password_hash, password):
                raise NotAllowed(_BAD_PASSWORD, code="sign_in_wrong")
            async with self._database.transaction() as transaction:
                # Changed while it was looked at: then this was not the password any more.
                if await user_store.password_hash_of(transaction, user_id) != password_hash:
                    raise NotAllowed(_BAD_PASSWORD, code="sign_in_wrong")
                return await self._begin(transaction, user_id, browser)

    async def set_password(self, session: Session, current: str | None, new: str, *, address: str) -> None:
        """Ends the person's other sessions. Raises PostInvalid, TooMany, Conflict."""
        user = session.user
        require_good(new, "/new", name=user.name)
        async with self._database.reading() as transaction:
            old = await user_store.password_hash_of(transaction, user.id)
        if old is not None:
            if current is None:
                raise PostInvalid([Problem("/current", "missing", _CURRENT_NEEDED)])
            with self._guessing.one_try(address=f"session {session.id}"):
                if not await self._passwords.matches(old, current):
                    raise PostInvalid([Problem("/current", "password_wrong", _CURRENT)])
        made = await self._passwords.hash(new)
        async with self._database.transaction() as transaction:
            if not await user_store.set_password(transaction, user.id, made, instead=old):
                raise Conflict(_CHANGED)
            await session_store.end_all(transaction, user.id, but=session.id)

    async def _begin(self, transaction: Transaction, user_id: str, browser: Browser) -> str:
        where = await workspace_store.of_user(transaction, user_id)
        if not where:
            raise Forbidden(_NOWHERE, code="no_workspace")
        token = make_session_token()
        if browser.old_token is not None:
            await session_store.end_by_token(transaction, hash_of(browser.old_token))
        now = self._clock.now()
        life = self._session_life
        await session_store.add(transaction, token.hash, user_id, where[0].id, browser.user_agent, now, life=life)
        return token.secret

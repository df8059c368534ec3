"""Connect accounts: by log-in or token, then a choice of Pages; deliveries that waited for them are resumed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from araldo.accounts import connection_store
from araldo.accounts import store as account_store
from araldo.accounts.connection_store import Connection
from araldo.accounts.found_accounts import accounts_of_pages, pack_accounts, unpack_accounts
from araldo.accounts.health import health_of
from araldo.accounts.login_state import LoginState, hash_secret, is_same_browser, issue_state, read_state
from araldo.accounts.models import Account, AccountLogin
from araldo.clock import Clock
from araldo.errors import AraldoError, Conflict, Forbidden
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.platforms.login import DiscoveredAccount, DiscoveredAccounts, Inspection, Login
from araldo.storage.database import Database, Transaction, new_id
from araldo.storage.events import record_event
from araldo.storage.vault import Vault
from araldo.workspaces import audit_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.audit import Actor, AuditAction, current_actor
from araldo.workspaces.models import Caller

_LOGIN_WITHIN = timedelta(minutes=30)
_CHOOSE_WITHIN = timedelta(minutes=10)

# Resumes what waits for these accounts, in the transaction that connects them.
Resume = Callable[[Transaction, Sequence[str]], None]


class Connector:
    """Runs connections: a log-in, the accounts that it discovered, and the choice among them."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        vault: Vault,
        logins: Mapping[str, Login],
        declarations: Sequence[Declaration],
        redirect_base: str,
        resume: Resume,
    ) -> None:
        self._declarations = declarations
        self._resume = resume
        self._database = database
        self._clock = clock
        self._vault = vault
        self._logins = logins
        self._redirect_base = redirect_base

    def redirect_uri(self, service: str) -> str:
        """Return the OAuth redirect URI, which an operator enters exactly so in the app's settings."""
        return f"{self._base_url(service)}/callback"

    def _base_url(self, service: str) -> str:
        return f"{self._redirect_base}/api/v1/accounts/connect/{service}"

    async def start_login(
        self, service: str, workspace_id: str, by: Caller | None, browser: str | None = None
    ) -> tuple[Connection, str]:
        """Start a connection; return it and the URL at which a person logs in. `by`: None for the command line.

        `browser`: the secret of the browser that starts, the only one that may complete the log-in. Without it the URL
        is of our own consent screen, which binds the log-in to the browser that consents.
        """
        made = self._new_connection(service, workspace_id, by, "begun", _LOGIN_WITHIN)
        state = issue_state(self._vault, made.id)
        dialog_url = self._dialog_url(service, state)
        browser_hash = None if browser is None else hash_secret(browser)
        made = replace(made, nonce_hash=state.nonce_hash, browser_hash=browser_hash)
        await self._database.write(lambda transaction: connection_store.add(transaction, made))
        if browser is not None:
            return made, dialog_url
        return made, f"{self._base_url(service)}/consent?{urlencode({'state': state.text})}"

    async def find_for_consent(self, service: str, state: str) -> Connection:
        """Return the connection that the consent screen asks about. Raises Forbidden."""
        known = read_state(self._vault, state)
        begun = await self._database.read(
            lambda transaction: connection_store.find_begun(transaction, service, known, self._clock.now())
        )
        return _require_connection(begun)

    async def consent(self, service: str, state: str, browser: str) -> str:
        """Bind the log-in to this browser and return the log-in's URL. Raises Forbidden."""
        known = read_state(self._vault, state)
        bound = await self._database.write(
            lambda transaction: connection_store.bind_browser(
                transaction, service, known, hash_secret(browser), self._clock.now()
            )
        )
        _require_connection(bound)
        return self._dialog_url(service, known)

    async def decline(self, service: str, state: str) -> Connection:
        """End the connection without accounts and use up the state. Raises Forbidden."""
        return await self._fail(await self._use_state(service, state), Message("connect.declined"))

    async def complete_login(self, service: str, state: str, code: str | None, browser: str | None) -> Connection:
        """Complete the log-in with the service's `code`, None when the person declined. The state is valid once.

        Raises Forbidden, also for another browser than the one that the log-in is bound to.
        """
        begun = await self._use_state(service, state)
        if not is_same_browser(begun.browser_hash, browser):
            await self._fail(begun, Message("connect.other_browser"))
            raise Forbidden(Message("connect.other_browser"), code="other_browser")
        if not code:
            return await self._fail(begun, Message("connect.declined"))
        login = self._logins[service]
        try:
            found = await login.discover_accounts(await login.exchange_code(code, self.redirect_uri(service)))
        except AraldoError as failure:
            return await self._fail(begun, failure.message)
        return await self._save(begun, self._with_discovered(begun, found))

    async def _use_state(self, service: str, state: str) -> Connection:
        known = read_state(self._vault, state)
        taken = await self._database.write(
            lambda transaction: connection_store.use_state(transaction, service, known, self._clock.now())
        )
        return _require_connection(taken)

    def _dialog_url(self, service: str, state: LoginState) -> str:
        return self._logins[service].build_dialog_url(state.text, self.redirect_uri(service))

    async def connect_with_token(self, service: str, token: str, workspace_id: str, by: Caller | None) -> Connection:
        """Return a connection with the accounts of a token that a person pasted. Raises OutsideError."""
        found = await self._logins[service].discover_accounts(token)
        begun = self._new_connection(service, workspace_id, by, "begun", _CHOOSE_WITHIN)
        made = self._with_discovered(begun, found)
        await self._database.write(lambda transaction: connection_store.add(transaction, made))
        return made

    async def get(self, workspace_id: str, connection_id: str) -> Connection:
        """Return the connection; after its time as `expired`, without its accounts. Raises NotFound."""
        found = await self._database.read(
            lambda transaction: connection_store.get(transaction, workspace_id, connection_id)
        )
        if found.status in {"begun", "pending"} and found.expires_at <= self._clock.now():
            return replace(found, status="expired", found=None)
        return found

    def discovered_accounts(self, connection: Connection) -> list[DiscoveredAccount]:
        if connection.found is None:
            return []
        return unpack_accounts(self._vault.open(connection.found))

    def choice_ticket_of(self, connection: Connection) -> str:
        """Return a signed ticket with which a browser without key or session may choose from this connection once."""
        named = f"{connection.workspace_id}.{connection.id}"
        return f"{named}.{self._vault.sign(f'ticket {named}')}"

    async def connect_chosen_by_ticket(self, ticket: str, page_ids: Sequence[str], *, address: str) -> list[Account]:
        """Choose as `connect_chosen`, without key or session; the audit log names who started the connection."""
        named, _, signature = ticket.rpartition(".")
        if not self._vault.verify(f"ticket {named}", signature):
            raise Forbidden(Message("login_state.bad_state"), code="ticket_invalid")
        workspace_id, _, connection_id = named.partition(".")
        connection = await self.get(workspace_id, connection_id)

        def find_initiator(transaction: Transaction) -> Actor:
            if not connection_store.may_initiator_call(transaction, connection, transaction.now):
                raise Forbidden(Message("login_state.bad_state"), code="ticket_invalid")
            return connection_store.find_initiator(transaction, connection, address)

        current_actor.set(await self._database.read(find_initiator))
        return await self.connect_chosen(workspace_id, connection_id, page_ids)

    async def connect_chosen(
        self, workspace_id: str, connection_id: str, page_ids: Sequence[str] | None
    ) -> list[Account]:
        """Connect the accounts of these Pages (None: of all), once per connection. Raises PostInvalid, Conflict."""
        connection = await self.get(workspace_id, connection_id)
        if connection.status == "begun":
            raise Conflict(Message("connect.login_not_finished"), code="not_yet")
        if connection.status != "pending":
            raise Conflict(Message("connect.expired"), code="connection_over")
        chosen = accounts_of_pages(self.discovered_accounts(connection), page_ids)

        done = replace(connection, status="done", found=None)

        def in_transaction(transaction: Transaction) -> list[Account]:
            if not connection_store.change(transaction, connection, done):
                raise Conflict(Message("connect.expired"), code="connection_over")
            return self._connect_accounts(transaction, workspace_id, chosen, self._clock.now())

        return await self._database.write(in_transaction)

    def _connect_accounts(
        self, transaction: Transaction, workspace_id: str, chosen: Sequence[DiscoveredAccount], now: datetime
    ) -> list[Account]:
        zone = workspace_store.get(transaction, workspace_id).zone
        accounts = []
        for found in chosen:
            account_id = account_store.connect(transaction, workspace_id, self._login_of(found, now, zone), now)
            account = account_store.get(transaction, workspace_id, account_id)
            data = {"account_id": account_id, "name": found.name, "kind": found.kind, "health": account.health}
            record_event(transaction, "account.connected", workspace_id=workspace_id, at=now, data=data)
            audit_store.record(
                transaction,
                AuditAction.ACCOUNT_CONNECTED,
                workspace_id=workspace_id,
                at=now,
                target=account_id,
                target_name=found.name,
            )
            accounts.append(account)
        self._resume(transaction, [account.id for account in accounts])
        return accounts

    def _new_connection(
        self, service: str, workspace_id: str, by: Caller | None, status: str, lives: timedelta
    ) -> Connection:
        now = self._clock.now()
        return Connection(
            id=new_id("con"),
            workspace_id=workspace_id,
            api_key_id=None if by is None else by.key_id,
            session_id=None if by is None else by.session_id,
            service=service,
            status=status,
            nonce_hash=None,
            browser_hash=None,
            complete=True,
            found=None,
            notes=None,
            error=None,
            created_at=now,
            expires_at=now + lives,
        )

    def _with_discovered(self, connection: Connection, found: DiscoveredAccounts) -> Connection:
        """Return the connection with the accounts to choose from."""
        return replace(
            connection,
            status="pending",
            found=self._vault.seal(pack_accounts(found.accounts)),
            complete=found.complete,
            notes=[note.as_json() for note in found.notes],
            expires_at=self._clock.now() + _CHOOSE_WITHIN,
        )

    async def _fail(self, connection: Connection, why: Message) -> Connection:
        return await self._save(connection, replace(connection, status="failed", error=why.as_json()))

    async def _save(self, before: Connection, after: Connection) -> Connection:
        await self._database.write(lambda transaction: connection_store.change(transaction, before, after))
        return after

    def _login_of(self, found: DiscoveredAccount, now: datetime, zone: str) -> AccountLogin:
        """Return what to store of the account; its health is derived from what the log-in showed."""
        seen = Inspection(
            expires_at=found.expires_at,
            read_token_expires_at=found.read_token_expires_at,
            data_access_expires_at=found.data_access_expires_at,
            scopes=found.scopes,
        )
        health, hint = health_of(seen, found.kind, self._declarations, now, zone)
        return AccountLogin(
            kind=found.kind,
            service=found.service,
            remote_id=found.remote_id,
            parent_remote_id=found.parent_remote_id,
            name=found.name,
            username=found.username,
            health=health,
            health_detail=None if hint is None else {"message": hint.as_json()},
            checked_at=now,
            token=self._vault.seal(found.token),
            token_kind=found.token_kind,
            token_expiry=found.expiry,
            token_expires_at=found.expires_at,
            data_access_expires_at=found.data_access_expires_at,
            read_token=None if found.read_token is None else self._vault.seal(found.read_token),
            read_token_expires_at=found.read_token_expires_at,
            scopes=None if found.scopes is None else list(found.scopes),
        )


def _require_connection(begun: Connection | None) -> Connection:
    if begun is None:
        raise Forbidden(Message("login_state.bad_state"), code="state_invalid")
    return begun

"""Connect accounts: by log-in or form, then a choice among those found; deliveries that waited are resumed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from araldo.accounts import connection_store
from araldo.accounts import store as account_store
from araldo.accounts.connect_form import read_answers
from araldo.accounts.connection_store import Connection
from araldo.accounts.found_accounts import accounts_of_groups, pack_groups, unpack_groups
from araldo.accounts.health import health_of
from araldo.accounts.login_state import hash_secret, is_same_browser, issue_state, read_state
from araldo.accounts.models import Account, AccountLogin
from araldo.accounts.store import Place
from araldo.clock import Clock
from araldo.errors import AraldoError, Conflict, Forbidden, NotFound
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.platforms.service import (
    AccountGroup,
    ConnectMethod,
    DiscoveredAccount,
    DiscoveredAccounts,
    Inspection,
    LoginCallback,
    LoginStart,
    Service,
)
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
    """Runs connections: a log-in or a form, the accounts that it discovered, and the choice among them."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        vault: Vault,
        services: Mapping[str, Service],
        declarations: Sequence[Declaration],
        redirect_base: str,
        resume: Resume,
    ) -> None:
        self._declarations = declarations
        self._resume = resume
        self._database = database
        self._clock = clock
        self._vault = vault
        self._services = services
        self._redirect_base = redirect_base

    @property
    def services(self) -> Sequence[Service]:
        """Everything that accounts can be connected of."""
        return list(self._services.values())

    def get_service(self, name: str) -> Service:
        """Return the service. Raises NotFound."""
        if name not in self._services:
            known = ", ".join(self._services)
            raise NotFound(Message("connect.service_unknown", {"name": name, "known": known}), code="service_unknown")
        return self._services[name]

    def get_method(self, service: str, name: str | None) -> ConnectMethod:
        """Return a method of the service, None: the one it suggests. Raises NotFound."""
        methods = {method.name: method for method in self.get_service(service).declaration.methods}
        if name is None:
            return next(iter(methods.values()))
        if name not in methods:
            values = {"name": name, "service": service, "known": ", ".join(methods)}
            raise NotFound(Message("connect.method_unknown", values), code="method_unknown")
        return methods[name]

    def find_sandbox_url(self, places: Sequence[Place]) -> str | None:
        """Return a local service's URL when all of these are local; when there are none, that of any service."""
        asked = places or [(name, None) for name in self._services]
        found = [self._services[name].local_address(host) for name, host in asked if name in self._services]
        local = [address for address in found if address is not None]
        return local[0] if local and (not places or len(local) == len(places)) else None

    def redirect_uri(self, service: str) -> str:
        """Return the OAuth redirect URI, which an operator enters exactly so in the app's settings."""
        return f"{self._base_url(service)}/callback"

    def _base_url(self, service: str) -> str:
        return f"{self._redirect_base}/api/v1/accounts/connect/{service}"

    async def begin(
        self,
        service: str,
        method_name: str | None,
        answers: Mapping[str, str],
        workspace_id: str,
        by: Caller | None,
        browser: str | None = None,
    ) -> tuple[Connection, str | None]:
        """Begin a connection; return it and the URL to open for a log-in, None when its accounts are found already.

        `by`: None for the command line. `browser`: the secret of the browser that starts, the only one that may
        complete the log-in. Without it the URL is of our own consent screen, which binds the log-in to the browser that
        consents. Raises NotFound, PostInvalid for the answers, and what the service raises.
        """
        method = self.get_method(service, method_name)
        complete = read_answers(method, answers)
        if method.kind == "form":
            found = await self._services[service].find_accounts(method.name, complete)
            begun = self._new_connection(service, method.name, workspace_id, by, _CHOOSE_WITHIN)
            made = self._with_discovered(begun, found)
            await self._database.write(lambda transaction: connection_store.add(transaction, made))
            return made, None
        return await self._begin_login(service, method, complete, workspace_id, by, browser)

    async def _begin_login(
        self,
        service: str,
        method: ConnectMethod,
        answers: Mapping[str, str],
        workspace_id: str,
        by: Caller | None,
        browser: str | None,
    ) -> tuple[Connection, str]:
        new = self._new_connection(service, method.name, workspace_id, by, _LOGIN_WITHIN)
        state = issue_state(self._vault, new.id)
        callback = LoginCallback(self.redirect_uri(service), state.text)
        start = await self._services[service].begin_login(method.name, answers, callback)
        made = replace(
            new,
            nonce_hash=state.nonce_hash,
            browser_hash=None if browser is None else hash_secret(browser),
            remembered=self._vault.seal(json.dumps({"url": start.url, "remembered": dict(start.remembered)})),
        )
        await self._database.write(lambda transaction: connection_store.add(transaction, made))
        consent_url = f"{self._base_url(service)}/consent?{urlencode({'state': state.text})}"
        return made, consent_url if browser is None else start.url

    async def find_for_consent(self, service: str, state: str) -> Connection:
        """Return the connection that the consent screen asks about. Raises Forbidden, NotFound."""
        self.get_service(service)
        known = read_state(self._vault, state)
        begun = await self._database.read(
            lambda transaction: connection_store.find_begun(transaction, service, known, self._clock.now())
        )
        return _require_connection(begun)

    async def consent(self, service: str, state: str, browser: str) -> str:
        """Bind the log-in to this browser and return the log-in's URL. Raises Forbidden, NotFound."""
        self.get_service(service)
        known = read_state(self._vault, state)
        bound = await self._database.write(
            lambda transaction: connection_store.bind_browser(
                transaction, service, known, hash_secret(browser), self._clock.now()
            )
        )
        return self._remembered_start(_require_connection(bound)).url

    async def decline(self, service: str, state: str) -> Connection:
        """End the connection without accounts and use up the state. Raises Forbidden."""
        return await self._fail(await self._use_state(service, state), Message("connect.declined"))

    async def complete_login(
        self, service: str, state: str, query: Mapping[str, str], browser: str | None
    ) -> Connection:
        """Complete the log-in with the `query` of the service's redirect. The state is valid once.

        Raises Forbidden, also for another browser than the one that the log-in is bound to, and NotFound.
        """
        begun = await self._use_state(service, state)
        if not is_same_browser(begun.browser_hash, browser):
            await self._fail(begun, Message("connect.other_browser"))
            raise Forbidden(Message("connect.other_browser"), code="other_browser")
        start = self._remembered_start(begun)
        try:
            found = await self._services[service].finish_login(
                begun.method, query, start.remembered, self.redirect_uri(service)
            )
        except AraldoError as failure:
            return await self._fail(begun, failure.message)
        return await self._save(begun, self._with_discovered(begun, found))

    def _remembered_start(self, connection: Connection) -> LoginStart:
        """Return what its service remembers of a begun log-in. Raises Forbidden when it is over."""
        if connection.remembered is None:
            raise Forbidden(Message("login_state.bad_state"), code="state_invalid")
        return LoginStart(**json.loads(self._vault.open(connection.remembered)))

    async def _use_state(self, service: str, state: str) -> Connection:
        self.get_service(service)
        known = read_state(self._vault, state)
        taken = await self._database.write(
            lambda transaction: connection_store.use_state(transaction, service, known, self._clock.now())
        )
        return _require_connection(taken)

    async def get(self, workspace_id: str, connection_id: str) -> Connection:
        """Return the connection; after its time as `expired`, without its accounts. Raises NotFound."""
        found = await self._database.read(
            lambda transaction: connection_store.get(transaction, workspace_id, connection_id)
        )
        if found.status in {"begun", "pending"} and found.expires_at <= self._clock.now():
            return replace(found, status="expired", found=None)
        return found

    def discovered_groups(self, connection: Connection) -> list[AccountGroup]:
        if connection.found is None:
            return []
        return unpack_groups(self._vault.open(connection.found))

    def choice_ticket_of(self, connection: Connection) -> str:
        """Return a signed ticket with which a browser without key or session may choose from this connection once."""
        named = f"{connection.workspace_id}.{connection.id}"
        return f"{named}.{self._vault.sign(f'ticket {named}')}"

    async def connect_chosen_by_ticket(self, ticket: str, group_ids: Sequence[str], *, address: str) -> list[Account]:
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
        return await self.connect_chosen(workspace_id, connection_id, group_ids)

    async def connect_chosen(
        self, workspace_id: str, connection_id: str, group_ids: Sequence[str] | None
    ) -> list[Account]:
        """Connect the accounts of these groups (None: of all), once per connection. Raises PostInvalid, Conflict."""
        connection = await self.get(workspace_id, connection_id)
        if connection.status == "begun":
            raise Conflict(Message("connect.login_not_finished"), code="not_yet")
        if connection.status != "pending":
            raise Conflict(Message("connect.expired"), code="connection_over")
        chosen = accounts_of_groups(self.discovered_groups(connection), group_ids)

        done = replace(connection, status="done", found=None)

        def in_transaction(transaction: Transaction) -> list[Account]:
            if not connection_store.change(transaction, connection, done):
                raise Conflict(Message("connect.expired"), code="connection_over")
            return self._connect_accounts(transaction, done, chosen, self._clock.now())

        return await self._database.write(in_transaction)

    def _connect_accounts(
        self, transaction: Transaction, connection: Connection, chosen: Sequence[DiscoveredAccount], now: datetime
    ) -> list[Account]:
        workspace_id = connection.workspace_id
        zone = workspace_store.get(transaction, workspace_id).zone
        accounts = []
        for found in chosen:
            account_id = account_store.connect(
                transaction, workspace_id, self._login_of(connection, found, now, zone), now
            )
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
        self, service: str, method: str, workspace_id: str, by: Caller | None, lives: timedelta
    ) -> Connection:
        now = self._clock.now()
        return Connection(
            id=new_id("con"),
            workspace_id=workspace_id,
            api_key_id=None if by is None else by.key_id,
            session_id=None if by is None else by.session_id,
            service=service,
            method=method,
            status="begun",
            nonce_hash=None,
            browser_hash=None,
            complete=True,
            remembered=None,
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
            remembered=None,
            found=self._vault.seal(pack_groups(found.groups)),
            complete=found.complete,
            notes=[note.as_json() for note in found.notes],
            expires_at=self._clock.now() + _CHOOSE_WITHIN,
        )

    async def _fail(self, connection: Connection, why: Message) -> Connection:
        return await self._save(connection, replace(connection, status="failed", remembered=None, error=why.as_json()))

    async def _save(self, before: Connection, after: Connection) -> Connection:
        await self._database.write(lambda transaction: connection_store.change(transaction, before, after))
        return after

    def _login_of(self, connection: Connection, found: DiscoveredAccount, now: datetime, zone: str) -> AccountLogin:
        """Return what to store of the account; its health is derived from what the log-in showed."""
        seen = Inspection(ends=found.ends, scopes=found.scopes)
        health, hint = health_of(seen, found.kind, self._declarations, now, zone)
        return AccountLogin(
            kind=found.kind,
            service=connection.service,
            connect_method=connection.method,
            remote_id=found.remote_id,
            name=found.name,
            username=found.username,
            host=found.credentials.host,
            health=health,
            health_detail=None if hint is None else {"message": hint.as_json()},
            checked_at=now,
            credentials=self._vault.seal(found.credentials.as_json()),
            ends=[end.as_json() for end in found.ends],
            scopes=None if found.scopes is None else list(found.scopes),
            facts=dict(found.facts),
        )


def _require_connection(begun: Connection | None) -> Connection:
    if begun is None:
        raise Forbidden(Message("login_state.bad_state"), code="state_invalid")
    return begun

"""Connecting accounts: a person logs in or gives a token, chooses Pages, and what waited for them goes on."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from araldo.accounts import connection_store
from araldo.accounts import store as account_store
from araldo.accounts.connection_store import Connection
from araldo.accounts.health import health_of
from araldo.accounts.models import Account
from araldo.clock import Clock
from araldo.errors import AraldoError, Conflict, Forbidden, PostInvalid, Problem, Sentence
from araldo.platforms.base import Declaration, Found, FoundAccount, Inspection, Login
from araldo.storage.database import Database, Transaction, new_id
from araldo.storage.events import Bell, tell
from araldo.storage.vault import Vault
from araldo.workspaces.models import Caller

_COME_BACK_WITHIN = timedelta(minutes=30)
_CHOOSE_WITHIN = timedelta(minutes=10)

_BAD_STATE = Sentence(
    "This log-in was not begun here, has been used, or took too long: begin again.",
    "Questo accesso non è iniziato qui, è già stato usato o ha richiesto troppo tempo: ricomincia.",
)
_DECLINED = Sentence(
    "The access was not granted; nothing was connected.", "L'accesso non è stato concesso; nulla è stato collegato."
)
_OVER = Sentence(
    "This connection is over or took too long: begin again.",
    "Questo collegamento è concluso o ha richiesto troppo tempo: ricomincia.",
)
_NOT_YET = Sentence("Nobody has come back from the log-in yet.", "Nessuno è ancora tornato dall'accesso.")
_NO_PAGE = Sentence("Choose at least one Page.", "Scegli almeno una Pagina.")
_NO_SUCH_PAGE = Sentence('"{page}" is not among the Pages found.', '"{page}" non è tra le Pagine trovate.')

# What is to go on once these accounts are connected again, in the transaction that connects them.
Resume = Callable[[Transaction, Sequence[str]], Awaitable[None]]


class Connector:
    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        vault: Vault,
        bell: Bell,
        logins: Mapping[str, Login],
        declarations: Sequence[Declaration],
        redirect_base: str,
        resume: Resume,
    ) -> None:
        self._bell = bell
        self._declarations = declarations
        self._resume = resume
        self._database = database
        self._clock = clock
        self._vault = vault
        self._logins = logins
        self._redirect_base = redirect_base

    def redirect_uri(self, service: str) -> str:
        """Where the log-in leads back to; an operator gives this very address to the app's settings."""
        return f"{self._redirect_base}/api/v1/accounts/connect/{service}/callback"

    async def begin(self, service: str, workspace_id: str, by: Caller | None) -> tuple[Connection, str]:
        """A connection, and the address at which a person logs in. `by`: None for the command line."""
        nonce = secrets.token_urlsafe(24)
        made = self._new(service, workspace_id, by, "begun", _COME_BACK_WITHIN)
        state = f"{made.id}.{nonce}"
        signed = f"{state}.{self._vault.sign(f'state {state}')}"
        url = self._logins[service].dialog_url(signed, self.redirect_uri(service))
        made = replace(made, nonce_hash=_hash(nonce))
        async with self._database.transaction() as transaction:
            await connection_store.add(transaction, made)
        return made, url

    async def come_back(self, service: str, state: str, code: str | None) -> Connection:
        """What the log-in led back with; no `code` when the person declined. The state is good once."""
        signed, _, signature = state.rpartition(".")
        if not self._vault.verifies(f"state {signed}", signature):
            raise Forbidden(_BAD_STATE, code="state_invalid")
        connection_id, _, nonce = signed.partition(".")
        async with self._database.transaction() as transaction:
            begun = await connection_store.take(transaction, service, connection_id, _hash(nonce), self._clock.now())
        if begun is None:
            raise Forbidden(_BAD_STATE, code="state_invalid")
        if not code:
            return await self._settle(begun, status="failed", error=_DECLINED.as_json())
        login = self._logins[service]
        try:
            found = await login.accounts_of(await login.token_of(code, self.redirect_uri(service)))
        except AraldoError as failure:
            return await self._settle(begun, status="failed", error=failure.sentence.as_json())
        return await self._settle(begun, **self._pending(found))

    async def paste(self, service: str, token: str, workspace_id: str, by: Caller | None) -> Connection:
        """A connection to choose from, out of a token that a person brought."""
        found = await self._logins[service].accounts_of(token)
        made = replace(self._new(service, workspace_id, by, "pending", _CHOOSE_WITHIN), **self._pending(found))
        async with self._database.transaction() as transaction:
            await connection_store.add(transaction, made)
        return made

    async def get(self, workspace_id: str, connection_id: str) -> Connection:
        """Past its time it is `expired`, and what was found is not shown any more."""
        async with self._database.reading() as transaction:
            found = await connection_store.get(transaction, workspace_id, connection_id)
        if found.status in {"begun", "pending"} and found.expires_at <= self._clock.now():
            return replace(found, status="expired", found=None)
        return found

    def found_in(self, connection: Connection) -> list[FoundAccount]:
        if connection.found is None:
            return []
        return [_unpacked(one) for one in json.loads(self._vault.open(connection.found))]

    def ticket_of(self, connection: Connection) -> str:
        """Lets a browser without a key choose from this one connection, which is good for one choice."""
        named = f"{connection.workspace_id}.{connection.id}"
        return f"{named}.{self._vault.sign(f'ticket {named}')}"

    async def choose_by_ticket(self, ticket: str, page_ids: Sequence[str]) -> list[Account]:
        named, _, signature = ticket.rpartition(".")
        if not self._vault.verifies(f"ticket {named}", signature):
            raise Forbidden(_BAD_STATE, code="ticket_invalid")
        workspace_id, _, connection_id = named.partition(".")
        connection = await self.get(workspace_id, connection_id)
        async with self._database.reading() as transaction:
            if not await connection_store.may_go_on(transaction, connection, self._clock.now()):
                raise Forbidden(_BAD_STATE, code="ticket_invalid")
        return await self.choose(workspace_id, connection_id, page_ids)

    async def choose(self, workspace_id: str, connection_id: str, page_ids: Sequence[str] | None) -> list[Account]:
        """Connects the accounts of these Pages (None: of all) and no others, once. Raises PostInvalid, Conflict."""
        connection = await self.get(workspace_id, connection_id)
        if connection.status == "begun":
            raise Conflict(_NOT_YET, code="not_yet")
        if connection.status != "pending":
            raise Conflict(_OVER, code="connection_over")
        chosen = _chosen(self.found_in(connection), page_ids)
        async with self._database.transaction() as transaction:
            if not await connection_store.move(transaction, connection, status="done", found=None):
                raise Conflict(_OVER, code="connection_over")
            accounts = await self._put(transaction, workspace_id, chosen, self._clock.now())
        self._bell.ring()
        return accounts

    async def _put(
        self, transaction: Transaction, workspace_id: str, chosen: Sequence[FoundAccount], now: datetime
    ) -> list[Account]:
        accounts = []
        for one in chosen:
            account_id = await account_store.put(transaction, workspace_id, self._sealed(one, now), now)
            account = await account_store.get(transaction, workspace_id, account_id)
            data = {"account_id": account_id, "name": one.name, "kind": one.kind, "health": account.health}
            await tell(transaction, "account.connected", workspace_id=workspace_id, at=now, data=data)
            accounts.append(account)
        await self._resume(transaction, [account.id for account in accounts])
        return accounts

    def _new(self, service: str, workspace_id: str, by: Caller | None, status: str, lives: timedelta) -> Connection:
        now = self._clock.now()
        return Connection(
            id=new_id("con"),
            workspace_id=workspace_id,
            api_key_id=None if by is None else by.key_id,
            session_id=None if by is None else by.session_id,
            service=service,
            status=status,
            nonce_hash=None,
            found=None,
            notes=None,
            error=None,
            created_at=now,
            expires_at=now + lives,
        )

    def _pending(self, found: Found) -> dict[str, Any]:
        packed = json.dumps([asdict(one) for one in found.accounts], default=datetime.isoformat)
        return {
            "status": "pending",
            "found": self._vault.seal(packed),
            "notes": [note.as_json() for note in found.notes],
            "expires_at": self._clock.now() + _CHOOSE_WITHIN,
        }

    async def _settle(self, connection: Connection, **changes: Any) -> Connection:
        async with self._database.transaction() as transaction:
            await connection_store.move(transaction, connection, **changes)
        return replace(connection, **changes)

    def _sealed(self, found: FoundAccount, now: datetime) -> dict[str, Any]:
        """Its health is what the log-in showed: connected is not yet complete."""
        seen = Inspection(
            expires_at=found.expires_at,
            read_token_expires_at=found.read_token_expires_at,
            data_access_expires_at=found.data_access_expires_at,
            scopes=found.scopes,
        )
        health, hint = health_of(seen, found.kind, self._declarations, now)
        return {
            "kind": found.kind,
            "service": found.service,
            "remote_id": found.remote_id,
            "parent_remote_id": found.parent_remote_id,
            "name": found.name,
            "username": found.username,
            "health": health,
            "health_detail": None if hint is None else {"sentence": hint.as_json()},
            "checked_at": now,
            "token": self._vault.seal(found.token),
            "token_kind": found.token_kind,
            "token_expiry": found.expiry,
            "token_expires_at": found.expires_at,
            "data_access_expires_at": found.data_access_expires_at,
            "read_token": None if found.read_token is None else self._vault.seal(found.read_token),
            "read_token_expires_at": found.read_token_expires_at,
            "scopes": None if found.scopes is None else list(found.scopes),
        }


def _chosen(found: Sequence[FoundAccount], page_ids: Sequence[str] | None) -> list[FoundAccount]:
    if page_ids is None:
        page_ids = [one.page_id for one in found]
    known = {one.page_id for one in found}
    problems = [
        Problem(f"/page_ids/{index}", "page_unknown", _NO_SUCH_PAGE.with_(page=page_id))
        for index, page_id in enumerate(page_ids)
        if page_id not in known
    ]
    if not page_ids:
        problems = [Problem("/page_ids", "empty", _NO_PAGE)]
    if problems:
        raise PostInvalid(problems)
    # Two Pages may share one Instagram account: it is connected once, through the first of them.
    places = {(one.kind, one.remote_id): one for one in reversed(found) if one.page_id in set(page_ids)}
    return list(reversed(places.values()))


_TIMES = ("expires_at", "read_token_expires_at", "data_access_expires_at")


def _unpacked(packed: dict[str, Any]) -> FoundAccount:
    times = {name: None if packed[name] is None else datetime.fromisoformat(packed[name]) for name in _TIMES}
    scopes = None if packed["scopes"] is None else tuple(packed["scopes"])
    lacks = tuple(Sentence(**one) for one in packed["lacks"])
    return FoundAccount(**{**packed, **times, "scopes": scopes, "lacks": lacks})


def _hash(nonce: str) -> str:
    return hashlib.sha256(nonce.encode()).hexdigest()

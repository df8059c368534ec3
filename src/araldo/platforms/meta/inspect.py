"""What Meta says of a token: its kind, when it ends, what it may do, and whether the account behind it still works.

Facts: Meta's "Access Tokens" guide, the reference of /debug_token, and field reports of what it leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from araldo.clock import Clock
from araldo.errors import OutsideError, ReconnectNeeded, Rejected, TryLater
from araldo.messages import Message
from araldo.platforms.base import Credentials, Expiry, Inspection, Service
from araldo.platforms.meta.graph import Graph
from araldo.platforms.meta.graph_errors import error_from

SESSION_LOST = frozenset({"190", "102"})
# The session is intact when a person has to confirm something with Meta, or has lost the role.
_ALIVE_BUT_BARRED = {"459", "464", "492"}


@dataclass(frozen=True, slots=True)
class Known:
    """What /debug_token says of a token; all unknown where no app secret is set to ask with."""

    kind: str | None = None
    expiry: Expiry = "unknown"
    expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    scopes: tuple[str, ...] | None = None
    # Scopes that were granted for some places only, and for which.
    targets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    # Why it is not valid; None while it is.
    trouble: OutsideError | None = None

    def scopes_for(self, *ids: str | None) -> tuple[str, ...] | None:
        """What is granted for the place that has one of these ids; None where nobody tells."""
        if self.scopes is None:
            return None
        here = {one for one in ids if one is not None}
        return tuple(scope for scope in self.scopes if scope not in self.targets or self.targets[scope] & here)


class Inspector:
    def __init__(self, graph: Graph, service: Service, clock: Clock) -> None:
        self._graph = graph
        self._clock = clock
        self._service = service

    @property
    def can_ask(self) -> bool:
        """Whether an app's id and secret are set: only an app may ask what a token is."""
        return bool(self._service.app_id and self._service.app_secret)

    async def ask(self, token: str) -> Known:
        if not self.can_ask:
            return Known()
        app_token = f"{self._service.app_id}|{self._service.app_secret}"
        try:
            answer = await self._graph.read("debug_token", app_token, input_token=token)
        except TryLater:
            raise
        except OutsideError as refusal:
            return Known(trouble=await self._whose_fault(refusal, app_token))
        data = answer.get("data")
        if not isinstance(data, dict):
            return Known()
        theirs = str(data.get("app_id") or self._service.app_id)
        if theirs != self._service.app_id:
            message = Message("meta.inspect.other_app", {"theirs": theirs, "ours": self._service.app_id})
            return Known(trouble=ReconnectNeeded(message, service="meta", code="other_app"))
        return _known(data)

    async def _whose_fault(self, refusal: OutsideError, app_token: str) -> OutsideError:
        """A refusal to say what a token is may be of the app's own token, which then opens nothing else either."""
        try:
            await self._graph.read(str(self._service.app_id), app_token, fields="id")
        except ReconnectNeeded:
            return Rejected(Message("meta.inspect.app_refused"), service="meta", code="app_refused")
        except OutsideError:
            return refusal
        return refusal

    async def inspect(self, credentials: Credentials) -> Inspection:
        """Raises TryLater only."""
        own = await self.ask(credentials.token)
        other = Known() if credentials.read_token is None else await self.ask(credentials.read_token)
        reads_apart = credentials.kind == "instagram_account"
        seen = Inspection(
            expiry=own.expiry,
            expires_at=own.expires_at,
            read_token_expires_at=other.expires_at if reads_apart else None,
            data_access_expires_at=own.data_access_expires_at or other.data_access_expires_at,
            scopes=own.scopes_for(credentials.remote_id, credentials.parent_remote_id),
            ending=Message("meta.inspect.person_gone") if reads_apart and other.trouble is not None else None,
        )
        trouble = own.trouble or await self._trouble_in_use(credentials)
        if trouble is not None:
            return _with_trouble(seen, trouble)
        if credentials.kind == "instagram_account" and not await self._is_linked(credentials):
            return replace(seen, broken=Message("meta.inspect.unlinked"))
        ended = seen.data_access_expires_at
        if ended is not None and ended <= self._clock.now():
            return replace(seen, broken=Message("meta.inspect.data_access"))
        return seen

    async def _trouble_in_use(self, credentials: Credentials) -> OutsideError | None:
        """Without a secret nobody tells; so the token is used, for a read of its own Page."""
        try:
            await self._graph.read(
                credentials.parent_remote_id or credentials.remote_id, credentials.token, fields="id,name"
            )
        except TryLater:
            raise
        except Rejected as refusal:
            # The table's message for it speaks of posts.
            code = refusal.code if refusal.subcode is None else f"{refusal.code}/{refusal.subcode}"
            return Rejected(
                Message("meta.inspect.not_shown", {"code": code}),
                service="meta",
                code=refusal.code,
                subcode=refusal.subcode,
            )
        except OutsideError as refusal:
            return refusal
        return None

    async def _is_linked(self, credentials: Credentials) -> bool:
        page_id = credentials.parent_remote_id
        if page_id is None:
            return True
        fields = "instagram_business_account{id},connected_instagram_account{id}"
        try:
            page = await self._graph.read(page_id, credentials.token, fields=fields)
        except TryLater:
            raise
        except OutsideError:
            # It cannot be told; what can be told was asked before.
            return True
        names = ("instagram_business_account", "connected_instagram_account")
        return credentials.remote_id in {str((page.get(name) or {}).get("id")) for name in names}


def _with_trouble(seen: Inspection, trouble: OutsideError) -> Inspection:
    if trouble.code in SESSION_LOST and trouble.subcode not in _ALIVE_BUT_BARRED:
        return replace(seen, dead=trouble.message)
    return replace(seen, broken=trouble.message)


def _known(data: Mapping[str, Any]) -> Known:
    expires, valid = data.get("expires_at"), bool(data.get("is_valid", False))
    # Of a token that opens nothing an empty list is no news.
    scopes = data.get("scopes") or (data.get("scopes") if valid else None)
    return Known(
        kind=data.get("type"),
        # Absent is not "never": only a plain 0 is.
        expiry="at" if _moment(expires) else "never" if expires == 0 else "unknown",
        expires_at=_moment(expires),
        data_access_expires_at=_moment(data.get("data_access_expires_at")),
        scopes=tuple(str(scope) for scope in scopes) if isinstance(scopes, list) else None,
        targets=_targets(data.get("granular_scopes")),
        trouble=None if valid else _trouble(data.get("error")),
    )


def _targets(granular: object) -> dict[str, frozenset[str]]:
    """A scope with no targets, or with none named, is granted for all places, those to come as well."""
    told = [one for one in granular if isinstance(one, dict)] if isinstance(granular, list) else []
    return {str(one.get("scope")): frozenset(map(str, one["target_ids"])) for one in told if one.get("target_ids")}


def _trouble(error: object) -> OutsideError:
    """debug_token answers 200 for a dead token too, with the reason inside; its subcode's key is not certain."""
    if isinstance(error, dict) and error.get("code") is not None:
        subcode = error.get("subcode", error.get("error_subcode"))
        return error_from({"code": error["code"], "error_subcode": subcode}, visible=False)
    return error_from({"code": 190}, visible=False)


def _moment(unix: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(unix, UTC) if isinstance(unix, int) and unix > 0 else None
    except (OverflowError, ValueError, OSError):
        return None

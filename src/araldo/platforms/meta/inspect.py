"""Inspect Meta tokens: kind, expiry, permissions, and whether the account behind the token still works.

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
from araldo.platforms.credentials import Credentials
from araldo.platforms.meta.app import SERVICE, MetaApp
from araldo.platforms.meta.graph import GraphClient
from araldo.platforms.meta.graph_errors import error_from
from araldo.platforms.meta.tokens import Expiry, access_ends, identity_of, page_token_of, person_token_of
from araldo.platforms.service import Inspection

SESSION_ERROR_CODES = frozenset({"190", "102"})
# With these subcodes the session still exists: the person has to confirm something, or has lost the role.
_SESSION_INTACT_SUBCODES = {"459", "464", "492"}


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """What /debug_token says about a token; all fields are unknown when no app secret is set to read it with."""

    kind: str | None = None
    expiry: Expiry = "unknown"
    expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    scopes: tuple[str, ...] | None = None
    # Scopes that were granted for some Pages or Instagram accounts only, with the ids of those.
    targets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    # Why the token is not valid; None while it is.
    error: OutsideError | None = None

    def scopes_for(self, *ids: str | None) -> tuple[str, ...] | None:
        """Return the scopes granted for a Page or account with one of these ids; None when unknown."""
        if self.scopes is None:
            return None
        known_ids = {remote_id for remote_id in ids if remote_id is not None}
        return tuple(scope for scope in self.scopes if scope not in self.targets or self.targets[scope] & known_ids)


class TokenInspector:
    def __init__(self, graph: GraphClient, app: MetaApp, clock: Clock) -> None:
        self._graph = graph
        self._clock = clock
        self._app = app

    @property
    def has_app_credentials(self) -> bool:
        """Whether an app's id and secret are set, which /debug_token requires."""
        return bool(self._app.app_id and self._app.app_secret)

    async def read_token_info(self, token: str) -> TokenInfo:
        """Read /debug_token. Raises TryLater; other failures are in `TokenInfo.error`."""
        if not self.has_app_credentials:
            return TokenInfo()
        app_token = f"{self._app.app_id}|{self._app.app_secret}"
        try:
            answer = await self._graph.read("debug_token", app_token, input_token=token)
        except TryLater:
            raise
        except OutsideError as refusal:
            return TokenInfo(error=await self._attribute_refusal(refusal, app_token))
        data = answer.get("data")
        if not isinstance(data, dict):
            return TokenInfo()
        theirs = str(data.get("app_id") or self._app.app_id)
        if theirs != self._app.app_id:
            message = Message("meta.inspect.other_app", {"theirs": theirs, "ours": self._app.app_id})
            return TokenInfo(error=ReconnectNeeded(message, service=SERVICE, code="other_app"))
        return _parse_token_info(data)

    async def _attribute_refusal(self, refusal: OutsideError, app_token: str) -> OutsideError:
        """Return what /debug_token refused: the inspected token, or the app's own, which then fails other reads too."""
        try:
            await self._graph.read(str(self._app.app_id), app_token, fields="id")
        except ReconnectNeeded:
            return Rejected(Message("meta.inspect.app_refused"), service=SERVICE, code="app_refused")
        except OutsideError:
            return refusal
        return refusal

    async def inspect(self, credentials: Credentials) -> Inspection:
        """Inspect an account's tokens. Raises TryLater only."""
        account, person_token = identity_of(credentials), person_token_of(credentials)
        own = await self.read_token_info(page_token_of(credentials))
        other = TokenInfo() if person_token is None else await self.read_token_info(person_token)
        reads_apart = account.page_id is not None
        data_access_expires_at = own.data_access_expires_at or other.data_access_expires_at
        seen = Inspection(
            ends=access_ends(
                own.expiry,
                own.expires_at,
                person_expires_at=other.expires_at if reads_apart else None,
                data_access_expires_at=data_access_expires_at,
            ),
            scopes=own.scopes_for(account.remote_id, account.page_id),
            warning=Message("meta.inspect.login_session_ended") if reads_apart and other.error is not None else None,
        )
        trouble = own.error or await self._probe_token(credentials)
        if trouble is not None:
            return _with_token_error(seen, trouble)
        if not await self._is_linked(credentials):
            return replace(seen, problem=Message("meta.inspect.instagram_unlinked"))
        if data_access_expires_at is not None and data_access_expires_at <= self._clock.now():
            return replace(seen, problem=Message("meta.inspect.data_access_expired"))
        return seen

    async def _probe_token(self, credentials: Credentials) -> OutsideError | None:
        """Return the error of reading the token's own Page, None when it works: needs no app secret."""
        account = identity_of(credentials)
        try:
            await self._graph.read(account.page_id or account.remote_id, page_token_of(credentials), fields="id,name")
        except TryLater:
            raise
        except Rejected as refusal:
            # The error table's message is about posts.
            code = refusal.code if refusal.subcode is None else f"{refusal.code}/{refusal.subcode}"
            return Rejected(
                Message("meta.inspect.page_not_visible", {"code": code}),
                service=SERVICE,
                code=refusal.code,
                subcode=refusal.subcode,
            )
        except OutsideError as refusal:
            return refusal
        return None

    async def _is_linked(self, credentials: Credentials) -> bool:
        """Return whether an Instagram account is still linked to its Page; True for a Page itself."""
        account = identity_of(credentials)
        if account.page_id is None:
            return True
        fields = "instagram_business_account{id},connected_instagram_account{id}"
        try:
            page = await self._graph.read(account.page_id, page_token_of(credentials), fields=fields)
        except TryLater:
            raise
        except OutsideError:
            # The link cannot be read; the token itself was checked before.
            return True
        names = ("instagram_business_account", "connected_instagram_account")
        return account.remote_id in {str((page.get(name) or {}).get("id")) for name in names}


def _with_token_error(seen: Inspection, trouble: OutsideError) -> Inspection:
    if trouble.code in SESSION_ERROR_CODES and trouble.subcode not in _SESSION_INTACT_SUBCODES:
        return replace(seen, access_lost=trouble.message)
    return replace(seen, problem=trouble.message)


def _parse_token_info(data: Mapping[str, Any]) -> TokenInfo:
    expires, valid = data.get("expires_at"), bool(data.get("is_valid", False))
    # An empty list of scopes means nothing when the token is invalid.
    scopes = data.get("scopes") or (data.get("scopes") if valid else None)
    return TokenInfo(
        kind=data.get("type"),
        # Only 0 means "never"; an absent value is unknown.
        expiry="at" if _utc_time(expires) else "never" if expires == 0 else "unknown",
        expires_at=_utc_time(expires),
        data_access_expires_at=_utc_time(data.get("data_access_expires_at")),
        scopes=tuple(str(scope) for scope in scopes) if isinstance(scopes, list) else None,
        targets=_scope_targets(data.get("granular_scopes")),
        error=None if valid else _token_error(data.get("error")),
    )


def _scope_targets(granular: object) -> dict[str, frozenset[str]]:
    """Return the target ids by scope; a scope without targets is granted for all Pages, future ones too."""
    entries = [entry for entry in granular if isinstance(entry, dict)] if isinstance(granular, list) else []
    return {
        str(entry.get("scope")): frozenset(map(str, entry["target_ids"]))
        for entry in entries
        if entry.get("target_ids")
    }


def _token_error(error: object) -> OutsideError:
    """Return the error inside a debug_token answer, which has status 200 for an invalid token too.

    Both `subcode` and `error_subcode` have been reported as the subcode's key.
    """
    if isinstance(error, dict) and error.get("code") is not None:
        subcode = error.get("subcode", error.get("error_subcode"))
        return error_from({"code": error["code"], "error_subcode": subcode}, visible=False)
    return error_from({"code": 190}, visible=False)


def _utc_time(unix: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(unix, UTC) if isinstance(unix, int) and unix > 0 else None
    except (OverflowError, ValueError, OSError):
        return None

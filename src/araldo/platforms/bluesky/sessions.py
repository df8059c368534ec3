"""Sessions: from a handle and an app password to two tokens, and from these to the next two.

Facts: the lexicons com.atproto.server.createSession, refreshSession, getSession and deleteSession, and
https://atproto.com/specs/xrpc (an access token lives for minutes or hours, a refresh token works once). A token's scope
says whether it is of an app password (github.com/bluesky-social/atproto, packages/pds/src/auth-scope.ts).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from araldo.clock import Clock
from araldo.errors import OutsideError, ReconnectNeeded, TryLater
from araldo.messages import Message
from araldo.platforms.base import PlatformContext
from araldo.platforms.bluesky.errors import NOT_JSON
from araldo.platforms.bluesky.identity import is_did
from araldo.platforms.bluesky.settings import SERVICE
from araldo.platforms.bluesky.xrpc import XrpcClient
from araldo.platforms.credentials import Credentials

# Of an account's own password. Those of app passwords are com.atproto.appPass and com.atproto.appPassPrivileged.
_FULL_ACCESS = "com.atproto.access"
# How long an access token is taken to live that does not say it, and how long before its end it is renewed.
_LIFETIME_S = 1_800.0
_RENEW_BEFORE_S = 600.0


@dataclass(frozen=True, slots=True)
class Session:
    """What the server answers to a log-in. `document`: the account's DID document, None where it sends none."""

    did: str
    handle: str
    access: str
    refresh: str
    document: object
    is_active: bool

    @property
    def is_of_app_password(self) -> bool:
        return _claims_of(self.access).get("scope") != _FULL_ACCESS


class SessionClient:
    def __init__(self, context: PlatformContext) -> None:
        self._xrpc = XrpcClient(context)
        self._clock = context.clock

    async def create(self, host: str, identifier: str, app_password: str) -> Session:
        answer = await self._xrpc.call(
            host,
            "com.atproto.server.createSession",
            secrets=(app_password,),
            json={"identifier": identifier, "password": app_password},
        )
        return _session_of(answer)

    async def refresh(self, host: str, refresh_token: str) -> Session:
        """Return the next session; the token does not work again. Raises ReconnectNeeded, TryLater."""
        return _session_of(await self._xrpc.call(host, "com.atproto.server.refreshSession", token=refresh_token))

    async def renew(self, credentials: Credentials) -> Credentials:
        """Return credentials with a new session, by the refresh token or, when that has ended, by the app password.

        A refresh token ends unused after some weeks, and at once when an answer with its successor is lost. Raises
        ReconnectNeeded when the app password does not work either.
        """
        host, secrets = str(credentials.host), credentials.secrets
        try:
            session = await self.refresh(host, secrets["refresh"])
        except OutsideError as refused:
            if not _is_of_session(refused):
                raise
            session = await self.create(host, str(credentials.facts["did"]), secrets["app_password"])
        if session.did != credentials.facts["did"]:
            raise ReconnectNeeded(Message("bluesky.errors.access_ended"), service=SERVICE, code="other_account")
        return replace(credentials_of(session, host, secrets["app_password"], self._clock), version=credentials.version)


def credentials_of(session: Session, host: str, app_password: str, clock: Clock) -> Credentials:
    """Return the credentials of a session, to be renewed before its access token ends by the service's own clock."""
    claims = _claims_of(session.access)
    begin, end = claims.get("iat"), claims.get("exp")
    # By its lifetime and not by its end, so that clocks may differ.
    lifetime_s = float(end - begin) if isinstance(begin, int) and isinstance(end, int) and end > begin else _LIFETIME_S
    wait_s = max(lifetime_s - _RENEW_BEFORE_S, lifetime_s / 2)
    return Credentials(
        secrets={"app_password": app_password, "access": session.access, "refresh": session.refresh},
        facts={"did": session.did, "handle": session.handle},
        host=host,
        renew_after=clock.now() + timedelta(seconds=wait_s),
    )


def _session_of(answer: Mapping[str, Any]) -> Session:
    did, tokens = answer.get("did"), [answer.get("accessJwt"), answer.get("refreshJwt")]
    if not is_did(did) or not all(isinstance(token, str) and token for token in tokens):
        raise TryLater(Message("bluesky.errors.unreadable"), after_s=5, service=SERVICE, code=NOT_JSON)
    handle = answer.get("handle")
    return Session(
        did=str(did),
        handle=handle if isinstance(handle, str) else str(did),
        access=str(tokens[0]),
        refresh=str(tokens[1]),
        document=answer.get("didDoc"),
        is_active=answer.get("active") is not False,
    )


def _is_of_session(refused: OutsideError) -> bool:
    """Return whether a refusal is about the refresh token itself, and not about the account."""
    return refused.code in {"ExpiredToken", "InvalidToken", "AuthenticationRequired", "AuthMissing"}


def _claims_of(token: str) -> Mapping[str, Any]:
    """Return what a JWT says, unverified: only its server can verify it. Empty where it is none."""
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError, binascii.Error, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}

"""Handle the calls of the API: find the endpoint, validate the token and the rate limit, log, inject faults.

Sources: content/en/api/rate-limits.md, config/initializers/rack_attack.rb (fixed periods; the reset is ISO 8601);
app/controllers/api/base_controller.rb and app/controllers/concerns/api (the texts of 401, 403 and 422).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from fastapi import Request, Response
from starlette.requests import ClientDisconnect

from araldo.sandbox.common.answers import Answer
from araldo.sandbox.common.faults import Fault, FaultQueue
from araldo.sandbox.common.request_bodies import UnreadableBody, read_query
from araldo.sandbox.common.runner import CallRunner
from araldo.sandbox.common.store import LogEntry
from araldo.sandbox.mastodon import media, oauth, statuses
from araldo.sandbox.mastodon.calls import MastodonCall, MastodonError, MastodonFaultError, make_call, read_call
from araldo.sandbox.mastodon.entities import account_entity, instance_entity
from araldo.sandbox.mastodon.records import AccessToken, RateWindow
from araldo.sandbox.mastodon.state import MastodonState


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`scopes`: one of them is enough; none: no token is needed. `any_token`: every valid token is enough."""

    method: str
    path: re.Pattern[str]
    handle: Callable[[MastodonCall], Awaitable[Answer]]
    scopes: tuple[str, ...] = ()
    any_token: bool = False


async def _verify_account(call: MastodonCall) -> Answer:
    """`GET /api/v1/accounts/verify_credentials`: a CredentialAccount."""
    privacy = call.state.settings.default_visibility
    source: dict[str, Any] = {"privacy": privacy, "sensitive": False, "language": None, "note": "", "fields": []}
    return Answer(200, account_entity(call.state, call.account()) | {"source": source})


async def _read_instance(call: MastodonCall) -> Answer:
    """`GET /api/v2/instance`."""
    return Answer(200, instance_entity(call.state))


async def _read_old_instance(call: MastodonCall) -> Answer:
    """`GET /api/v1/instance` (deprecated)."""
    shown = instance_entity(call.state)
    kept = {name: shown[name] for name in ("title", "description", "version", "languages", "configuration", "rules")}
    return Answer(200, {"uri": call.state.domain, "registrations": False} | kept)


def _endpoint(
    method: str,
    path: str,
    handle: Callable[[MastodonCall], Awaitable[Answer]],
    *scopes: str,
    any_token: bool = False,
) -> Endpoint:
    return Endpoint(method, re.compile(path.replace(":id", r"([0-9]+)"), re.ASCII), handle, scopes, any_token)


_WRITE_MEDIA = ("write", "write:media")
_WRITE_STATUSES = ("write", "write:statuses")
ENDPOINTS = (
    _endpoint("POST", "/api/v1/apps", oauth.create_app),
    _endpoint("GET", "/api/v1/apps/verify_credentials", oauth.verify_app, any_token=True),
    _endpoint("POST", "/oauth/token", oauth.create_token),
    _endpoint("POST", "/oauth/revoke", oauth.revoke),
    _endpoint("GET", "/.well-known/oauth-authorization-server", oauth.read_metadata),
    _endpoint("GET", "/api/v2/instance", _read_instance),
    _endpoint("GET", "/api/v1/instance", _read_old_instance),
    _endpoint("GET", "/api/v1/accounts/verify_credentials", _verify_account, "profile", "read", "read:accounts"),
    _endpoint("GET", "/api/v1/accounts/:id", statuses.read_account),
    _endpoint("GET", "/api/v1/accounts/:id/statuses", statuses.list_of_account),
    _endpoint("POST", "/api/v2/media", media.create, *_WRITE_MEDIA),
    _endpoint("POST", "/api/v1/media", media.create_at_once, *_WRITE_MEDIA),
    _endpoint("GET", "/api/v1/media/:id", media.read, *_WRITE_MEDIA),
    _endpoint("PUT", "/api/v1/media/:id", media.update, *_WRITE_MEDIA),
    _endpoint("DELETE", "/api/v1/media/:id", media.delete, *_WRITE_MEDIA),
    _endpoint("POST", "/api/v1/statuses", statuses.create, *_WRITE_STATUSES),
    _endpoint("GET", "/api/v1/statuses/:id", statuses.read),
    _endpoint("DELETE", "/api/v1/statuses/:id", statuses.delete, *_WRITE_STATUSES),
)
_UPLOAD = re.compile(r"/api/v\d+/media", re.ASCII)


class MastodonApi:
    """Answers calls of the API."""

    def __init__(self, state: MastodonState, faults: FaultQueue) -> None:
        self._state = state
        self._runner = CallRunner[Answer](state.name, state.store, faults, self._fail)

    async def handle(self, request: Request) -> Response:
        try:
            call = await read_call(self._state, request)
        except ClientDisconnect:
            return Response(status_code=400)
        except UnreadableBody:
            call = make_call(self._state, request, read_query(request))
            answer = await self._runner.run(call.logged(), _refuse_unreadable)
            return answer.to_response()

        async def execute(entry: LogEntry) -> Answer:
            call.made = entry.made
            return await self._execute(call)

        return (await self._runner.run(call.logged(), execute)).to_response()

    def _fail(self, fault: Fault) -> Answer:
        if not isinstance(fault.error, MastodonFaultError):
            return Answer(0, None, fault=fault)
        error, headers = fault.error.to_error(), {}
        if fault.error.rate_limit_reset_s is not None:
            limit = self._state.settings.rate_limit
            headers = _rate_headers(limit, limit, self._state.now() + fault.error.rate_limit_reset_s)
        return Answer(error.status, error.body(), headers)

    async def _execute(self, call: MastodonCall) -> Answer:
        headers: dict[str, str] = {}
        try:
            if call.path.startswith("/api/"):
                headers = self._count(call)
            answer = await self._dispatch(call)
        except _RateLimited as limited:
            return Answer(429, {"error": "Too many requests"}, limited.headers)
        except MastodonError as error:
            answer = Answer(error.status, error.body())
            if error.status == 401:
                headers["WWW-Authenticate"] = (
                    f'Bearer realm="Doorkeeper", error="invalid_token", error_description="{error.error}"'
                )
        return replace(answer, headers={**headers, **answer.headers}, visible=call.visible)

    async def _dispatch(self, call: MastodonCall) -> Answer:
        path = call.path.rstrip("/")  # Rails ignores a slash at the end, which Mastodon.py sends
        for endpoint in ENDPOINTS:
            match = endpoint.path.fullmatch(path)
            if match is None or endpoint.method != call.method:
                continue
            call.found = match.groups()
            call.access = self._access(call, endpoint)
            return await endpoint.handle(call)
        raise MastodonError(404, f"The sandbox does not emulate {call.method} {call.path[:200]}")

    def _access(self, call: MastodonCall, endpoint: Endpoint) -> AccessToken | None:
        """Return the call's token, after validating it for the endpoint."""
        token = self._state.tokens.get(call.token)
        needed = bool(endpoint.scopes) or endpoint.any_token
        if token is not None and token.revoked:
            if needed:
                raise MastodonError(401, "The access token was revoked")
            return None
        if token is None and needed:
            raise MastodonError(401, "The access token is invalid")
        if token is not None and endpoint.scopes and not set(token.scopes) & set(endpoint.scopes):
            raise MastodonError(403, "This action is outside the authorized scopes")
        return token

    def _count(self, call: MastodonCall) -> dict[str, str]:
        """Count the call against its limits, and return the headers of the one that is closest to its end."""
        settings = self._state.settings
        limits = [("api", settings.rate_limit, 300)]
        if call.method == "POST" and _UPLOAD.fullmatch(call.path):
            limits.append(("media", settings.media_rate_limit, 1800))
        tightest: tuple[int, dict[str, str]] | None = None
        for name, limit, period in limits:
            window = self._window(f"{name}:{call.token or ''}", period)
            window.count += 1
            self._state.rates.save(window)
            headers = _rate_headers(limit, window.count, window.ends_at)
            if window.count > limit:
                raise _RateLimited(headers)
            if tightest is None or limit - window.count < tightest[0]:
                tightest = limit - window.count, headers
        return tightest[1] if tightest is not None else {}

    def _window(self, name: str, period: int) -> RateWindow:
        now = self._state.now()
        window = self._state.rates.get(name)
        if window is None or window.ends_at <= now or window.ends_at > now + period:
            window = RateWindow(name, now - now % period + period, 0)
        return window


class _RateLimited(Exception):
    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__()
        self.headers = headers


def _rate_headers(limit: int, count: int, ends_at: float) -> dict[str, str]:
    reset = datetime.fromtimestamp(ends_at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    remaining = str(max(0, limit - count))
    return {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": remaining, "X-RateLimit-Reset": reset}


async def _refuse_unreadable(entry: LogEntry) -> Answer:
    return Answer(400, {"error": "There was an error parsing the request"})

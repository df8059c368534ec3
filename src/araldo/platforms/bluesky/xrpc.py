"""Calls of the AT Protocol's methods (XRPC) on the server of an account.

Facts: https://atproto.com/specs/xrpc and the lexicons in github.com/bluesky-social/atproto.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Unpack

from araldo.http_exchange import RequestOptions
from araldo.platforms.base import PlatformContext
from araldo.platforms.bluesky.errors import error_of, name_of, unreadable
from araldo.platforms.bluesky.settings import SERVICE
from araldo.platforms.caller import Answer, ServiceCaller
from araldo.platforms.credentials import Credentials

Fields = dict[str, Any]


class XrpcClient:
    """Hosts are typed by people or named by an account's identity: every rule for untrusted URLs applies."""

    def __init__(self, context: PlatformContext) -> None:
        self._clock = context.clock
        self._caller = ServiceCaller(context.http, context.clock, SERVICE, typed_hosts=True)

    async def query(self, host: str, method: str, params: Mapping[str, str], *, token: str | None = None) -> Fields:
        """Return what a query answers. Raises TryLater, Rejected, ReconnectNeeded."""
        secrets, headers = _authorize(token)
        answer = await self._caller.call("GET", _url(host, method), params=params, headers=headers, secrets=secrets)
        return self._fields(answer, visible=False)

    async def find_record(self, host: str, repo: str, collection: str, key: str) -> Fields | None:
        """Return the answer of com.atproto.repo.getRecord, None where there is no such record. Needs no session."""
        params = {"repo": repo, "collection": collection, "rkey": key}
        answer = await self._caller.call("GET", _url(host, "com.atproto.repo.getRecord"), params=params)
        if name_of(answer) == "RecordNotFound":
            return None
        fields = self._fields(answer, visible=False)
        if not isinstance(fields.get("value"), dict):
            raise unreadable(answer, visible=False)
        return fields

    async def call(
        self,
        host: str,
        method: str,
        *,
        token: str | None = None,
        secrets: tuple[str, ...] = (),
        **options: Unpack[RequestOptions],
    ) -> Fields:
        """Return what a procedure answers that readers cannot see. Raises TryLater, Rejected, ReconnectNeeded."""
        carried, options["headers"] = _authorize(token, options.get("headers"))
        answer = await self._caller.call("POST", _url(host, method), secrets=(*secrets, *carried), **options)
        return self._fields(answer, visible=False)

    async def end_session(self, host: str, token: str) -> None:
        """Call com.atproto.server.deleteSession, whose answer has no body; `token`: the refresh token."""
        secrets, headers = _authorize(token)
        url = _url(host, "com.atproto.server.deleteSession")
        answer = await self._caller.call("POST", url, headers=headers, secrets=secrets)
        if answer.status != 200:
            raise error_of(answer, self._clock.now(), visible=False)

    async def put_record(
        self, host: str, credentials: Credentials, record: Mapping[str, Any], *, uri: str, send_before: datetime | None
    ) -> None:
        """Create the record `uri`, unless it is there with other content: the one visible write.

        `swapRecord` null means that no record is there; the same record again is no change, and answered alike.
        """
        repo, collection, key = uri.removeprefix("at://").split("/")
        _, headers = _authorize(credentials.secrets["access"])
        answer = await self._caller.send_visible_write(
            "POST",
            _url(host, "com.atproto.repo.putRecord"),
            send_before=send_before,
            secrets=tuple(credentials.secrets.values()),
            headers=headers,
            json={"repo": repo, "collection": collection, "rkey": key, "record": record, "swapRecord": None},
        )
        if self._fields(answer, visible=True).get("uri") != uri:
            raise unreadable(answer, visible=True)

    def _fields(self, answer: Answer, *, visible: bool) -> Fields:
        if answer.status != 200:
            raise error_of(answer, self._clock.now(), visible=visible)
        if answer.fields is None:
            raise unreadable(answer, visible=visible)
        return answer.fields


def _url(host: str, method: str) -> str:
    return f"{host}/xrpc/{method}"


def _authorize(token: str | None, headers: Mapping[str, str] | None = None) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the secrets that a request carries, and its headers."""
    given = dict(headers or {})
    return ((), given) if token is None else ((token,), {**given, "Authorization": f"Bearer {token}"})

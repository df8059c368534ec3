"""The Graph API's client: the token in a header, answers parsed, errors named by what to do next.

Facts: Meta's Graph API reference, "Handle Errors" and "Secure Graph API Calls" (appsecret_proof).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from araldo.clock import past
from araldo.errors import NotSent, OutcomeUnknown, TryLater
from araldo.http import Files, HttpResponse
from araldo.messages import Message
from araldo.platforms.base import PlatformContext
from araldo.platforms.meta.graph_errors import NO_JSON, error_from
from araldo.platforms.meta.usage import Usage
from araldo.redaction import redact

SERVICE = "meta"


class Graph:
    def __init__(self, context: PlatformContext) -> None:
        self._http = context.http
        self._service = context.services[SERVICE]
        self._clock = context.clock
        # One allowance for all that is done with a token, on whatever platform.
        self._usage: Usage = context.memory.setdefault("meta usage", Usage(context.clock))

    async def read(self, path: str, token: str, **params: str) -> dict[str, Any]:
        """A GET. Never raises OutcomeUnknown: reading changes nothing."""
        return await self._repeatable_call("GET", path, token, params=params)

    async def write(self, path: str, token: str, form: Mapping[str, str], files: Files | None = None) -> dict[str, Any]:
        """A POST that nobody can see the result of, and that may be repeated. Never raises OutcomeUnknown."""
        return await self._repeatable_call("POST", path, token, form=form, files=files)

    async def delete(self, path: str, token: str) -> dict[str, Any]:
        """A DELETE of something that nobody sees. Never raises OutcomeUnknown: it may be repeated."""
        return await self._repeatable_call("DELETE", path, token, params={})

    async def post_unauthenticated(self, path: str, form: Mapping[str, str]) -> dict[str, Any]:
        """A POST that brings its own credentials and no token, as the log-in's do."""
        try:
            answer = await self._http.call("POST", self._url(path), service=SERVICE, form=form)
        except OutcomeUnknown as broken:
            raise TryLater(broken.message, after_s=2, service=SERVICE, code=broken.code, raw=broken.raw) from broken
        return _parsed(answer, visible=False, hidden=self._hidden())

    async def send_visible_write(
        self, path: str, token: str, form: Mapping[str, str], send_before: datetime | None, *, names: str = "id"
    ) -> dict[str, Any]:
        """The one visible POST; not sent, and NotSent raised, when `send_before` is past as the bytes would leave.

        The answer says under `names` what is out, or at least `success`; one that says neither is OutcomeUnknown.
        """
        if send_before is None:
            raise ValueError("a visible write needs an intent, and so a send_before")
        self._wait_if_used_up(token)
        is_past = past(self._clock, send_before)

        def gate() -> None:
            if is_past():
                raise NotSent(Message("meta.graph.too_late"), after_s=1, service=SERVICE, code="too_late_to_send")

        answer = await self._http.call(
            "POST",
            self._url(path),
            service=SERVICE,
            form=self._common(token) | dict(form),
            headers=_authorization(token),
            gate=gate,
        )
        self._usage.note(token, answer.headers)
        hidden = self._hidden(token)
        made = _parsed(answer, visible=True, hidden=hidden)
        if made.get("success") is False or not (_is_id(made.get(names)) or made.get("success") is True):
            raise error_from(NO_JSON, visible=True, raw=_raw(answer, hidden))
        return made

    async def _repeatable_call(self, method: str, path: str, token: str, **what: Any) -> dict[str, Any]:
        self._wait_if_used_up(token)
        common = self._common(token)
        if "params" in what:
            what["params"] = common | what["params"]
        else:
            what["form"] = common | dict(what["form"])
        headers = _authorization(token)
        try:
            answer = await self._http.call(method, self._url(path), service=SERVICE, headers=headers, **what)
        except OutcomeUnknown as broken:
            raise TryLater(broken.message, after_s=2, service=SERVICE, code=broken.code, raw=broken.raw) from broken
        self._usage.note(token, answer.headers)
        return _parsed(answer, visible=False, hidden=self._hidden(token))

    def _wait_if_used_up(self, token: str) -> None:
        """Raises NotSent."""
        seconds = self._usage.wait_s(token)
        if seconds:
            raise NotSent(Message("meta.graph.used_up"), after_s=seconds, service=SERVICE, code="usage")

    def _hidden(self, token: str = "") -> list[str]:
        """What an answer may repeat and no record may keep."""
        return [secret for secret in (token, self._service.app_secret) if secret]

    def _url(self, path: str) -> str:
        return f"{self._service.base_url}/{self._service.version}/{path.lstrip('/')}"

    def _common(self, token: str) -> dict[str, str]:
        """The proof that we hold the app's secret, and messages in one language: people get ours, by code."""
        common = {"locale": "en_US"}
        if self._service.app_secret:
            key = self._service.app_secret.encode()
            common["appsecret_proof"] = hmac.new(key, token.encode(), hashlib.sha256).hexdigest()
        return common


def _authorization(token: str) -> dict[str, str]:
    # In a header, so that it stands in no URL and no proxy's log.
    return {"Authorization": f"Bearer {token}"}


def _parsed(answer: HttpResponse, *, visible: bool, hidden: Sequence[str]) -> dict[str, Any]:
    """The object that was answered; an `error` is an error whatever the status, and so is anything but an object."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if isinstance(body, dict) and "error" not in body and answer.status < 300:
        return body
    # Without an error of Meta's, a bad status comes from something before it.
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        error = NO_JSON
    raise error_from(error, visible=visible, raw=_raw(answer, hidden))


def _raw(answer: HttpResponse, hidden: Sequence[str]) -> str:
    """What was said, for the record. Some messages repeat the token that they refuse, whatever it looks like."""
    said = answer.body.decode("utf-8", "replace")
    for secret in hidden:
        said = said.replace(secret, "[struck out]")
    return f"HTTP {answer.status}: {redact(said)[:2_000]}"


def _is_id(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and bool(value)


def id_of(made: Mapping[str, Any]) -> str:
    """The id of what a write that nobody sees has made. Raises TryLater when the answer has none."""
    if not _is_id(made.get("id")):
        raise error_from(NO_JSON, visible=False)
    return str(made["id"])


def listed(page: object) -> list[dict[str, Any]]:
    """What an edge lists. Raises TryLater when it lists nothing at all, which is not an empty list."""
    data = page.get("data") if isinstance(page, Mapping) else None
    if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
        raise error_from(NO_JSON, visible=False)
    return data


def as_json_field(value: object) -> str:
    """Lists and objects travel as JSON inside a form field."""
    return json.dumps(value, separators=(",", ":"))

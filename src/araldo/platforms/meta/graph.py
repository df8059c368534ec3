"""Client of the Graph API: sends the token in a header, parses answers, raises errors by what to do next.

Facts: Meta's Graph API reference, "Handle Errors" and "Secure Graph API Calls" (appsecret_proof).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from araldo.errors import NotSent
from araldo.http_exchange import Files
from araldo.messages import Message
from araldo.platforms.base import PlatformContext
from araldo.platforms.caller import Answer, ServiceCaller, is_remote_id
from araldo.platforms.meta.app import SERVICE, MetaApp
from araldo.platforms.meta.graph_errors import NO_JSON, error_from
from araldo.platforms.meta.usage import UsageTracker


class GraphClient:
    def __init__(self, context: PlatformContext) -> None:
        self._caller = ServiceCaller(context.http, context.clock, SERVICE)
        self._app = MetaApp.of(context)
        # Meta counts calls by token, so all platforms share one tracker.
        self._usage: UsageTracker = context.memory.setdefault("meta usage", UsageTracker(context.clock))

    async def read(self, path: str, token: str, **params: str) -> dict[str, Any]:
        """Send a GET. Never raises OutcomeUnknown: reading changes nothing."""
        return await self._repeatable_call("GET", path, token, params=params)

    async def write(self, path: str, token: str, form: Mapping[str, str], files: Files | None = None) -> dict[str, Any]:
        """Send a POST whose result is not visible and that may be repeated. Never raises OutcomeUnknown."""
        return await self._repeatable_call("POST", path, token, form=form, files=files)

    async def delete(self, path: str, token: str) -> dict[str, Any]:
        """Send a DELETE of something that is not visible. Never raises OutcomeUnknown: it may be repeated."""
        return await self._repeatable_call("DELETE", path, token, params={})

    async def post_unauthenticated(self, path: str, form: Mapping[str, str]) -> dict[str, Any]:
        """Send a POST without a token, for log-in calls that carry their own credentials."""
        answer = await self._caller.call("POST", self._url(path), secrets=self._secrets(), form=form)
        return _parse_answer(answer, visible=False)

    async def send_visible_write(
        self, path: str, token: str, form: Mapping[str, str], send_before: datetime | None, *, id_field: str = "id"
    ) -> dict[str, Any]:
        """Send the one visible POST of a publication. Raises NotSent when `send_before` is past as the bytes leave.

        The answer holds the new id under `id_field`, or `success`; raises OutcomeUnknown when it has neither.
        """
        self._raise_if_usage_exhausted(token)
        answer = await self._caller.send_visible_write(
            "POST",
            self._url(path),
            send_before=send_before,
            secrets=self._secrets(token),
            form=self._common_params(token) | dict(form),
            headers=_authorization(token),
        )
        self._usage.record(token, answer.headers)
        made = _parse_answer(answer, visible=True)
        if made.get("success") is False or not (is_remote_id(made.get(id_field)) or made.get("success") is True):
            raise error_from(NO_JSON, visible=True, raw=answer.raw)
        return made

    async def _repeatable_call(self, method: str, path: str, token: str, **what: Any) -> dict[str, Any]:
        self._raise_if_usage_exhausted(token)
        common = self._common_params(token)
        if "params" in what:
            what["params"] = common | what["params"]
        else:
            what["form"] = common | dict(what["form"])
        answer = await self._caller.call(
            method, self._url(path), secrets=self._secrets(token), headers=_authorization(token), **what
        )
        self._usage.record(token, answer.headers)
        return _parse_answer(answer, visible=False)

    def _raise_if_usage_exhausted(self, token: str) -> None:
        """Raise NotSent while this token's allowance of calls is used up."""
        seconds = self._usage.seconds_until_allowed(token)
        if seconds:
            raise NotSent(Message("meta.graph.calls_used_up"), after_s=seconds, service=SERVICE, code="usage")

    def _secrets(self, token: str = "") -> list[str]:
        """Return the secrets that an answer may repeat and no record may keep."""
        return [secret for secret in (token, self._app.app_secret) if secret]

    def _url(self, path: str) -> str:
        return f"{self._app.base_url}/{self._app.version}/{path.lstrip('/')}"

    def _common_params(self, token: str) -> dict[str, str]:
        """Return the parameters of every call: the appsecret_proof, and one language for Meta's messages."""
        common = {"locale": "en_US"}
        if self._app.app_secret:
            key = self._app.app_secret.encode()
            common["appsecret_proof"] = hmac.digest(key, token.encode(), "sha256").hex()
        return common


def _authorization(token: str) -> dict[str, str]:
    # In a header, so that the token is in no URL and no proxy's log.
    return {"Authorization": f"Bearer {token}"}


def _parse_answer(answer: Answer, *, visible: bool) -> dict[str, Any]:
    """Return the JSON object of an answer. Raises OutsideError for an `error`, whatever the status, or a non-object."""
    body = answer.fields
    if body is not None and "error" not in body and answer.status < 300:
        return body
    # A bad status without an error object comes from a proxy in front of Meta.
    error = None if body is None else body.get("error")
    raise error_from(error if isinstance(error, dict) else NO_JSON, visible=visible, raw=answer.raw)


def parse_id(made: Mapping[str, Any]) -> str:
    """Return the id in the answer of an invisible write. Raises TryLater when the answer has none."""
    if not is_remote_id(made.get("id")):
        raise error_from(NO_JSON, visible=False)
    return str(made["id"])


def parse_items(page: object) -> list[dict[str, Any]]:
    """Return the items of one page of results. Raises TryLater when `data` is not a list of objects."""
    data = page.get("data") if isinstance(page, Mapping) else None
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise error_from(NO_JSON, visible=False)
    return data


def encode_json_field(value: object) -> str:
    """Encode a list or an object as JSON, as the Graph API expects it inside a form field."""
    return json.dumps(value, separators=(",", ":"))

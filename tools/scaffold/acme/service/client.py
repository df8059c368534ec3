"""Settings of Acme, and the client of its API: the token in a header, errors by what to do next."""

from __future__ import annotations

from typing import Any, Unpack

from pydantic import BaseModel, Field

from araldo.errors import OutcomeUnknown, OutsideError, ReconnectNeeded, Rejected, TryLater
from araldo.http_exchange import RequestOptions
from araldo.messages import Message
from araldo.platforms.base import PlatformContext, Ticket
from araldo.platforms.caller import Answer, ServiceCaller
from araldo.platforms.credentials import Credentials
from araldo.setting_fields import BaseUrl

SERVICE = "acme"
_BUSY_S = 60.0


class AcmeSettings(BaseModel):
    url: BaseUrl = Field("https://acme.example", description="Base of Acme's API; the sandbox is another one")


def settings_of(context: PlatformContext) -> AcmeSettings:
    settings = context.settings[SERVICE]
    if not isinstance(settings, AcmeSettings):
        raise TypeError(f"the settings of {SERVICE} are {type(settings).__name__}")
    return settings


class AcmeClient:
    """Calls below `/acme/v1`. Every answer that is no JSON object of a success raises an error."""

    def __init__(self, context: PlatformContext) -> None:
        self._caller = ServiceCaller(context.http, context.clock, SERVICE)
        self._base = f"{settings_of(context).url}/acme/v1"

    async def call(
        self, method: str, path: str, credentials: Credentials, **options: Unpack[RequestOptions]
    ) -> dict[str, Any]:
        """Send a call whose effect readers cannot see. Never raises OutcomeUnknown: it may be repeated."""
        token = credentials.secrets["token"]
        options["headers"] = _authorization(token)
        answer = await self._caller.call(method, f"{self._base}/{path}", secrets=[token], **options)
        return _read(answer, visible=False)

    async def send_visible_write(self, ticket: Ticket, credentials: Credentials, post: object) -> dict[str, Any]:
        """Send the one visible POST of a publication."""
        token = credentials.secrets["token"]
        answer = await self._caller.send_visible_write(
            "POST",
            f"{self._base}/posts",
            send_before=ticket.send_before,
            secrets=[token],
            headers=_authorization(token),
            json=post,
        )
        return _read(answer, visible=True)


def _authorization(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _read(answer: Answer, *, visible: bool) -> dict[str, Any]:
    fields = answer.fields
    if fields is None or (answer.status >= 300 and "error" not in fields):
        # Not an answer of Acme: a proxy's, for example.
        raise unclear(answer.raw, visible=visible)
    if answer.status < 300:
        return fields
    raise _error_of(answer, visible=visible)


def unclear(raw: str | None = None, *, visible: bool) -> OutsideError:
    """Return the error for an answer that says nothing."""
    message = Message("acme.errors.unclear")
    if visible:
        return OutcomeUnknown(message, service=SERVICE, code="unclear", raw=raw)
    return TryLater(message, service=SERVICE, code="unclear", raw=raw)


def _error_of(answer: Answer, *, visible: bool) -> OutsideError:
    """Return the error by Acme's documentation: the status says what to do next."""
    code, raw = answer.status, answer.raw
    if code == 401:
        return ReconnectNeeded(Message("acme.errors.token_invalid"), service=SERVICE, code=code, raw=raw)
    if code == 409:
        # The reference was used before, so the post may be there.
        known = OutcomeUnknown if visible else TryLater
        return known(Message("acme.errors.duplicate"), service=SERVICE, code=code, raw=raw)
    if code == 429:
        after_s = answer.retry_after_s
        return TryLater(
            Message("acme.errors.busy"),
            after_s=_BUSY_S if after_s is None else after_s,
            service=SERVICE,
            code=code,
            raw=raw,
        )
    if code < 500:
        return Rejected(Message("acme.errors.refused"), service=SERVICE, code=code, raw=raw)
    return unclear(raw, visible=visible)

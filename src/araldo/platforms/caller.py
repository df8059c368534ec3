"""Call a service as every platform must: the send gate, errors by what may have happened, secrets in no record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Unpack

from araldo.clock import Clock, past
from araldo.errors import NotSent, OutcomeUnknown, TryLater
from araldo.http import Http
from araldo.http_exchange import HttpResponse, RequestOptions
from araldo.messages import Message
from araldo.redaction import redact

_RAW_MAX = 2_000
_RETRY_AFTER_MAX_S = 86_400.0
_SLOW, _AWAY = Message("failures.timeout"), Message("failures.unavailable")


class Answer:
    """A service's answer, whatever its status. `value`: the parsed JSON, None when it is not JSON."""

    def __init__(self, response: HttpResponse, secrets: Sequence[str], now: datetime) -> None:
        self.status = response.status
        self.headers = response.headers
        self.value = _parse_json(response)
        self._body = response.body
        self._secrets = secrets
        self._now = now

    @property
    def fields(self) -> dict[str, Any] | None:
        """The JSON object of the answer; None when it is anything else."""
        return self.value if isinstance(self.value, dict) else None

    @property
    def raw(self) -> str:
        """Status and text for an error's record, secrets redacted.

        The service's words go nowhere else, because some services repeat a secret in them.
        """
        text = redact(self._body.decode("utf-8", "replace"), self._secrets)
        return f"HTTP {self.status}: {text[:_RAW_MAX]}"

    @property
    def retry_after_s(self) -> float | None:
        """The seconds to wait that the header Retry-After asks for; None when there is none."""
        return parse_retry_after(self.headers.get("Retry-After"), self._now)


class ServiceCaller:
    """`typed_hosts`: the URLs are of hosts that people typed, and every rule for untrusted URLs applies.

    `secrets` of a call: every secret value that it carries, wherever it stands: header, body, query, path.
    """

    def __init__(self, http: Http, clock: Clock, service: str, *, typed_hosts: bool = False) -> None:
        self._clock = clock
        self._service = service
        self._call = http.call_untrusted if typed_hosts else http.call

    async def call(
        self, method: str, url: str, *, secrets: Sequence[str] = (), **options: Unpack[RequestOptions]
    ) -> Answer:
        """Send a request that readers cannot see the effect of, and that may be repeated.

        Raises TryLater (NotSent when nothing was sent), never OutcomeUnknown.
        """
        try:
            response = await self._call(method, url, service=self._service, **options)
        except OutcomeUnknown as broken:
            # Not the message of an unknown outcome, which would say that something may have been published.
            message = _SLOW if broken.code == "timeout" else _AWAY
            raise TryLater(
                message.with_values(service=self._service),
                after_s=2,
                service=self._service,
                code=broken.code,
                raw=broken.raw,
            ) from broken
        return self._read(response, secrets)

    async def send_visible_write(
        self,
        method: str,
        url: str,
        *,
        send_before: datetime | None,
        secrets: Sequence[str] = (),
        **options: Unpack[RequestOptions],
    ) -> Answer:
        """Send the one visible write of a publication. `send_before`: the ticket's.

        Raises NotSent when that has passed as the first byte would leave, OutcomeUnknown when it may be published.
        """
        if send_before is None:
            raise ValueError("a visible write needs an intent, and so a send_before")
        is_past = past(self._clock, send_before)

        def gate() -> None:
            if is_past():
                raise NotSent(Message("platforms.too_late"), after_s=1, service=self._service, code="too_late_to_send")

        options["gate"] = gate
        return self._read(await self._call(method, url, service=self._service, **options), secrets)

    def _read(self, response: HttpResponse, secrets: Sequence[str]) -> Answer:
        return Answer(response, secrets, self._clock.now())


def _parse_json(response: HttpResponse) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def parse_retry_after(text: str | None, now: datetime) -> float | None:
    """Return the seconds of a Retry-After header (seconds or a date), at most a day; None when it cannot be read."""
    if text is None:
        return None
    try:
        seconds = float(text) if text.strip().isdecimal() else (parsedate_to_datetime(text) - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(_RETRY_AFTER_MAX_S, max(0.0, seconds))


def is_remote_id(value: object) -> bool:
    """Return whether a JSON value can be an id: a text that is not empty, or a number."""
    return isinstance(value, str | int) and not isinstance(value, bool) and bool(value)

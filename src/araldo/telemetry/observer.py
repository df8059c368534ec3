"""What the parts report while they work. `Observer` ignores it; `recorder.Telemetry` records it."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from araldo.errors import AraldoError
from araldo.telemetry.tracing import Attributes, Span

_UNSET = "error"


class Observation:
    """One operation under observation, as a `with` block.

    The block sets `outcome`; where it raises without, that is the code of one of our errors, else `error`.

    `finish` is called at the end with the observation and its seconds; `span` lasts as long as the block.
    """

    __slots__ = ("_finish", "_span", "_started", "outcome")

    def __init__(self, finish: Callable[[Any, float], None] | None = None, span: Span | None = None) -> None:
        self._finish = finish
        self._span = span
        self._started = 0.0
        self.outcome = _UNSET

    def __enter__(self) -> Self:
        self._started = time.perf_counter()
        if self._span is not None:
            self._span.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, AraldoError) and self.outcome == _UNSET:
            self.outcome = error.code
        if self._finish is not None:
            self._finish(self, time.perf_counter() - self._started)
        if self._span is not None:
            self._end_span(self._span, error)

    def _end_span(self, span: Span, error: BaseException | None) -> None:
        attributes: Attributes = {"araldo.outcome": self.outcome}
        span.end(error, attributes)


class RequestObservation(Observation):
    """A request to this server. `route`: the template of its path; `is_stream`: its response has no end of its own."""

    __slots__ = ("is_stream", "method", "request_id", "route", "status")

    def __init__(
        self, method: str, finish: Callable[[Any, float], None] | None = None, span: Span | None = None
    ) -> None:
        super().__init__(finish, span)
        self.method = method
        self.request_id = ""
        self.route = "other"
        self.status = 500
        self.is_stream = False

    def _end_span(self, span: Span, error: BaseException | None) -> None:
        attributes: Attributes = {
            "http.route": self.route,
            "http.response.status_code": self.status,
            "araldo.request_id": self.request_id,
        }
        span.end(error, attributes, f"{self.method} {self.route}")


class GenerationObservation(Observation):
    """A picture asked of a provider. `micros` and `currency`: its price, in millionths of the currency unit."""

    __slots__ = ("currency", "micros")

    def __init__(self, finish: Callable[[Any, float], None] | None = None, span: Span | None = None) -> None:
        super().__init__(finish, span)
        self.micros = 0
        self.currency: str | None = None


class Observer:
    """Takes part in nothing: its methods neither wait nor raise, and may be called from any thread.

    No argument holds a token, a URL or a text, and none but those of `job` an id: all become labels of metrics or
    attributes of spans.
    """

    # Whether spans are made, so that looking for what they continue is worth a read.
    is_tracing = False

    def incoming_request(self, method: str) -> RequestObservation:
        return RequestObservation(method)

    def outgoing_request(self, service: str, method: str, host: str) -> Observation:
        """Observe a request to `service`; the outcome is a class of statuses (`2xx`) or the code of a fault."""
        return Observation()

    def job(self, platform: str, delivery_id: str, post_id: str, continues: str | None) -> Observation:
        """Observe a job of a delivery; `continues`: the `traceparent` of what it was asked for by."""
        return Observation()

    def operation(self, platform: str, name: str) -> Observation:
        """Observe one call of a platform's interface: prepare, check or publish."""
        return Observation()

    def generation(self, provider: str) -> GenerationObservation:
        return GenerationObservation()

    def picture_job(self, function: str) -> Observation:
        """Observe a job of the image process."""
        return Observation()

    def transaction(self, kind: str, waited_s: float, seconds: float) -> None:
        """Report that a function is answered: how long it waited for a thread, then until it was committed."""

    def lateness(self, platform: str, seconds: float) -> None:
        """Report the intent to publish a delivery for the first time, so long after its due time."""

    def settled(self, platform: str, state: str) -> None:
        """Report that a worker has brought a delivery to a state in which nothing more happens by itself."""

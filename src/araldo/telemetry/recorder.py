"""Records what the parts of one process report, as metrics and as spans."""

from __future__ import annotations

import re

from araldo.telemetry.metrics import Metrics
from araldo.telemetry.observer import GenerationObservation, Observation, Observer, RequestObservation
from araldo.telemetry.tracing import Attributes, Span, SpanKind, Tracing

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_CURRENCY = re.compile(r"[A-Z]{3}")


class Telemetry(Observer):
    """The observer of one process; without `tracing` there are no spans."""

    def __init__(self, tracing: Tracing | None = None) -> None:
        self.metrics = Metrics()
        self._tracing = tracing
        self.is_tracing = tracing is not None
        # Looked up once: a delivery has several transactions.
        self._transactions = {
            kind: (self.metrics.waits.labels(kind), self.metrics.transactions.labels(kind))
            for kind in ("read", "write")
        }

    def _span(self, name: str, attributes: Attributes, kind: SpanKind = "internal") -> Span | None:
        return None if self._tracing is None else self._tracing.span(name, kind, attributes)

    def incoming_request(self, method: str) -> RequestObservation:
        known = method if method in _METHODS else "other"

        def finish(request: RequestObservation, seconds: float) -> None:
            if not request.is_stream:
                self.metrics.requests.labels(known, request.route, f"{request.status // 100}xx").observe(seconds)

        if self._tracing is None:
            return RequestObservation(known, finish)
        attributes = {"http.request.method": known}
        return RequestObservation(known, finish, self._tracing.span(known, "server", attributes, is_root=True))

    def outgoing_request(self, service: str, method: str, host: str) -> Observation:
        # Neither path nor query: some services have their token there.
        attributes = {"http.request.method": method, "server.address": host, "araldo.service": service}
        return Observation(
            lambda call, seconds: self.metrics.calls.labels(service, call.outcome).observe(seconds),
            self._span(f"{method} {service}", attributes, "client"),
        )

    def job(self, platform: str, delivery_id: str, post_id: str, continues: str | None) -> Observation:
        if self._tracing is None:
            return Observation()
        attributes = {"araldo.platform": platform, "araldo.delivery_id": delivery_id, "araldo.post_id": post_id}
        return Observation(
            span=self._tracing.span("work on delivery", "internal", attributes, is_root=True, parent=continues)
        )

    def operation(self, platform: str, name: str) -> Observation:
        span = self._span(f"{name} {platform}", {"araldo.platform": platform})
        if name != "publish":
            return Observation(span=span)
        return Observation(lambda attempt, _: self.metrics.attempts.labels(platform, attempt.outcome).inc(), span)

    def generation(self, provider: str) -> GenerationObservation:
        def finish(generation: GenerationObservation, seconds: float) -> None:
            self.metrics.generations.labels(provider, generation.outcome).observe(seconds)
            if generation.micros:
                currency = generation.currency or ""
                known = currency if _CURRENCY.fullmatch(currency) else "unknown"
                self.metrics.cost.labels(provider, known).inc(generation.micros / 1_000_000)

        return GenerationObservation(finish, self._span("generate picture", {"araldo.provider": provider}))

    def picture_job(self, function: str) -> Observation:
        return Observation(
            lambda job, seconds: self.metrics.picture_jobs.labels(function, job.outcome).observe(seconds),
            self._span(f"image process {function}", {}),
        )

    def transaction(self, kind: str, waited_s: float, seconds: float) -> None:
        waits, transactions = self._transactions[kind]
        waits.observe(waited_s)
        transactions.observe(seconds)

    def lateness(self, platform: str, seconds: float) -> None:
        self.metrics.lateness.labels(platform).observe(max(0.0, seconds))

    def settled(self, platform: str, state: str) -> None:
        self.metrics.settled.labels(platform, state).inc()

    def close(self) -> None:
        """Export the spans that are left, for 3 s at most. Blocks."""
        if self._tracing is not None:
            self._tracing.close()

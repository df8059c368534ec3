"""Records what the parts of one process report as metrics."""

from __future__ import annotations

import re

from araldo.telemetry.metrics import Metrics
from araldo.telemetry.observer import GenerationObservation, Observation, Observer, RequestObservation

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_CURRENCY = re.compile(r"[A-Z]{3}")


class Telemetry(Observer):
    """The observer of one process."""

    def __init__(self) -> None:
        self.metrics = Metrics()

    def incoming_request(self, method: str) -> RequestObservation:
        known = method if method in _METHODS else "other"

        def finish(request: RequestObservation, seconds: float) -> None:
            if not request.is_stream:
                self.metrics.requests.labels(known, request.route, f"{request.status // 100}xx").observe(seconds)

        return RequestObservation(finish)

    def outgoing_request(self, service: str, method: str, host: str) -> Observation:
        return Observation(lambda call, seconds: self.metrics.calls.labels(service, call.outcome).observe(seconds))

    def operation(self, platform: str, name: str) -> Observation:
        if name != "publish":
            return Observation()
        return Observation(lambda attempt, _: self.metrics.attempts.labels(platform, attempt.outcome).inc())

    def generation(self, provider: str) -> GenerationObservation:
        def finish(generation: GenerationObservation, seconds: float) -> None:
            self.metrics.generations.labels(provider, generation.outcome).observe(seconds)
            if generation.micros:
                currency = generation.currency or ""
                known = currency if _CURRENCY.fullmatch(currency) else "unknown"
                self.metrics.cost.labels(provider, known).inc(generation.micros / 1_000_000)

        return GenerationObservation(finish)

    def picture_job(self, function: str) -> Observation:
        return Observation(
            lambda job, seconds: self.metrics.picture_jobs.labels(function, job.outcome).observe(seconds)
        )

    def transaction(self, kind: str, waited_s: float, seconds: float) -> None:
        self.metrics.waits.labels(kind).observe(waited_s)
        self.metrics.transactions.labels(kind).observe(seconds)

    def lateness(self, platform: str, seconds: float) -> None:
        self.metrics.lateness.labels(platform).observe(max(0.0, seconds))

    def settled(self, platform: str, state: str) -> None:
        self.metrics.settled.labels(platform, state).inc()

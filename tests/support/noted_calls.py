"""An observer of outgoing calls."""

from __future__ import annotations

from araldo.telemetry.observer import Observation, Observer


class NotedCalls(Observer):
    """Notes the service and the outcome of each call."""

    def __init__(self) -> None:
        self.calls = list[tuple[str, str]]()

    def outgoing_request(self, service: str, method: str, host: str) -> Observation:
        return Observation(lambda call, _seconds: self.calls.append((service, call.outcome)))

"""The sandbox's control plane, for tests with a client that is not asynchronous."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.support.running_system import ask


@dataclass(frozen=True, slots=True)
class Control:
    url: str

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        answer = ask(method, f"{self.url}/_sandbox/{path}", body)
        assert answer.status == 200, answer
        return answer.body

    def set(self, service: str, **settings: Any) -> None:
        self("POST", "settings", {service: settings})

    def fault(self, **order: Any) -> None:
        self("POST", "faults", order)

    def state(self, service: str) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = self("GET", "state")[service]
        return found

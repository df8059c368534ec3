"""Schemathesis against the running system: calls every operation and checks the responses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import schemathesis
from schemathesis.auths import AuthContext
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder

from araldo.api.permissions import PERSON_ROUTES
from tests.support.browsing import Person, signed_in
from tests.support.running_system import RunningSystem

# A stream of events has no end: its first event is read and checked, then it is left.
_STREAM_EVENTS = 1
# Longer than any answer may take; a stream without events is left then.
_REQUEST_S = 5


@dataclass(frozen=True, slots=True)
class RunEffort:
    """`covers`: each limit of each field is tried, which are some 40 requests an operation.

    `is_random`: other examples in every run, and every method that an operation does not have.
    """

    max_examples: int
    covers: bool = True
    is_random: bool = False


@dataclass
class Conformance:
    """What a run found.

    `failures`: a paragraph each, by operation, check and title. `calls` and `checks`: how many, by operation and check.
    """

    failures: dict[tuple[str, str, str], str] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)


def check_conformance(
    home: RunningSystem,
    *,
    effort: RunEffort,
    switched_off: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> Conformance:
    """Call every operation in all of Schemathesis's phases with every check on, but for those `switched_off`.

    `switched_off`: by operation id, checks with the reason.
    """
    config = SchemathesisConfig.from_dict(
        {
            "base-url": home.url,
            **({} if effort.is_random else {"seed": 1}),
            "continue-on-failure": True,
            "request-timeout": _REQUEST_S,
            "max-stream-events": _STREAM_EVENTS,
            "generation": {
                "deterministic": not effort.is_random,
                "max-examples": effort.max_examples,
                "database": "none",
            },
            "phases": {
                "coverage": {
                    "enabled": effort.covers,
                    **({} if effort.is_random else {"unexpected-methods": ["OPTIONS", "QUERY"]}),
                }
            },
            "operations": [
                {
                    "include-operation-id": operation,
                    "checks": {check: {"enabled": False} for check in checks},
                    # Valid requests by the hundred show little where their acceptance is not checked.
                    **({} if effort.is_random else {"phases": {"coverage": {"generation": {"mode": "negative"}}}}),
                }
                for operation, checks in switched_off.items()
            ],
        }
    )
    schema = schemathesis.openapi.from_url(f"{home.url}/api/v1/openapi.json", config=config)
    schema.auth(refresh_interval=None)(_auth_of(home))
    return _collect(from_schema(schema).execute())


def _auth_of(home: RunningSystem) -> type[Any]:
    """Authenticate with a key of all permissions; on session routes with a session, replaced when it has ended."""
    people: list[Person] = []

    def person() -> Person:
        if not people or people[-1].ask("GET", "/api/v1/session").status != 200:
            people.append(signed_in(home))
        return people[-1]

    class Auth:
        def get(self, case: schemathesis.Case[Any], _context: AuthContext) -> dict[str, str]:
            if (case.method, case.operation.path) not in PERSON_ROUTES:
                return {"Authorization": f"Bearer {home.key}"}
            return {"Cookie": f"araldo_session={person().token}", "X-CSRF-Token": person().csrf}

        def set(self, case: schemathesis.Case[Any], data: dict[str, str], _context: AuthContext) -> None:
            case.headers.update(data)

    return Auth


def _collect(stream: Iterator[events.EngineEvent]) -> Conformance:
    found = Conformance()
    for event in stream:
        if isinstance(event, events.NonFatalError | events.FatalError):
            found.failures["", "error", str(event)] = str(event)
        elif isinstance(event, events.ScenarioFinished):
            _collect_scenario(event.recorder, found)
    return found


def _collect_scenario(recorder: ScenarioRecorder, found: Conformance) -> None:
    for case_id, nodes in recorder.checks.items():
        label, response = recorder.cases[case_id].value.operation.label, recorder.find_response(case_id=case_id)
        found.calls[label] += 1
        for node in nodes:
            found.checks[node.name] += 1
            if node.status is Status.FAILURE and node.failure_info is not None:
                said = "" if response is None else f"{response.status_code} {response.content[:400]!r}"
                failure, sample = node.failure_info.failure, node.failure_info.code_sample
                kind = (label, node.name, failure.title)
                found.failures.setdefault(kind, f"{label}: {node.name}: {failure}\n{sample}\n{said}")

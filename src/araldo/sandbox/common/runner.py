"""Run one call of a service: log it, delay it, inject faults before and after its commit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from araldo.sandbox.common.faults import Fault, FaultQueue
from araldo.sandbox.common.store import LogEntry, SandboxStore


class CallResult(Protocol):
    """The answer to a call. `visible`: it published something; `fault` not None: no answer is sent."""

    @property
    def status(self) -> int: ...

    @property
    def error_code(self) -> int | None: ...

    @property
    def visible(self) -> bool: ...

    @property
    def fault(self) -> Fault | None: ...


R = TypeVar("R", bound=CallResult)


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """What the log shows of a call, and the path that faults are matched with."""

    method: str
    path: str
    redacted_path: str
    redacted_params: dict[str, str]


class CallRunner(Generic[R]):
    """Runs the calls of one service. `fail` makes the outcome of a fault other than a delay."""

    def __init__(self, service: str, store: SandboxStore, faults: FaultQueue, fail: Callable[[Fault], R]) -> None:
        self._service = service
        self._store = store
        self._faults = faults
        self._fail = fail

    def open_log_entry(self, call: LoggedCall) -> LogEntry:
        return self._store.open_log_entry(call.method, call.redacted_path, call.redacted_params)

    async def run(self, call: LoggedCall, execute: Callable[[LogEntry], Awaitable[R]]) -> R:
        """Execute a call and return its outcome, which is in the log and stored when this returns."""
        entry = self.open_log_entry(call)
        try:
            outcome = await self._run(call, entry, execute)
            self.log_outcome(entry, outcome)
        finally:
            self._store.close_log_entry(entry)
            self._store.commit()
        return outcome

    def log_outcome(self, entry: LogEntry, outcome: R) -> None:
        if outcome.fault is None:
            entry.status, entry.error_code = outcome.status, outcome.error_code
        self._store.close_log_entry(entry)

    async def _run(self, call: LoggedCall, entry: LogEntry, execute: Callable[[LogEntry], Awaitable[R]]) -> R:
        if self._store.settings.latency_s:
            await asyncio.sleep(self._store.settings.latency_s)
        early = self._faults.take(self._service, call.method, call.path, "before")
        refused = await self._apply(entry, early) if early is not None else None
        if refused is not None:
            return refused
        outcome = await execute(entry)
        self._store.close_log_entry(entry)
        self._store.commit()
        if outcome.visible and self._store.settings.publish_latency_s:
            await asyncio.sleep(self._store.settings.publish_latency_s)
        late = (
            self._faults.take(self._service, call.method, call.path, "after_commit") if outcome.status < 400 else None
        )
        return (await self._apply(entry, late) if late is not None else None) or outcome

    async def _apply(self, entry: LogEntry, fault: Fault) -> R | None:
        """Apply a fault and return the outcome that it causes; None when it only delays."""
        entry.fault = fault.kind
        if fault.kind == "slow":
            await asyncio.sleep(fault.order.delay_s if fault.order.delay_s is not None else 1.0)
            return None
        return self._fail(fault)

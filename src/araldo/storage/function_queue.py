"""Functions that wait for a database thread: a queue with an urgent lane, and their answers to the event loop."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass
from dataclasses import field as attribute
from itertools import groupby
from threading import Condition, Lock, RLock
from typing import Any

import structlog

from araldo.storage.transaction import Transaction
from araldo.telemetry.observer import Observer

log = structlog.get_logger()

# A function that runs longer holds up all that wait behind it.
_SLOW_S = 0.05


@dataclass(slots=True, eq=False)
class QueuedFunction:
    """A function, and the future of the caller who waits for its value."""

    function: Callable[[Transaction], Any]
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    queued_at: float = attribute(default_factory=time.monotonic)
    taken_at: float | None = None
    # The caller's: who acts is a context variable.
    context: Context = attribute(default_factory=copy_context)
    value: Any = None
    error: BaseException | None = None
    has_changes: bool = False

    def run(self, transaction: Transaction) -> None:
        """Run the function and its work before the commit; keep the value. Raises what the function raises."""
        started = time.monotonic()
        self.value = self.context.run(self._call, transaction)
        self.has_changes = transaction.has_changes
        if (seconds := time.monotonic() - started) > _SLOW_S:
            name = getattr(self.function, "__qualname__", type(self.function).__name__)
            # In the caller's context, whose ids the line has too.
            self.context.run(log.info, "slow_transaction", function=name, ms=round(1000 * seconds))

    def _call(self, transaction: Transaction) -> Any:
        value = self.function(transaction)
        transaction.finish()
        return value


class FunctionQueue:
    """Functions in the order of their arrival, urgent ones first; `kind`: read or write. Any thread may use it.

    One whose caller has been cancelled is dropped while it waits; once it is taken, it runs to its end.
    """

    def __init__(self, kind: str, observer: Observer) -> None:
        self._kind = kind
        self._observer = observer
        self._urgent: deque[QueuedFunction] = deque()
        self._ordinary: deque[QueuedFunction] = deque()
        self._lock = RLock()
        self._idle = Condition(self._lock)
        # Of the threads that wait for functions, one each. The last is woken first: so few threads, and with them few
        # connections, do what little there is to do.
        self._sleeping: list[Lock] = []
        # How many threads are giving their answers, after which they take what is there.
        self._answering = 0
        self._closed = False
        self._unanswered = 0

    def put(self, job: QueuedFunction, *, urgent: bool = False) -> None:
        """Add a function. Raises RuntimeError after `close`."""
        with self._lock:
            if self._closed:
                raise RuntimeError("the database is closed")
            self._unanswered += 1
            (self._urgent if urgent else self._ordinary).append(job)
            if self._sleeping and len(self._urgent) + len(self._ordinary) > self._answering:
                self._sleeping.pop().release()

    def take(self, limit: int = 1) -> list[QueuedFunction]:
        """Wait for functions and return up to `limit`; an empty list when the queue is closed and empty."""
        while True:
            with self._lock:
                taken = self._take_waiting(limit)
                if taken or self._closed:
                    return taken
                woken = Lock()
                woken.acquire()
                self._sleeping.append(woken)
            woken.acquire()

    def counts(self) -> tuple[int, int]:
        """Return how many functions wait, and how many are being run."""
        with self._lock:
            waiting = len(self._urgent) + len(self._ordinary)
            return waiting, self._unanswered - waiting

    def _take_waiting(self, limit: int) -> list[QueuedFunction]:
        taken: list[QueuedFunction] = []
        now = time.monotonic()
        for lane in (self._urgent, self._ordinary):
            while lane and len(taken) < limit:
                job = lane.popleft()
                if job.future.cancelled():
                    self._forget(1)
                else:
                    job.taken_at = now
                    taken.append(job)
        return taken

    def take_queued_before(self, moment: float) -> list[QueuedFunction]:
        """Remove and return the functions that have waited since before `moment`, on `time.monotonic`."""
        with self._lock:
            old = [job for lane in (self._urgent, self._ordinary) for job in lane if job.queued_at < moment]
            for lane in (self._urgent, self._ordinary):
                kept = [job for job in lane if job.queued_at >= moment]
                lane.clear()
                lane.extend(kept)
            return old

    def answer(self, queued: Sequence[QueuedFunction], on_change: Callable[[], None]) -> None:
        """Give these functions' values or errors to their callers, in one call to each event loop.

        `on_change` is called before, in the loop, when one of them has committed a change that readers wait for.
        """
        with self._lock:
            self._answering += 1
        for loop, group in groupby(queued, key=lambda one: one.loop):
            answered = list(group)
            try:
                loop.call_soon_threadsafe(_set_results, answered, on_change)
            except RuntimeError:
                # The loop has ended, and with it all who waited.
                log.debug("no_one_waits", functions=len(answered))
        now = time.monotonic()
        for job in queued:
            taken_at = now if job.taken_at is None else job.taken_at
            self._observer.transaction(self._kind, taken_at - job.queued_at, now - taken_at)
        with self._lock:
            self._answering -= 1
            self._forget(len(queued))

    def _forget(self, count: int) -> None:
        self._unanswered -= count
        if not self._unanswered:
            self._idle.notify_all()

    def wait_until_idle(self) -> None:
        """Block until every function is answered."""
        with self._idle:
            self._idle.wait_for(lambda: not self._unanswered)

    def close(self) -> None:
        """Take no more functions; those that wait are still run."""
        with self._lock:
            self._closed = True
            while self._sleeping:
                self._sleeping.pop().release()


def _set_results(jobs: Sequence[QueuedFunction], on_change: Callable[[], None]) -> None:
    if any(job.has_changes and job.error is None for job in jobs):
        on_change()
    for job in jobs:
        if job.future.done():
            continue
        if job.error is None:
            job.future.set_result(job.value)
        elif isinstance(job.error, StopIteration):
            # A future cannot hold it.
            job.future.set_exception(RuntimeError("a function raised StopIteration"))
        else:
            job.future.set_exception(job.error)

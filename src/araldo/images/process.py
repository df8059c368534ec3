"""Run all work on picture files in a separate, limited process without secrets, which untrusted files may crash.

The process starts with the first job and is replaced when it has used too much, crashed or been idle.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar, cast

import structlog

from araldo.images.budget import MegapixelBudget, megapixels_of
from araldo.images.unusable import MAX_PIXELS, UnusablePicture
from araldo.images.worker_process import ProcessDied, WorkerLimits, WorkerProcess
from araldo.images.worker_protocol import ImageJob, Reply, build_job
from araldo.local_faults import TransientFault
from araldo.telemetry.observer import Observer

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")

# Previews wait for no other job, small jobs (cards, pictures of that size) for no large one: each kind has a budget.
_SMALL_MEGAPIXELS = 4.0
# Concurrent jobs of each kind; a job may use a core, and a large one some hundred megabytes.
_CONCURRENT_JOBS = 2
# A job that has crashed the process this often is refused.
_MAX_DEATHS = 2


class ImageRunner(Protocol):
    """Runs the functions that decode or encode pictures."""

    async def run(self, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T: ...


class ThreadImageRunner:
    """Runs jobs in threads of this process: for tests, and for tools without untrusted files."""

    async def run(self, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        return await asyncio.to_thread(function, *arguments, **options)


class ImageProcess:
    """Runs jobs in a worker process. One per application, on one event loop; starts nothing before its first job."""

    def __init__(
        self,
        limits: WorkerLimits | None = None,
        *,
        megapixels: float = MAX_PIXELS / 1_000_000,
        observer: Observer | None = None,
    ) -> None:
        self._limits = limits or WorkerLimits()
        self._observer = observer or Observer()
        # How many workers have been started.
        self.starts = 0
        self._previews = MegapixelBudget(_SMALL_MEGAPIXELS * _CONCURRENT_JOBS, _CONCURRENT_JOBS)
        self._small = MegapixelBudget(_SMALL_MEGAPIXELS * _CONCURRENT_JOBS, _CONCURRENT_JOBS)
        self._large = MegapixelBudget(megapixels, _CONCURRENT_JOBS)
        self._current: WorkerProcess | None = None
        self._workers: set[WorkerProcess] = set()
        self._working: set[asyncio.Task[Any]] = set()
        self._starting = asyncio.Lock()
        self._retrying = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def pids(self) -> list[int]:
        """Ids of the running workers: none, one, or two while one is being replaced."""
        return [worker.pid for worker in self._workers]

    @property
    def busy(self) -> bool:
        return any(worker.busy for worker in self._workers)

    async def run(self, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        """Run `function`, one of `worker_protocol.JOBS`, in the worker; return or raise what it does. May be cancelled.

        Raises TransientFault when the process could not be started or was killed, UnusablePicture when the picture
        crashes it.
        """
        call = _PendingJob(build_job(function, arguments, options), megapixels_of((*arguments, *options.values())))
        # A separate task, so that a sent job keeps its part of the budget until it is done, even without a caller.
        task = asyncio.ensure_future(self._run_job(call))
        self._working.add(task)
        task.add_done_callback(self._forget_task)
        with self._observer.picture_job(call.job.function) as observed:
            try:
                reply = await asyncio.shield(task)
            except asyncio.CancelledError:
                if not call.sent:
                    task.cancel()
                raise
            observed.outcome = reply.kind
        return cast(T, _unwrap_reply(reply))

    async def close(self) -> None:
        """Kill the workers, even during a job, and wait until they have exited."""
        self._closed = True
        if self._idle is not None:
            self._idle.cancel()
        while self._workers or self._working:
            for worker in self._workers:
                worker.kill()
            await asyncio.wait({*self._working, *(worker.ended for worker in self._workers)})

    def _forget_task(self, task: asyncio.Task[Reply]) -> None:
        self._working.discard(task)
        if not task.cancelled():
            # Mark the exception as retrieved: without a caller the loop would log it.
            task.exception()

    async def _run_job(self, call: _PendingJob) -> Reply:
        async with self._budget_for(call).reserve(call.megapixels):
            call.sent = True
            try:
                return await self._send(await self._shared_worker(), call)
            except ProcessDied as died:
                self._log_death(call, died)
                deaths = int(died.alone and not died.killed)
            async with self._retrying:
                return await self._run_alone(call, deaths)

    def _budget_for(self, call: _PendingJob) -> MegapixelBudget:
        if call.job.is_preview:
            return self._previews
        return self._small if call.megapixels <= _SMALL_MEGAPIXELS else self._large

    async def _run_alone(self, call: _PendingJob, deaths: int) -> Reply:
        """Run the job again in a worker of its own, which shows whether this job caused the crash."""
        while deaths < _MAX_DEATHS:
            worker = await self._start(on_idle=WorkerProcess.stop)
            try:
                return await self._send(worker, call)
            except ProcessDied as died:
                self._log_death(call, died)
                if died.killed:
                    raise _process_unavailable() from died
                deaths += 1
        raise UnusablePicture("too_costly")

    async def _send(self, worker: WorkerProcess, call: _PendingJob) -> Reply:
        reply = await worker.run(call.job)
        if reply.kind == "no_memory":
            worker.needs_replacement = True
            raise ProcessDied("it had no memory left", alone=not worker.busy, killed=False)
        return reply

    def _log_death(self, call: _PendingJob, died: ProcessDied) -> None:
        log.warning("image_process_died", job=call.job.function, megapixels=round(call.megapixels, 1), why=str(died))

    async def _shared_worker(self) -> WorkerProcess:
        if self._idle is not None:
            self._idle.cancel()
        async with self._starting:
            if self._current is None or self._current.needs_replacement or self._current.ended.done():
                needs_replacement, self._current = self._current, await self._start(on_idle=self._handle_idle)
                if needs_replacement is not None and not needs_replacement.busy:
                    needs_replacement.stop()
            return self._current

    async def _start(self, on_idle: Callable[[WorkerProcess], None]) -> WorkerProcess:
        self._require_open()
        try:
            worker = await WorkerProcess.start(self._limits, on_idle, self._workers.discard)
        except OSError as full:
            log.warning("image_process_not_started", why=str(full))
            raise _process_unavailable() from full
        self._workers.add(worker)
        self.starts += 1
        try:
            # It may have been closed meanwhile.
            self._require_open()
        except TransientFault:
            worker.kill()
            raise
        return worker

    def _require_open(self) -> None:
        if self._closed:
            raise _process_unavailable()

    def _handle_idle(self, worker: WorkerProcess) -> None:
        """Stop the worker when it is to be replaced, else start its idle timer."""
        if worker is not self._current:
            worker.stop()
        elif worker.needs_replacement:
            self._current = None
            worker.stop()
        else:
            if self._idle is not None:
                self._idle.cancel()
            self._idle = asyncio.get_running_loop().call_later(self._limits.idle_s, self._end_idle, worker)

    def _end_idle(self, worker: WorkerProcess) -> None:
        if worker is self._current and not worker.busy:
            self._current = None
            worker.stop()


class _PendingJob:
    """A job, its cost, and whether it may have been sent to a worker already."""

    def __init__(self, job: ImageJob, megapixels: float) -> None:
        self.job = job
        self.megapixels = megapixels
        self.sent = False


def _unwrap_reply(reply: Reply) -> Any:
    if reply.kind == "unusable":
        raise UnusablePicture(reply.value)
    if reply.kind == "invalid":
        raise ValueError(reply.value)
    if reply.kind == "bug":
        raise RuntimeError(f"in the image process:\n{reply.value}")
    return reply.value


def _process_unavailable() -> TransientFault:
    return TransientFault("the image process could not be had, or was killed")

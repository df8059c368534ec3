"""All work on pictures' bytes, in one limited process of its own that strangers' files may bring down: it holds no key.

It is started for the first job, takes all that follow, and is replaced when it has taken too much, died or been idle.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar, cast

import structlog

from araldo.images.budget import MegapixelBudget, megapixels_of
from araldo.images.child import Child, Limits, ProcessDied
from araldo.images.unfit import MAX_PIXELS, Unfit
from araldo.images.wire import ImageJob, Reply, job_of
from araldo.local_faults import TransientFault

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")

# Small jobs (cards, previews, pictures of that size) do not wait for large ones: each kind has room of its own.
_SMALL_MEGAPIXELS = 4.0
# Of each kind; a job may take a core, and a large one some hundred megabytes.
_AT_ONCE = 2
# A job that has ended the process by itself so often is refused.
_DEATHS = 2


class ImageRunner(Protocol):
    """Where the functions that touch pictures' bytes run."""

    async def run(self, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T: ...


class InThreads:
    """In threads of this process: for tests of what is around, and tools without strangers' files."""

    async def run(self, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        return await asyncio.to_thread(function, *arguments, **options)


class ImageProcess:
    """One for an application, used on one event loop; starts nothing before its first job."""

    def __init__(self, limits: Limits | None = None, *, megapixels: float = MAX_PIXELS / 1_000_000) -> None:
        self._limits = limits or Limits()
        self._small = MegapixelBudget(_SMALL_MEGAPIXELS * _AT_ONCE, _AT_ONCE)
        self._large = MegapixelBudget(megapixels, _AT_ONCE)
        self._current: Child | None = None
        self._children: set[Child] = set()
        self._working: set[asyncio.Task[Any]] = set()
        self._starting = asyncio.Lock()
        self._retrying = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def pids(self) -> list[int]:
        """Of the processes that are there now: none, one, or for a moment the one that it is replaced by too."""
        return [child.pid for child in self._children]

    @property
    def busy(self) -> bool:
        return any(child.busy for child in self._children)

    async def run(self, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        """What `function`, one of `wire.JOBS`, returns or raises; a caller that is cancelled leaves the process usable.

        Raises TransientFault when the process could not be had or was killed, Unfit for a picture that brings it down.
        """
        call = _Call(job_of(function, arguments, options), megapixels_of((*arguments, *options.values())))
        # A task of its own: the room that a job takes is its own until it is done, whoever still waits for it.
        task = asyncio.ensure_future(self._do(call))
        self._working.add(task)
        task.add_done_callback(self._done)
        try:
            return cast(T, _value_of(await asyncio.shield(task)))
        except asyncio.CancelledError:
            if not call.sent:
                task.cancel()
            raise

    async def close(self) -> None:
        """Ends the process, whatever it is at; returns when nothing is left of it."""
        self._closed = True
        if self._idle is not None:
            self._idle.cancel()
        while self._children or self._working:
            for child in self._children:
                child.kill()
            await asyncio.wait({*self._working, *(child.ended for child in self._children)})

    def _done(self, task: asyncio.Task[Reply]) -> None:
        self._working.discard(task)
        if not task.cancelled():
            # Known to whoever waits; without anybody it is no error of the loop's.
            task.exception()

    async def _do(self, call: _Call) -> Reply:
        budget = self._small if call.megapixels <= _SMALL_MEGAPIXELS else self._large
        async with budget.reserve(call.megapixels):
            call.sent = True
            try:
                return await self._send(await self._shared(), call)
            except ProcessDied as died:
                self._tell(call, died)
                deaths = int(died.alone and not died.killed)
            async with self._retrying:
                return await self._alone(call, deaths)

    async def _alone(self, call: _Call, deaths: int) -> Reply:
        """Again in a process that has no other job: it was not this one's fault, or it is seen to be."""
        while deaths < _DEATHS:
            child = await self._start(on_idle=Child.stop)
            try:
                return await self._send(child, call)
            except ProcessDied as died:
                self._tell(call, died)
                if died.killed:
                    raise _lost() from died
                deaths += 1
        raise Unfit("too_costly")

    async def _send(self, child: Child, call: _Call) -> Reply:
        reply = await child.do(call.job)
        if reply.kind == "no_memory":
            child.worn_out = True
            raise ProcessDied("it had no memory left", alone=not child.busy, killed=False)
        return reply

    def _tell(self, call: _Call, died: ProcessDied) -> None:
        log.warning("image_process_died", job=call.job.function, megapixels=round(call.megapixels, 1), why=str(died))

    async def _shared(self) -> Child:
        if self._idle is not None:
            self._idle.cancel()
        async with self._starting:
            if self._current is None or self._current.worn_out or self._current.ended.done():
                worn_out, self._current = self._current, await self._start(on_idle=self._rest)
                if worn_out is not None and not worn_out.busy:
                    worn_out.stop()
            return self._current

    async def _start(self, on_idle: Callable[[Child], None]) -> Child:
        self._require_open()
        try:
            child = await Child.start(self._limits, on_idle, self._children.discard)
        except OSError as full:
            log.warning("image_process_not_started", why=str(full))
            raise _lost() from full
        self._children.add(child)
        try:
            # Closed while it started.
            self._require_open()
        except TransientFault:
            child.kill()
            raise
        return child

    def _require_open(self) -> None:
        if self._closed:
            raise _lost()

    def _rest(self, child: Child) -> None:
        """The last job of the shared process is done."""
        if child is not self._current:
            child.stop()
        elif child.worn_out:
            self._current = None
            child.stop()
        else:
            if self._idle is not None:
                self._idle.cancel()
            self._idle = asyncio.get_running_loop().call_later(self._limits.idle_s, self._end_idle, child)

    def _end_idle(self, child: Child) -> None:
        if child is self._current and not child.busy:
            self._current = None
            child.stop()


class _Call:
    """One run: its job, what it takes, and whether a process may have it already."""

    def __init__(self, job: ImageJob, megapixels: float) -> None:
        self.job = job
        self.megapixels = megapixels
        self.sent = False


def _value_of(reply: Reply) -> Any:
    if reply.kind == "unfit":
        raise Unfit(reply.value)
    if reply.kind == "invalid":
        raise ValueError(reply.value)
    if reply.kind == "bug":
        raise RuntimeError(f"in the image process:\n{reply.value}")
    return reply.value


def _lost() -> TransientFault:
    return TransientFault("the image process could not be had, or was killed")

"""Readiness of this process: the database is writable, the worker sweeps, the disk has free space."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from araldo.clock import Clock
from araldo.loops import FailureLog
from araldo.storage.database import Database
from araldo.storage.disk import free_bytes
from araldo.storage.write_probe import write_and_delete

# Anyone may request the status as often as they like; the database is probed no more often than this.
_EVERY_S = 5.0
# Less than a probe's own time-out, which is often two or three seconds.
_WAIT_S = 1.5


@dataclass(frozen=True, slots=True)
class Readiness:
    """Which parts work."""

    database: bool
    worker: bool
    disk: bool

    @property
    def ready(self) -> bool:
        return self.database and self.worker and self.disk


@dataclass(frozen=True, slots=True)
class DiskFloor:
    """A folder, and how many bytes its disk has to have free."""

    folder: Path
    min_free_bytes: int


class ReadinessCheck:
    """Probes each part and repairs nothing: the work resumes by itself once a part works again."""

    def __init__(self, database: Database, clock: Clock, floor: DiskFloor, *, worker_alive: Callable[[], bool]) -> None:
        self._database = database
        self._clock = clock
        self._floor = floor
        self._worker_alive = worker_alive
        self._failures = FailureLog(clock)
        self._probe: asyncio.Task[Readiness] | None = None
        self._probed_at = 0.0

    @property
    def worker_alive(self) -> bool:
        return self._worker_alive()

    async def check(self) -> Readiness:
        """Return the readiness, at most 5 s old; within 1.5 s even when the database takes longer."""
        probe = self._recent_probe()
        await asyncio.wait({probe}, timeout=_WAIT_S)
        if not probe.done():
            # Not cancelled: the next check waits for it, too.
            return Readiness(database=False, worker=self._worker_alive(), disk=True)
        found = probe.result()
        return Readiness(database=found.database, worker=self._worker_alive(), disk=found.disk)

    def database_seemed_well(self) -> bool:
        """Tell what the last finished probe found, without waiting; True before the first. Starts another when due."""
        last = self._probe
        seemed_well = last is None or not last.done() or last.result().database
        self._recent_probe()
        return seemed_well

    def _recent_probe(self) -> asyncio.Task[Readiness]:
        now, last = self._clock.running(), self._probe
        if last is not None and (not last.done() or now - self._probed_at < _EVERY_S):
            return last
        self._probed_at = now
        self._probe = asyncio.create_task(self._probe_now(), name="readiness")
        return self._probe

    async def _probe_now(self) -> Readiness:
        return Readiness(database=await self._takes_writes(), worker=True, disk=await self._has_room())

    async def _takes_writes(self) -> bool:
        try:
            await self._database.write(lambda transaction: write_and_delete(transaction, self._clock.now()))
        except Exception as failure:
            self._failures.write("database_not_writable", failure)
            return False
        return True

    async def _has_room(self) -> bool:
        try:
            # In a thread, because a network file system may block.
            free = await asyncio.to_thread(free_bytes, self._floor.folder)
        except OSError as failure:
            self._failures.write("disk_not_readable", failure)
            return False
        return free >= self._floor.min_free_bytes

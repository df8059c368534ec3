"""The engine where several processes work: it sweeps when it has a job to, and lets others join."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from araldo.workflows.engine import Engine
from tests.support.clock import FakeClock
from tests.support.waiting import wait_until


@dataclass(frozen=True)
class Row:
    id: str


@dataclass
class Queue:
    """What is due, by time; `announced` counts the requests that a process sweeps."""

    clock: FakeClock
    due: list[tuple[datetime, Row]] = field(default_factory=list)
    worked_on: list[str] = field(default_factory=list)
    announced: int = 0
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    is_due_again: bool = False

    async def claim_due(self, limit: int) -> tuple[list[Row], datetime | None]:
        now = self.clock.now()
        claimed = [row for at, row in self.due if at <= now][:limit]
        self.due = [(at, row) for at, row in self.due if row not in claimed]
        return claimed, min((at for at, _ in self.due if at > now), default=None)

    async def work(self, row: Row) -> bool:
        self.worked_on.append(row.id)
        await self.go_on.wait()
        return self.is_due_again

    def announce(self) -> None:
        self.announced += 1

    def add(self, seconds: float, count: int = 1) -> None:
        at = self.clock.now() + timedelta(seconds=seconds)
        self.due += [(at, Row(f"{seconds:g} {number}")) for number in range(count)]


def _shared(queue: Queue, jobs_max: int = 100) -> Engine[Row]:
    engine = Engine(
        name="row", work=queue.work, claim_due=queue.claim_due, clock=queue.clock, sweep_s=2, jobs_max=jobs_max
    )
    engine.share_work(queue.announce, drain_s=1)
    return engine


async def test_a_sweep_takes_what_is_near_and_tells_when_the_next_row_falls_due() -> None:
    queue = Queue(FakeClock())
    queue.go_on.set()
    queue.add(0)
    queue.add(1.5)
    queue.add(60)
    later = queue.clock.now() + timedelta(seconds=60)
    assert await _shared(queue).sweep_while_due(2) == later
    await wait_until(lambda: queue.worked_on == ["0 0", "1.5 0"])


async def test_a_sweep_of_an_empty_queue_ends_at_once() -> None:
    assert await _shared(Queue(FakeClock())).sweep_while_due(2) is None


async def test_one_call_sweeps_and_another_makes_it_look_again() -> None:
    queue = Queue(FakeClock(short_s=0))
    queue.go_on.set()
    queue.add(1)
    engine = _shared(queue)
    sweeping = asyncio.create_task(engine.sweep_while_due(2))
    await wait_until(lambda: queue.clock.sleepers == 1)
    queue.add(0)
    assert await engine.sweep_while_due(2) is None
    await wait_until(lambda: queue.worked_on == ["0 0"])
    # A nudge reaches the sweep directly, and nobody else need look.
    assert queue.announced == 0
    engine.stop_sweeping()
    assert await sweeping is None


async def test_a_nudge_without_a_sweep_lets_some_process_sweep() -> None:
    queue = Queue(FakeClock())
    _shared(queue).nudge()
    assert queue.announced == 1


async def test_a_row_that_is_due_again_lets_some_process_sweep() -> None:
    queue = Queue(FakeClock(), is_due_again=True)
    queue.add(0)
    await _shared(queue).sweep_while_due(2)
    assert queue.announced == 0
    queue.go_on.set()
    await wait_until(lambda: queue.announced == 1)


async def test_a_rush_is_shared() -> None:
    queue = Queue(FakeClock())
    queue.go_on.set()
    queue.add(0, count=50)
    await _shared(queue).sweep_while_due(2)
    assert queue.announced == 1


async def test_a_stopping_process_claims_nothing_more() -> None:
    queue = Queue(FakeClock())
    queue.add(0)
    engine = _shared(queue)
    engine.stop_sweeping()
    assert await engine.sweep_while_due(2) is None
    assert (queue.worked_on, len(queue.due)) == ([], 1)

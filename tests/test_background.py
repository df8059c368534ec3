"""Wake-ups of the processes that share the work, of which none is lost, and intervals of periodic jobs."""

from __future__ import annotations

import asyncio

import pytest

from araldo.background import Periodic, WakeUps
from araldo.storage.signals import ChangeSignal
from tests.support.clock import FakeClock
from tests.support.waiting import wait_until


async def test_a_commit_in_the_pause_after_another_is_not_missed() -> None:
    clock, commits, woken = FakeClock(short_s=0), ChangeSignal(), list[str]()

    class Noted(WakeUps):
        def wake(self, name: str) -> None:
            woken.append(name)

    waking = asyncio.create_task(Noted(clock).wake_on(commits, "outbox"))
    await asyncio.sleep(0)
    commits.notify()
    await wait_until(lambda: clock.sleepers == 1)
    commits.notify()
    clock.advance(1)
    await wait_until(lambda: woken == ["outbox"] * 2)
    waking.cancel()
    await asyncio.wait({waking})


@pytest.mark.parametrize(
    ("every_s", "job_every_s"),
    [(0.3, 1), (6.0, 6), (9.0, 6), (59.9, 30), (60, 60), (300, 300), (9e9, 3600)],
)
def test_a_periodic_job_runs_no_less_often_than_the_loop(every_s: float, job_every_s: int) -> None:
    async def nothing() -> None:
        return

    assert Periodic(nothing, every_s, "failed").job_every_s == job_every_s

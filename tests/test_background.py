"""Wake-ups of the processes that share the work: none is lost."""

from __future__ import annotations

import asyncio

from araldo.background import WakeUps
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

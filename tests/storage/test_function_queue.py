"""Which thread takes a function: the one that was busy last, so that few threads open a connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from threading import Barrier, Thread, current_thread
from typing import cast

import pytest

from araldo.storage.function_queue import FunctionQueue, QueuedFunction
from araldo.storage.transaction import Transaction
from araldo.telemetry.observer import Observer
from tests.support.waiting import wait_until

_THREADS = 3


class QueueHarness:
    """A queue with three threads; each function's value is the thread that ran it."""

    def __init__(self) -> None:
        self.queue = FunctionQueue("read", Observer())
        self.threads = [Thread(target=self._serve, daemon=True) for _ in range(_THREADS)]

    def _serve(self) -> None:
        while taken := self.queue.take():
            for job in taken:
                job.value = job.function(cast(Transaction, None))
            self.queue.answer(taken, lambda: None)

    async def all_wait(self) -> None:
        await wait_until(lambda: len(self.queue._sleeping) == _THREADS)

    def put(self, barrier: Barrier | None = None) -> asyncio.Future[Thread]:
        def run(_: Transaction) -> Thread:
            if barrier is not None:
                barrier.wait(20)
            return current_thread()

        loop = asyncio.get_running_loop()
        future: asyncio.Future[Thread] = loop.create_future()
        self.queue.put(QueuedFunction(run, future, loop))
        return future


@pytest.fixture
async def harness() -> AsyncIterator[QueueHarness]:
    made = QueueHarness()
    for thread in made.threads:
        thread.start()
    await made.all_wait()
    yield made
    made.queue.close()
    for thread in made.threads:
        await asyncio.to_thread(thread.join, 20)
        assert not thread.is_alive()


async def test_functions_one_after_the_other_are_run_by_one_thread(harness: QueueHarness) -> None:
    used = set()
    for _ in range(2 * _THREADS):
        used.add(await harness.put())
        await harness.all_wait()
    assert len(used) == 1


async def test_functions_that_come_together_are_run_at_once(harness: QueueHarness) -> None:
    for _ in range(3):
        together = Barrier(_THREADS)
        used = await asyncio.gather(*[harness.put(together) for _ in range(_THREADS)])
        assert set(used) == set(harness.threads)


async def test_every_function_is_run_while_threads_give_their_answers(harness: QueueHarness) -> None:
    for _ in range(50):
        await asyncio.wait_for(asyncio.gather(*[harness.put() for _ in range(4)]), 20)
        await asyncio.wait_for(harness.put(), 20)

"""`araldo worker`."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AbstractAsyncContextManager, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from araldo.cli.runtime import load_settings, open_metrics_socket, paused_collection
from araldo.console import print_message, set_up_logging
from araldo.errors import Conflict
from araldo.messages import Message

if TYPE_CHECKING:
    from araldo.app import Araldo


def worker(
    concurrency: Annotated[
        int, typer.Option(min=1, max=10_000, help="Most deliveries that this process works on at once.")
    ] = 1_000,
) -> None:
    """Publish what is due, beside other workers and web servers on the same PostgreSQL."""
    with paused_collection():
        from araldo.api.metrics import serving_metrics
        from araldo.app import Araldo
        from araldo.server.limits import raise_descriptor_limit

    settings = load_settings()
    set_up_logging(settings.log_level)
    if settings.uses_sqlite:
        raise Conflict(Message("cli.worker_needs_postgresql"))
    raise_descriptor_limit()
    with open_metrics_socket(settings) as metrics:
        araldo = Araldo(settings, concurrency=concurrency)
        asyncio.run(_work_until_signal(araldo, serving_metrics(araldo.build_metrics(lambda: 0), metrics)))


async def _work_until_signal(araldo: Araldo, serving: AbstractAsyncContextManager[None]) -> None:
    """Work until SIGINT or SIGTERM, also while it starts, then let deliveries finish or hand them back."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    working, signalled = asyncio.create_task(_work(araldo, serving)), asyncio.create_task(stop.wait())
    await asyncio.wait({working, signalled}, return_when=asyncio.FIRST_COMPLETED)
    if stop.is_set():
        print_message(Message("cli.worker_stopping"))
        working.cancel()
    with suppress(asyncio.CancelledError):
        await working


async def _work(araldo: Araldo, serving: AbstractAsyncContextManager[None]) -> None:
    """Work until cancelled."""
    try:
        async with araldo.background_work(), serving:
            print_message(Message("cli.worker_ready"))
            await asyncio.Event().wait()
    finally:
        await araldo.close()

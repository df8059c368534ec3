"""What commands share: settings, an open `Araldo`, and the start without garbage collections."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from araldo.console import print_error, set_up_logging
from araldo.messages import Message

if TYPE_CHECKING:
    import socket

    from araldo.app import Araldo
    from araldo.settings import Settings
    from araldo.workspaces.models import Workspace

InWorkspace = Annotated[str | None, typer.Option(help="The workspace's name or id; default: the first.")]

# How many more objects are made than freed before the collector looks for cycles among them. With Python's 700 it takes
# a tenth of the CPU of publishing, because the objects of requests in flight are looked at again and again.
_COLLECT_EVERY = 10_000

OfWorkspace = Annotated[str | None, typer.Option(help="The workspace's name or id; default: all.")]


@contextmanager
def paused_collection() -> Iterator[None]:
    """Pause the garbage collector while modules are imported; then exempt what they made, and collect more rarely.

    Modules stay until the process ends. Collections that find nothing take a sixth of the time of importing them.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(_COLLECT_EVERY)
        gc.enable()


def load_settings() -> Settings:
    """Read the settings. Invalid ones are named on standard error, and the process exits with status 2."""
    from pydantic import ValidationError

    from araldo.settings import Settings

    try:
        return Settings()
    except ValidationError as wrong:
        for entry in wrong.errors():
            name = "ARALDO_" + "__".join(str(part) for part in entry["loc"]).upper()
            print_error(Message("cli.named_reason"), name=name, why=entry["msg"])
        sys.exit(2)


def open_metrics_socket(settings: Settings) -> AbstractContextManager[socket.socket | None]:
    """Open the socket that `/metrics` has for itself; None without such a setting. Raises Conflict."""
    metrics = settings.metrics
    if metrics.port is None:
        return nullcontext(None)
    from araldo.server import open_listening_socket

    return open_listening_socket(metrics.host, metrics.port)


def run_with_araldo(work: Callable[[Araldo], Awaitable[None]], *, migrate: bool = True) -> None:
    """Migrate the schema and run `work(araldo)`, possibly beside a running server.

    `migrate` False: leave the database as it is, for a backup before an upgrade.
    """
    with paused_collection():
        from araldo.app import Araldo
        from araldo.cli import administer

    async def open_and_run() -> None:
        settings = load_settings()
        # Standard output is the command's answer. What a person reads there has no place for the server's remarks.
        set_up_logging("warning")
        administer.set_command_actor()
        araldo = Araldo(settings)
        try:
            if migrate:
                await araldo.prepare()
            await work(araldo)
        finally:
            await araldo.close()

    asyncio.run(open_and_run())


async def find_workspace(araldo: Araldo, name: str | None) -> Workspace:
    """Return the workspace with this name or id; None: the first. Raises NotFound."""
    from araldo.workspaces import store as workspace_store

    if name is None:
        return await araldo.database.write(
            lambda transaction: workspace_store.get_or_create_first(transaction, transaction.now)
        )
    return await araldo.database.read(lambda transaction: workspace_store.get_by_id_or_name(transaction, name))


async def find_workspace_or_none(araldo: Araldo, name: str | None) -> Workspace | None:
    """Return the workspace with this name or id; None without a name. Raises NotFound."""
    return None if name is None else await find_workspace(araldo, name)


def print_all(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)

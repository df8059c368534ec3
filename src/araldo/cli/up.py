"""`araldo up`."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import Annotated

import typer

from araldo.cli.runtime import load_settings, open_metrics_socket, paused_collection
from araldo.console import print_message, set_up_logging
from araldo.errors import Conflict
from araldo.messages import Message


def up(
    worker: Annotated[
        bool, typer.Option(help="Publish in this process, too; without, start `araldo worker` (PostgreSQL only).")
    ] = True,
) -> None:
    """Start Araldo: the web server and the worker."""
    with paused_collection():
        from araldo.app import Araldo
        from araldo.asgi import create_web
        from araldo.cli.administer import print_sign_in_link
        from araldo.data_folder import lock_data_folder
        from araldo.server import open_listening_socket, serve

    settings = load_settings()
    set_up_logging(settings.log_level)
    if settings.uses_sqlite and not worker:
        raise Conflict(Message("cli.no_worker_needs_postgresql"))
    # On PostgreSQL many processes share the folder.
    only = lock_data_folder(settings.data_dir) if settings.uses_sqlite else nullcontext()
    with (
        only,
        open_listening_socket(settings.host, settings.port) as listening,
        open_metrics_socket(settings) as metrics,
    ):
        araldo = Araldo(settings, works=worker)
        print_message(Message("cli.starting"), url=settings.own_url)
        # Before the server starts, which would log a refusal with its traceback.
        asyncio.run(araldo.migrate())
        web = create_web(araldo, when_up=lambda: print_sign_in_link(araldo), metrics=metrics)
        serve(web, listening, before_stopping=araldo.event_feed.close)

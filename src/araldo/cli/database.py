"""`araldo database`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from araldo.cli.progress import StepProgress
from araldo.cli.runtime import load_settings, paused_collection
from araldo.console import print_message, set_up_logging
from araldo.errors import Conflict
from araldo.messages import Message

databases = typer.Typer(help="The database.", no_args_is_help=True)


# More commands may come, so that Typer does not make this one the group itself.
@databases.callback()
def _databases() -> None: ...


@databases.command("copy")
def database_copy(
    to: Annotated[str, typer.Option(help="postgresql://... of an empty database; `-` reads it from standard input.")],
) -> None:
    """Move from SQLite to PostgreSQL: copy everything, and use the SQLite database no longer. Stop Araldo first."""
    with paused_collection():
        from araldo.clock import SystemClock
        from araldo.data_folder import lock_data_folder
        from araldo.storage.backup.errors import failing_as
        from araldo.storage.backup.move import MoveFailed, move_database
        from araldo.storage.database_url import as_database_url, require_database_url
        from araldo.storage.moved import place_of

    settings = load_settings()
    set_up_logging("warning")
    named = sys.stdin.readline().strip() if to == "-" else to
    try:
        require_database_url(named)
    except ValueError as wrong:
        raise Conflict(Message("database.copies_to_postgresql")) from wrong
    target = as_database_url(named)
    if not settings.database_url.startswith("sqlite"):
        raise Conflict(Message("database.copies_from_sqlite"))
    if not target.startswith("postgresql"):
        raise Conflict(Message("database.copies_to_postgresql"))
    step = Message("database.step_copy")
    with (
        lock_data_folder(settings.data_dir),
        StepProgress() as progress,
        failing_as(Message("database.copy_failed"), MoveFailed),
    ):
        rows = move_database(
            settings.database_url,
            target,
            now=SystemClock().now(),
            progress=lambda done, total: progress.show(step, done, total),
        )
    print_message(Message("database.copied"), rows=rows, place=place_of(target))

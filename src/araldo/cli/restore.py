"""`araldo restore`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from araldo.cli.progress import StepProgress
from araldo.cli.runtime import load_settings, paused_collection
from araldo.console import print_error, print_message, set_up_logging
from araldo.messages import Message
from araldo.messages.times import ZonedInstant

if TYPE_CHECKING:
    from araldo.workflows.maintenance.restore import RestoreResult

_STEPS = {
    "verification": Message("restore.step_verification"),
    "pictures": Message("restore.step_pictures"),
    "database": Message("restore.step_database"),
}


def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    keys: Annotated[
        Path | None,
        typer.Option(help="A `secret.key`, for a backup without keys.", exists=True, dir_okay=False),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace a database that is not empty; what it has is lost.")
    ] = False,
) -> None:
    """Restore a backup. What may have been published since waits for your decision and is not sent."""
    with paused_collection():
        from araldo.data_folder import lock_data_folder, make_data_folder
        from araldo.maintenance import build_restorer
        from araldo.storage.vault import load_keys

    settings = load_settings()
    set_up_logging("warning")
    handed_in = [] if keys is None else load_keys(keys)
    with lock_data_folder(settings.data_dir):
        make_data_folder(settings.data_dir, has_database=settings.database.url is None)
        with StepProgress() as progress:
            result = asyncio.run(
                build_restorer(settings).restore(
                    file.absolute(),
                    keys=handed_in,
                    replace=replace,
                    progress=lambda step, done, total: progress.show(_STEPS[step], done, total),
                )
            )
    _print_result(result)


def _print_result(result: RestoreResult) -> None:
    manifest = result.manifest
    print_message(
        Message("restore.done"),
        posts=manifest.rows.get("posts", 0),
        pictures=manifest.pictures,
        when=ZonedInstant(manifest.made_at, "UTC"),
    )
    if result.held_back:
        print_message(Message("restore.held_back"), count=result.held_back)
    if result.unsent_mails:
        print_message(Message("restore.mails_not_sent"), count=result.unsent_mails)
    print_message(Message("restore.sign_in_again"))
    if manifest.missing:
        print_error(Message("restore.pictures_missing"), count=len(manifest.missing))
    if result.unreadable:
        print_error(Message("restore.tokens_unreadable"), count=result.unreadable)

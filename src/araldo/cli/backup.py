"""`araldo backup`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from araldo.cli.progress import StepProgress
from araldo.cli.runtime import run_with_araldo
from araldo.console import print_error, print_message
from araldo.messages import Message

if TYPE_CHECKING:
    from araldo.app import Araldo
    from araldo.workflows.maintenance.backup import FinishedBackup

_STEPS = {
    "database": Message("backup.step_database"),
    "pictures": Message("backup.step_pictures"),
    "verification": Message("backup.step_verification"),
}


def backup(
    file: Annotated[Path, typer.Argument(help="The new file to write, for example araldo.tar.")],
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="Include the key that decrypts tokens: the file is then a secret.")
    ] = False,
) -> None:
    """Back up the database and the pictures into one file, also while Araldo runs."""

    async def work(araldo: Araldo) -> None:
        with StepProgress() as progress:
            finished = await araldo.maintenance.backup_writer.write(
                file.absolute(),
                with_keys=with_keys,
                progress=lambda step, done, total: progress.show(_STEPS[step], done, total),
            )
        await araldo.maintenance.backup_schedule.record_success(finished)
        _print_result(finished)

    run_with_araldo(work, migrate=False)


def _print_result(finished: FinishedBackup) -> None:
    manifest = finished.manifest
    print_message(
        Message("backup.done"),
        path=finished.path,
        size=round(finished.size / 1e6, 1),
        posts=manifest.rows.get("posts", 0),
        pictures=manifest.pictures,
    )
    print_message(Message("backup.with_keys") if manifest.has_keys else Message("backup.without_keys"))
    if manifest.missing:
        print_error(Message("backup.pictures_missing"), count=len(manifest.missing))

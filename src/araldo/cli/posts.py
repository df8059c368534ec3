"""`araldo posts`."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from araldo.cli.runtime import InWorkspace, find_workspace, run_with_araldo

if TYPE_CHECKING:
    from araldo.app import Araldo

posts = typer.Typer(help="Posts: import them from a file, export them with their results.", no_args_is_help=True)


class DayOrderOption(StrEnum):
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class FormatOption(StrEnum):
    CSV = "csv"
    JSON = "json"


class DelimiterOption(StrEnum):
    COMMA = "comma"
    SEMICOLON = "semicolon"


@posts.command("import")
def posts_import(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX or ODS; the first row names the columns.", exists=True)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only validate: create nothing.")] = False,
    schedule: Annotated[
        bool, typer.Option("--schedule", help="Schedule the rows that have a time. Default: all become drafts.")
    ] = False,
    image_provider: Annotated[
        str, typer.Option(help="Generates pictures for rows without one; `none`: no pictures.")
    ] = "auto",
    day_order: Annotated[DayOrderOption | None, typer.Option(help="How to read dates that could be two days.")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also create rows that this command imported in the last 24 hours.")
    ] = False,
    workspace: InWorkspace = None,
) -> None:
    """Import posts from a file. Rows with a problem are listed and left out; the exit status is then 1."""
    is_whole = False

    async def work(araldo: Araldo) -> None:
        nonlocal is_whole
        from araldo.api.import_preparation import ImportChoices
        from araldo.cli import post_files

        choices = ImportChoices(
            intent="schedule" if schedule else "draft",
            image_provider=image_provider,
            day_order=day_order.value if day_order else None,
            dry_run=dry_run,
            key=post_files.new_key() if again else post_files.USUAL_KEY,
        )
        owner = await find_workspace(araldo, workspace)
        is_whole = await post_files.import_posts(araldo, owner, file.read_bytes(), choices)

    run_with_araldo(work)
    if not is_whole:
        sys.exit(1)


@posts.command("export")
def posts_export(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    file_format: Annotated[
        FormatOption | None, typer.Option("--format", help="Default: by the file's ending, else csv.")
    ] = None,
    delimiter: Annotated[
        DelimiterOption, typer.Option(help="Of CSV; Excel expects its region's.")
    ] = DelimiterOption.COMMA,
    status: Annotated[list[str] | None, typer.Option(help="Only posts with it; may be repeated.")] = None,
    platform: Annotated[str | None, typer.Option(help="Only posts for this platform.")] = None,
    words: Annotated[str | None, typer.Option(help="Only posts with these words, or their beginnings.")] = None,
    workspace: InWorkspace = None,
) -> None:
    """Export posts with the result of each delivery. A file that exists is replaced."""

    async def work(araldo: Araldo) -> None:
        from araldo.cli import post_files
        from araldo.posts.list_store import PostFilter

        wanted = PostFilter(statuses=status or (), platform=platform, words=words)
        kind = file_format or (FormatOption.JSON if file.suffix.lower() == ".json" else FormatOption.CSV)
        owner = await find_workspace(araldo, workspace)
        await post_files.export_posts(araldo, owner, file, wanted, kind.value, delimiter.value)

    run_with_araldo(work)

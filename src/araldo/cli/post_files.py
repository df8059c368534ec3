"""Import and export of posts in a terminal, by the same code as the API's."""

from __future__ import annotations

import secrets
from contextlib import aclosing
from pathlib import Path

from araldo.api.exports import Delimiter, ExportFormat, export_pieces
from araldo.api.import_preparation import ImportChoices, prepare_import
from araldo.api.import_run import ImportAnswer, ImportedRow
from araldo.app import Araldo
from araldo.cli.progress import StepProgress
from araldo.console import print_error, print_message, terminal_language
from araldo.errors import PostInvalid, Problem
from araldo.messages import Message
from araldo.posts.list_store import STATUSES, PostFilter
from araldo.workspaces.models import Caller, Workspace
from araldo.workspaces.permissions import ALL_PERMISSIONS

# Of the rows that this command imports, so that a file that is imported again makes nothing twice.
USUAL_KEY = "command"
_IMPORTING = Message("posts.command_importing")


def new_key() -> str:
    return secrets.token_hex(16)


async def import_posts(araldo: Araldo, workspace: Workspace, data: bytes, choices: ImportChoices) -> bool:
    """Import the file and print what became of it. Return whether no row was left out."""
    running = await prepare_import(araldo.dependencies(), _caller(workspace), data, choices, terminal_language())
    rows: list[ImportedRow] = []
    with StepProgress() as progress:
        async with aclosing(running.handle_rows()) as handled:
            async for row in handled:
                rows.append(row)
                if not choices.dry_run:
                    progress.show(_IMPORTING, len(rows), len(running.rows))
    answer = running.answer_of(rows)
    _print_problems(answer)
    counts = {"valid": answer.valid, "imported": answer.imported, "invalid": answer.invalid}
    done = Message("posts.command_checked") if choices.dry_run else Message("posts.command_imported")
    print_message(done, **counts, already=answer.already_imported)
    return answer.invalid == 0


def _print_problems(answer: ImportAnswer) -> None:
    for row in answer.rows:
        for problem in row.problems:
            if problem.column is None:
                print_error(Message("posts.command_row"), row=row.row, why=problem.detail)
            else:
                print_error(Message("posts.command_row_column"), row=row.row, column=problem.column, why=problem.detail)


async def export_posts(
    araldo: Araldo,
    workspace: Workspace,
    file: Path,
    wanted: PostFilter,
    file_format: ExportFormat,
    delimiter: Delimiter,
) -> None:
    """Write the posts into the file. Raises PostInvalid for a status that there is not."""
    unknown = [name for name in wanted.statuses if name not in STATUSES]
    if unknown:
        values = {"name": unknown[0], "known": ", ".join(STATUSES)}
        raise PostInvalid([Problem("/status", "status_unknown", Message("posts.command_status_unknown", values))])
    pieces = export_pieces(
        araldo.dependencies(), _caller(workspace), wanted, file_format, delimiter, terminal_language()
    )
    with file.open("w", encoding="utf-8", newline="") as target:
        async for piece in pieces:
            target.write(piece)
    print_message(Message("posts.command_exported"), path=file)


def _caller(workspace: Workspace) -> Caller:
    """Return the operator as the caller: everything is allowed, and idempotency keys are the workspace's own."""
    return Caller(workspace, f"cli_{workspace.id}", ALL_PERMISSIONS)

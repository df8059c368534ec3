"""`araldo audit`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from araldo.cli.runtime import OfWorkspace, find_workspace_or_none, print_all, run_with_araldo

if TYPE_CHECKING:
    from araldo.app import Araldo


def audit(
    workspace: OfWorkspace = None,
    action: Annotated[list[str] | None, typer.Option(help="Only this action; may be repeated.")] = None,
    actor: Annotated[str | None, typer.Option(help="Only of this API key or user, by id or name.")] = None,
    since: Annotated[datetime | None, typer.Option(help="At or after this time (UTC).")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Number of entries.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")] = False,
) -> None:
    """Show who did what, and from which address, newest first."""
    moment = None if since is None else since.replace(tzinfo=UTC)

    async def work(araldo: Araldo) -> None:
        from araldo.cli import administer

        where = await find_workspace_or_none(araldo, workspace)
        print_all(await administer.read_audit(araldo, where, action or [], actor, moment, limit, as_json=as_json))

    run_with_araldo(work)

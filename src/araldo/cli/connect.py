"""`araldo connect`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from araldo.cli.runtime import InWorkspace, find_workspace, run_with_araldo

if TYPE_CHECKING:
    from araldo.app import Araldo

connect = typer.Typer(help="Connect accounts.", no_args_is_help=True)


@connect.command("meta")
def connect_meta(
    user_token: Annotated[
        str | None,
        typer.Option(help="A user, system-user or Page token; - reads it from standard input. Default: log in."),
    ] = None,
    page: Annotated[
        list[str] | None,
        typer.Option(help="Id of a Page to connect; may be repeated. Default: ask; with a token, all."),
    ] = None,
    workspace: InWorkspace = None,
) -> None:
    """Connect Pages and their Instagram accounts, by a login in the browser or by a token."""
    from araldo.cli import terminal

    token = user_token
    if user_token is not None:
        token = terminal.read_token() if user_token == "-" else user_token.strip()  # noqa: S105 - a dash is none

    async def work(araldo: Araldo) -> None:
        owner = await find_workspace(araldo, workspace)
        await terminal.connect(araldo, owner.id, token, page or [])

    run_with_araldo(work)

"""`araldo workspace`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from araldo.cli.runtime import run_with_araldo

if TYPE_CHECKING:
    from araldo.app import Araldo

workspaces = typer.Typer(help="Workspaces, one for each brand.", no_args_is_help=True)


@workspaces.command("create")
def workspace_create(name: Annotated[str, typer.Argument(help="The brand's name.")]) -> None:
    """Create a workspace for the first user, with its own accounts, posts and keys. Prints its id."""

    async def work(araldo: Araldo) -> None:
        from araldo.cli import administer

        print(await administer.create_workspace(araldo, name))

    run_with_araldo(work)

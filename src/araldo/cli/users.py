"""`araldo users`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from araldo.cli.runtime import InWorkspace, find_workspace, find_workspace_or_none, print_all, run_with_araldo
from araldo.workspaces.roles import Role

if TYPE_CHECKING:
    from araldo.app import Araldo

users = typer.Typer(help="People who sign in.", no_args_is_help=True)


@users.command("list")
def users_list() -> None:
    """List all users: id, name and workspaces."""

    async def work(araldo: Araldo) -> None:
        from araldo.cli import administer

        print_all(await administer.list_users(araldo))

    run_with_araldo(work)


@users.command("remove")
def users_remove(
    name: Annotated[str, typer.Argument(help="The user's name.")],
    workspace: Annotated[
        str | None, typer.Option(help="Remove from this workspace only (name or id); default: delete the user.")
    ] = None,
) -> None:
    """Remove a user, or a membership; sessions end. A workspace's last owner cannot be removed."""

    async def work(araldo: Araldo) -> None:
        from araldo.cli import administer

        await administer.remove_user(araldo, name, await find_workspace_or_none(araldo, workspace))

    run_with_araldo(work)


@users.command("reset-totp")
def users_reset_totp(name: Annotated[str, typer.Argument(help="The user's name.")]) -> None:
    """Turn off a user's two-factor sign-in, after losing the app and the recovery codes."""

    async def work(araldo: Araldo) -> None:
        from araldo.cli import administer

        await administer.reset_totp(araldo, name)

    run_with_araldo(work)


@users.command("link")
def users_link(
    name: Annotated[str | None, typer.Argument(help="The user's name; default: the first user.")] = None,
    forget_password: Annotated[
        bool, typer.Option("--forget-password", help="Also remove the password and end the user's sessions.")
    ] = False,
) -> None:
    """Print a link that signs in once, within 15 minutes."""

    async def work(araldo: Araldo) -> None:
        from araldo.cli import administer

        print(await administer.create_sign_in_link(araldo, name, forget_password=forget_password))

    run_with_araldo(work)


@users.command("create")
def users_create(
    name: Annotated[str, typer.Argument(help="The name that the person signs in with.")],
    workspace: InWorkspace = None,
    role: Annotated[
        Role, typer.Option(help="viewer: read; editor: also draft and publish; owner: everything.")
    ] = Role.OWNER,
) -> None:
    """Create a user in a workspace and print a link that signs in once, within 15 minutes."""

    async def work(araldo: Araldo) -> None:
        from araldo.cli import administer

        print(await administer.create_user(araldo, name, await find_workspace(araldo, workspace), role))

    run_with_araldo(work)

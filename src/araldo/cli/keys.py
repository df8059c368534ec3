"""`araldo keys`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from araldo.cli.runtime import (
    InWorkspace,
    OfWorkspace,
    find_workspace,
    find_workspace_or_none,
    print_all,
    run_with_araldo,
)
from araldo.errors import PostInvalid
from araldo.workspaces.keys import make_key
from araldo.workspaces.permissions import ALL_SCOPES, SCOPES, validate_scopes

if TYPE_CHECKING:
    from araldo.app import Araldo

keys = typer.Typer(help="API keys.", no_args_is_help=True)


@keys.command("create")
def keys_create(
    name: Annotated[str, typer.Option(help="What the key is for.")] = "",
    workspace: InWorkspace = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help=f"A permission: {', '.join(SCOPES)}; may be repeated. Default: all."),
    ] = None,
) -> None:
    """Create an API key and print it. It is shown only this once."""
    key, scopes = make_key(), scope or [ALL_SCOPES]

    async def work(araldo: Araldo) -> None:
        from araldo.cli import administer

        problems = validate_scopes(scopes)
        if problems:
            raise PostInvalid(problems)
        await administer.create_key(araldo, name, key, await find_workspace(araldo, workspace), scopes)

    run_with_araldo(work)
    print(key.secret)


@keys.command("list")
def keys_list(workspace: InWorkspace = None) -> None:
    """List a workspace's API keys: id, beginning, name, and when it was created, last used and expires."""

    async def work(araldo: Araldo) -> None:
        from araldo.cli import administer

        print_all(await administer.list_keys(araldo, await find_workspace(araldo, workspace)))

    run_with_araldo(work)


@keys.command("revoke")
def keys_revoke(
    key: Annotated[str, typer.Argument(help="The key's id, or its beginning: `ara_` and six characters.")],
    workspace: OfWorkspace = None,
) -> None:
    """Revoke an API key at once and for ever; its event streams end."""

    async def work(araldo: Araldo) -> None:
        from araldo.cli import administer

        await administer.revoke_key(araldo, key, await find_workspace_or_none(araldo, workspace))

    run_with_araldo(work)

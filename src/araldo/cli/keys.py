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
from araldo.console import print_error, print_message
from araldo.errors import PostInvalid
from araldo.messages import Message
from araldo.workspaces.keys import make_key
from araldo.workspaces.permissions import ALL_SCOPES, SCOPES, validate_scopes

if TYPE_CHECKING:
    from araldo.app import Araldo

keys = typer.Typer(help="API keys, and the key that encrypts tokens.", no_args_is_help=True)


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


@keys.command("rotate-secret")
def keys_rotate_secret(
    drop_old: Annotated[
        bool, typer.Option("--drop-old", help="Remove the old keys instead, once everything runs with the new one.")
    ] = False,
) -> None:
    """Encrypt every stored token with a new key, also while Araldo runs. The old key stays until `--drop-old`."""

    async def work(araldo: Araldo) -> None:
        rotation = araldo.maintenance.key_rotation
        result = await (rotation.drop_old_keys() if drop_old else rotation.rotate())
        print_message(Message("keys.resealed"), count=result.resealed)
        if araldo.settings.secret_keys:
            print_message(Message("keys.rotation_of_settings"))
        else:
            print_message(Message("keys.old_dropped") if drop_old else Message("keys.old_kept"))
        if result.unreadable:
            print_error(Message("keys.unreadable"), count=result.unreadable)

    run_with_araldo(work)

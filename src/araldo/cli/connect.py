"""`araldo connect` and `araldo disconnect`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from araldo.cli.runtime import InWorkspace, find_workspace, run_with_araldo

if TYPE_CHECKING:
    from araldo.app import Araldo


def connect(
    service: Annotated[str, typer.Argument(help="What to connect accounts of, as in the settings and the API.")],
    method: Annotated[str | None, typer.Option(help="How to connect; default: the service's first method.")] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option(
            help="NAME=VALUE of a field, never of a secret one; may be repeated. Others are asked, or read from "
            "ARALDO_ANSWER_<NAME> and then from standard input, one line each."
        ),
    ] = None,
    account: Annotated[
        list[str] | None,
        typer.Option(help="Id of what to connect; may be repeated. Default: ask; without a terminal, all."),
    ] = None,
    workspace: InWorkspace = None,
) -> None:
    """Connect accounts of a service, by a log-in in the browser or by a form in this terminal."""
    from araldo.cli import terminal

    async def work(araldo: Araldo) -> None:
        owner = await find_workspace(araldo, workspace)
        await terminal.connect(araldo, owner.id, terminal.Request(service, method, answer or [], account or []))

    run_with_araldo(work)


def disconnect(
    account: Annotated[str, typer.Argument(help="The account's id.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    workspace: InWorkspace = None,
) -> None:
    """Disconnect an account: its credentials are deleted, and what is scheduled there waits for a person."""
    from araldo.cli import terminal

    async def work(araldo: Araldo) -> None:
        owner = await find_workspace(araldo, workspace)
        await terminal.disconnect(araldo, owner, account, confirmed=yes)

    run_with_araldo(work)

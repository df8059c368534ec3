"""The command line.

Each command has a module that declares its options. What the command needs is imported when it runs, so that help and
wrong arguments are answered at once.
"""

from __future__ import annotations

import os
import sys

import typer

from araldo.cli import (
    audit,
    backup,
    connect,
    database,
    doctor,
    keys,
    openapi,
    posts,
    restore,
    run,
    sandbox,
    up,
    users,
    worker,
    workspace,
)
from araldo.console import print_error
from araldo.errors import AraldoError
from araldo.storage.private_files import UMASK

cli = typer.Typer(
    name="araldo",
    help="One idea, the right post for every platform, exactly once and on time.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (run.run, up.up, worker.worker, sandbox.sandbox, audit.audit, doctor.doctor, openapi.openapi):
    cli.command()(command)
cli.command()(backup.backup)
cli.command()(restore.restore)
cli.command()(connect.connect)
cli.command()(connect.disconnect)
cli.add_typer(database.databases, name="database")
cli.add_typer(keys.keys, name="keys")
cli.add_typer(posts.posts, name="posts")
cli.add_typer(workspace.workspaces, name="workspace")
cli.add_typer(users.users, name="users")


def main() -> None:
    """Run the command line. An AraldoError, or a fault of this machine, is one message, with exit status 1."""
    os.umask(UMASK)
    try:
        cli()
    except AraldoError as error:
        print_error(error.message)
        sys.exit(1)
    except Exception as error:
        # Imported here: a command that fails like this has imported them already.
        from araldo.cli.faults import fault_message

        message = fault_message(error)
        if message is None:
            raise
        print_error(message)
        sys.exit(1)

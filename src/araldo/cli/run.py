"""`araldo run`."""

from __future__ import annotations

import typer

from araldo.console import print_message
from araldo.messages import Message


def run() -> None:
    """Try Araldo with the sandbox and an example post. Nothing leaves this machine."""
    print_message(Message("run.loading"))

    from araldo.cli.demo import Demo
    from araldo.cli.runtime import load_settings

    raise typer.Exit(Demo(load_settings()).run())

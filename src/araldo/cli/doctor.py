"""`araldo doctor`."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from araldo.cli.runtime import load_settings, paused_collection
from araldo.console import terminal_language


def doctor(
    accounts: Annotated[bool, typer.Option("--accounts", help="Inspect each account at its service.")] = False,
) -> None:
    """Check the settings, and say what is missing and how to fix it."""
    with paused_collection():
        from araldo.cli.diagnostics import examine

    findings = asyncio.run(examine(load_settings(), ask_services=accounts))
    for finding in findings:
        print(f"{finding.mark} {finding.message.to(terminal_language())}")
    raise typer.Exit(1 if any(finding.grade == "bad" for finding in findings) else 0)

"""Help and wrong arguments are answered without importing what only a running command needs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from typer.main import get_command

from araldo.cli import cli

# What Typer imports for help, and, as soon as a command is named, for the values of its options.
TYPER = {"typer", "annotated_doc", "shellingham", "rich", "attr", "markdown_it", "mdurl", "pygments"}
TYPER_VALUES = {"pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection"}
# A running command imports one of these first, and through it FastAPI, SQLAlchemy, aiohttp, Pillow and structlog.
OURS = {"araldo.api.routers", "araldo.app", "araldo.sandbox.app", "araldo.server", "araldo.settings"}

_RUN = """
import json, sys
from araldo.cli import cli, main
statuses = []
for words in json.loads(sys.argv[1]):
    sys.argv = ["araldo", *words]
    try:
        main()
    except SystemExit as ended:
        statuses.append(ended.code)
packages = {name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names) - {"__main__", "araldo"}
found = {"statuses": statuses, "packages": [name for name in packages if name[0] != "_"], "modules": list(sys.modules)}
print(json.dumps(found))
"""


def run_all(*lines: Sequence[str]) -> tuple[list[int], set[str], set[str]]:
    """Run command lines in one new process.

    Return their exit statuses, the packages of others that were imported, and those modules of `OURS`.
    """
    done = subprocess.run(
        [sys.executable, "-c", _RUN, json.dumps(lines)], capture_output=True, text=True, timeout=60, check=True
    )
    found = json.loads(done.stdout.splitlines()[-1])
    return found["statuses"], set(found["packages"]), OURS & set(found["modules"])


def command_lines(command: object, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words that name a group of commands, and all commands in it."""
    yield words
    for name, inner in getattr(command, "commands", {}).items():
        yield from command_lines(inner, (*words, name))


def test_help_imports_nothing_but_typer() -> None:
    statuses, packages, ours = run_all(["--help"])
    assert (statuses, ours) == ([0], set())
    assert "typer" in packages
    assert packages - TYPER == set()


def test_the_help_of_every_command_imports_nothing_but_typer() -> None:
    lines = list(command_lines(get_command(cli)))
    assert {("up",), ("keys", "create"), ("connect",)} <= set(lines)
    statuses, packages, ours = run_all(*([*words, "--help"] for words in lines))
    assert (statuses, ours) == ([0] * len(lines), set())
    assert packages - TYPER - TYPER_VALUES == set()


def test_wrong_arguments_import_nothing_but_typer() -> None:
    statuses, packages, ours = run_all(["nothing"], ["audit", "--limit", "0"], ["users", "create"], ["up", "more"])
    assert (statuses, ours) == ([2, 2, 2, 2], set())
    assert packages - TYPER - TYPER_VALUES == set()


def test_a_running_command_imports_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the tests above would pass whatever is imported."""
    monkeypatch.setenv("ARALDO_DATA_DIR", str(tmp_path))
    statuses, packages, ours = run_all(["users", "list"])
    assert (statuses, ours) == ([0], {"araldo.app", "araldo.settings"})
    assert {"fastapi", "sqlalchemy", "aiohttp", "structlog"} <= packages

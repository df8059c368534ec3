"""Run one of Araldo's commands in a forked process that has all modules imported.

Importing them takes most of a command's time. Imports nothing but what a child needs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence


def run_command(words: Sequence[str], env: Mapping[str, str], streams: Sequence[str]) -> None:
    """Run the command as the whole of a child process; `streams`: files of stdin, stdout, stderr. Raises SystemExit."""
    for number, path in enumerate(streams):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), number)
    _run(words, env)


def run_server(words: Sequence[str], env: Mapping[str, str], log: str) -> None:
    """Run a server command as the leader of a session of its own; it writes to the end of `log`. Raises SystemExit."""
    os.setsid()
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number, stream in enumerate((os.open(os.devnull, os.O_RDONLY), output, output)):
        os.dup2(stream, number)
    _run(words, env)


def _run(words: Sequence[str], env: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(env)
    # multiprocessing has put another in its place.
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for as long as the process lives
    sys.argv = ["araldo", *words]

    from araldo.cli import main

    main()

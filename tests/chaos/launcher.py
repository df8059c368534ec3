"""Start `araldo` commands as processes by forking, so that the imports, which take seconds, happen once.

Reads one JSON object a line, `{"words": [...], "env": {...}, "interruption": {...} | null, "log": path}`, and answers
with the process's pid. Every process ends with the launcher, and the launcher when the other end of its pipe closes.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from araldo import cli
from tests.chaos.interruptions import Interruption, install

_PR_SET_PDEATHSIG = 1
# What commands import when they run.
_PRELOADED = ("araldo.asgi", "araldo.cli.administer", "araldo.sandbox.app", "araldo.server")


class Launcher:
    """Client of the launcher process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(
        self, words: Sequence[str], env: Mapping[str, str], log: Path, interruption: Mapping[str, object] | None = None
    ) -> int:
        """Start `araldo WORDS` at once and return its pid; it takes a moment until it is up."""
        order = {"words": list(words), "env": dict(env), "interruption": interruption, "log": str(log)}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def running_launcher() -> Iterator[Launcher]:
    """Run a launcher until the block ends; processes that it started are killed then."""
    command = [sys.executable, "-m", "tests.chaos.launcher"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Launcher(process)


def main() -> None:
    for name in _PRELOADED:
        importlib.import_module(name)
    # Ended processes are reaped by the kernel: clients only test whether a pid exists.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # Ctrl-C reaches the whole group; whoever holds the pipe decides when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _run_command(order)
        print(pid, flush=True)


def _run_command(order: dict[str, object]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Killed with the launcher, so that a failing test leaves nothing running (Linux's prctl(2)).
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setsid()
    log = os.open(str(order["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, target in enumerate((nothing, log, log)):
        os.dup2(target, number)
    os.environ.clear()
    os.environ.update(order["env"])  # type: ignore[call-overload]  # a JSON object of texts
    if order["interruption"] is not None:
        install(Interruption(**order["interruption"]))  # type: ignore[arg-type]  # a JSON object of its fields
    sys.argv = ["araldo", *order["words"]]  # type: ignore[misc]  # a JSON array of texts
    status = 1
    try:
        cli.main()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


if __name__ == "__main__":
    main()

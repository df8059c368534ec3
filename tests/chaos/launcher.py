"""Starts `araldo` commands as processes of their own by forking: the imports, which take seconds, are paid for once.

Reads one JSON object a line, `{"words": [...], "env": {...}, "trap": {...} | null, "log": path}`; answers each with the
process's pid. Every process ends with the launcher, and the launcher with whoever holds the other end of its pipe.
"""

from __future__ import annotations

import ctypes
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
from tests.chaos.traps import Trap, set_up

_PR_SET_PDEATHSIG = 1


class Launcher:
    """The launcher from outside: a process that orders are given to."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(
        self, words: Sequence[str], env: Mapping[str, str], log: Path, trap: Mapping[str, object] | None = None
    ) -> int:
        """Start `araldo WORDS` at once and return its pid; it takes a moment until it is up."""
        order = {"words": list(words), "env": dict(env), "trap": trap, "log": str(log)}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def launching() -> Iterator[Launcher]:
    """A launcher until the block ends; what it has started and still runs is killed then."""
    command = [sys.executable, "-m", "tests.chaos.launcher"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Launcher(process)


def main() -> None:
    # Nobody waits for what is started: whoever ordered it looks whether it lives.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # Ctrl-C reaches the whole group; whoever holds the pipe decides when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(order)
        print(pid, flush=True)


def _become(order: dict[str, object]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # It does not outlive the launcher, so a test that fails leaves nothing running. Linux's prctl(2).
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setsid()
    log = os.open(str(order["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, target in enumerate((nothing, log, log)):
        os.dup2(target, number)
    os.environ.clear()
    os.environ.update(order["env"])  # type: ignore[call-overload]  # a JSON object of texts
    if order["trap"] is not None:
        set_up(Trap(**order["trap"]))  # type: ignore[arg-type]  # a JSON object of its fields
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

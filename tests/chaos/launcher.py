"""Starts victims by forking: the imports, which take seconds, are paid for once.

Reads one JSON object a line, `{"env": {...}, "trap": {...} | null, "log": path}`; answers each with the victim's pid.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys

from araldo import cli
from tests.chaos.traps import Trap, set_up

_PR_SET_PDEATHSIG = 1


def main() -> None:
    # Victims are never waited for: whoever ordered them looks whether they live.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _be_victim(order)
        print(pid, flush=True)


def _be_victim(order: dict[str, object]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
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
        set_up(Trap(**order["trap"]))  # type: ignore[arg-type]  # as above
    try:
        cli.cli(["up"], standalone_mode=False)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()

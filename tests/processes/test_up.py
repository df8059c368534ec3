"""`araldo up`: prints the first sign-in link on a terminal only, never into a log."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.processes import environment, free_port, start_araldo, wait_until_up
from tests.support.running_system import ask
from tests.support.waiting import until


@contextmanager
def on_a_terminal(env: Mapping[str, str], log: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run `araldo up` on a pseudo-terminal and yield the user's end of it."""
    ours, its = pty.openpty()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "araldo", "up"], env=dict(env), stdout=its, stderr=output, start_new_session=True
        )
    os.close(its)
    try:
        yield process, ours
        process.terminate()
        process.wait(30)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)
        os.close(ours)


def shown(terminal: int, wanted: str, within_s: float = 60) -> str:
    """Return the output up to `wanted`, or until the time is over."""
    said, give_up = "", time.monotonic() + within_s
    while wanted not in said and time.monotonic() < give_up:
        if select.select([terminal], [], [], 0.1)[0]:
            said += os.read(terminal, 4096).decode()
    return said


def test_the_first_start_shows_a_link_and_the_next_one_none(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "up.log"
    env = environment(tmp_path / "data", port)
    with on_a_terminal(env, log) as (_, terminal):
        said = shown(terminal, "\r\nhttp")
        said += shown(terminal, "\n", 5)
        link = re.search(rf"\shttp://127\.0\.0\.1:{port}/sign-in#(aral_[\w-]{{43}})\s", said)
        assert link is not None, said
        until(lambda: _answers(port), within_s=30)
        assert ask("POST", f"http://127.0.0.1:{port}/api/v1/session", {"link": link[1]}).status == 200
    with on_a_terminal(env, log) as (process, terminal):
        wait_until_up(f"http://127.0.0.1:{port}", process, log)
        assert "sign-in" not in shown(terminal, "sign-in", 0.5)
    assert "aral_" not in log.read_text()


def test_without_a_terminal_no_link_is_printed(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "up.log"
    with start_araldo("up", env=environment(tmp_path / "data", port), log=log) as process:
        wait_until_up(f"http://127.0.0.1:{port}", process, log)
        assert "Nobody can sign in yet. Run `araldo users link` to get a sign-in link." in log.read_text()
        assert "aral_" not in log.read_text()


def _answers(port: int) -> bool:
    try:
        return ask("GET", f"http://127.0.0.1:{port}/api/v1/health").status == 200
    except OSError:
        return False

"""Run Araldo's commands as processes, on free ports and in a folder of the test's own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Protocol, TypeVar

from tests.support.forked import run_command, run_server
from tests.support.leaks import LEAK_DETECTOR
from tests.support.running_system import SandboxClient, ask
from tests.support.waiting import until

# Commands are forked from a process that has imported Araldo already, which takes two seconds of CPU.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "araldo.asgi",
        "araldo.cli.administer",
        "araldo.cli.diagnostics",
        "araldo.cli.terminal",
        "araldo.server",
        "procrastinate",
        "tests.support.forked",
    ]
)


class ServerProcess(Protocol):
    """A server command that runs: the part of `subprocess.Popen` that tests use."""

    pid: int

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int) -> None: ...


class _ForkedServer:
    def __init__(self, process: BaseProcess) -> None:
        assert process.pid is not None
        self.pid = process.pid
        self._process = process

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(["araldo"], timeout or 0)
        return self._process.exitcode

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, sig)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def environment(folder: Path, port: int, meta: SandboxClient | None = None, **more: str) -> dict[str, str]:
    """Return the environment of a command, without this machine's ARALDO_* variables and with English messages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ARALDO_", "LC_", "LANG"))}
    ours = {"ARALDO_DATA_DIR": str(folder), "ARALDO_PORT": str(port), "LANG": "C.UTF-8", "COLUMNS": "200"}
    if meta is not None:
        ours |= {
            "ARALDO_META__GRAPH_URL": meta.url,
            "ARALDO_META__APP_ID": "1000000000000001",
            "ARALDO_META__APP_SECRET": "sandbox-secret",
        }
    return kept | ours | more


def run_araldo(*words: str, env: Mapping[str, str], stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself."""
    with tempfile.TemporaryDirectory() as folder:
        streams = [Path(folder) / name for name in ("stdin", "stdout", "stderr")]
        streams[0].write_text(stdin)
        process = _FORKS.Process(target=run_command, args=(words, dict(env), [str(path) for path in streams]))
        process.start()
        process.join(60)
        if process.exitcode is None:
            process.kill()
            process.join()
        out, err = (path.read_text() for path in streams[1:])
    assert process.exitcode is not None
    done = subprocess.CompletedProcess(["araldo", *words], process.exitcode, out, err)
    # A new API key is printed once.
    LEAK_DETECTOR.scan(f"the output of araldo {' '.join(words)}", (out + err).encode(), keys=False)
    return done


@contextmanager
def start_araldo(*words: str, env: Mapping[str, str], log: Path) -> Iterator[ServerProcess]:
    """Start a server command, forked; kill it at the end, with its children, if it is still running."""
    log.touch()
    process = _FORKS.Process(target=run_server, args=(words, dict(env), str(log)))
    process.start()
    yield from _until_ended(_ForkedServer(process))


@contextmanager
def spawn_araldo(*words: str, env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a server command as an operator does, with an interpreter of its own, to measure it."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "araldo", *words],
            env=dict(env),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    yield from _until_ended(process)


_Process = TypeVar("_Process", bound=ServerProcess)


def _until_ended(process: _Process) -> Iterator[_Process]:
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


def wait_until_up(url: str, process: ServerProcess, log: Path) -> None:
    def is_up() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            return ask("GET", f"{url}/api/v1/health").status == 200
        except OSError:
            return False

    until(is_up, within_s=60)

"""Trial of a wheel: installed alone into an empty environment, its commands run and its demo starts."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO

from tools.release.commands import run
from tools.release.refused import ReleaseRefused

_READY = "Ready: "
_READY_WITHIN_S = 180.0
_STOPPED_WITHIN_S = 30.0
_HOST = "127.0.0.1"
# The studio, the documentation, the API's description: files of the package that no import reads.
_PAGES = ("/", "/docs/", "/api/docs")


def install(uv: Path, wheel: Path, folder: Path) -> Path:
    """Install the wheel into a new environment in `folder` and return its folder of commands.

    Dependencies follow the wheel's own metadata, in the versions of uv.lock that all tests ran with.
    """
    locked = folder / "locked.txt"
    # Frozen: the lock file has been compared with pyproject.toml by now, whatever index this machine names.
    run(uv, "export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", "--no-hashes", "--output-file", locked)
    run(uv, "venv", "--quiet", "--python", "3.11", folder / "venv")
    commands = folder / "venv" / "bin"
    run(uv, "pip", "install", "--quiet", "--python", commands / "python", "--constraints", locked, wheel)
    return commands


def try_commands(commands: Path, folder: Path) -> None:
    """Run `araldo --help`, then `araldo run` until it is ready, and open its pages. Raises ReleaseRefused."""
    if "Usage" not in run(commands / "araldo", "--help"):
        raise ReleaseRefused("`araldo --help` of the installed wheel does not say how it is used.")
    env = _environment(folder)
    process = subprocess.Popen(  # noqa: S603 - the command that was just installed
        [commands / "araldo", "run"],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        wait_for_line(process.stdout, f"{_READY}http://{_HOST}:{env['ARALDO_PORT']}", within_s=_READY_WITHIN_S)
        for path in _PAGES:
            require_page(f"http://{_HOST}:{env['ARALDO_PORT']}{path}")
        process.send_signal(signal.SIGINT)
        if (code := process.wait(_STOPPED_WITHIN_S)) != 0:
            raise ReleaseRefused(f"`araldo run` of the installed wheel ended with {code} after Ctrl-C.")
    except subprocess.TimeoutExpired as error:
        raise ReleaseRefused("`araldo run` of the installed wheel does not stop after Ctrl-C.") from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def require_page(url: str) -> None:
    """Raise ReleaseRefused when the address does not answer 200."""
    try:
        with urllib.request.urlopen(url, timeout=_STOPPED_WITHIN_S):  # noqa: S310 - an address of this machine
            return
    except urllib.error.URLError as error:
        raise ReleaseRefused(f"The installed wheel does not serve {url}: {error}") from error


def wait_for_line(output: IO[str], wanted: str, *, within_s: float, now: Callable[[], float] = time.monotonic) -> None:
    """Read lines until one is `wanted`. Raises ReleaseRefused with all lines at the output's end or the time limit."""
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_forward, args=(output, lines), daemon=True).start()
    said: list[str] = []
    ends = now() + within_s
    while (left := ends - now()) > 0:
        try:
            line = lines.get(timeout=left)
        except queue.Empty:
            break
        if line is None:
            raise ReleaseRefused(f"The program ended before it said {wanted!r}:\n{''.join(said)}".rstrip())
        said.append(line)
        if line.strip() == wanted:
            return
    raise ReleaseRefused(f"The program did not say {wanted!r} within {within_s:g} s:\n{''.join(said)}".rstrip())


def _forward(output: IO[str], lines: queue.Queue[str | None]) -> None:
    for line in output:
        lines.put(line)
    lines.put(None)


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment without this machine's settings, where Araldo uses free ports and a folder of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ARALDO_", "LC_", "PYTHON"))}
    # Both are bound at once, so that they differ.
    with socket.socket() as web, socket.socket() as sandbox:
        for listener in (web, sandbox):
            listener.bind((_HOST, 0))
        ports = {"ARALDO_PORT": web.getsockname()[1], "ARALDO_SANDBOX_PORT": sandbox.getsockname()[1]}
    data = {"ARALDO_DATA_DIR": str(folder / "data"), "LANG": "C.UTF-8", "COLUMNS": "200"}
    return kept | data | {name: str(port) for name, port in ports.items()}

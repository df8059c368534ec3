"""Chromium for the tests: found on the machine, or installed with apt; never skipped."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

# Root needs the first; the rest keep it from calling home, and from what a machine without a screen lacks.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# The first does all that tests need with two thirds of the other's processor time.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_PACKAGES = ("chromium-headless-shell", "chromium")
_INSTALL = ("apt-get", "install", "-y", "-qq", "--no-install-recommends")


def find_or_install() -> Path:
    """Return Chromium's path, installing it if needed. Raises RuntimeError with the command when it cannot install."""
    # Of the test workers only one installs; the others wait for it.
    with (Path(tempfile.gettempdir()) / "araldo-tests-chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = _find()
        if found is None and os.geteuid() == 0 and shutil.which("apt-get") is not None:
            found = _install()
    if found is None:
        typed = f"sudo apt-get update && sudo {' '.join(_INSTALL)} {_PACKAGES[0]}"
        raise RuntimeError(f"The browser tests need Chromium. Install it and run them again:\n  {typed}")
    return found


def _install() -> Path | None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _run("apt-get", "update", "-qq", env=environment)
    for package in _PACKAGES:
        _run(*_INSTALL, package, env=environment)
        found = _find()
        if found is not None:
            return found
    return None


def _run(*command: str, env: Mapping[str, str]) -> None:
    subprocess.run(command, env=env, capture_output=True, check=False, timeout=600)


def _find() -> Path | None:
    for name in _NAMES:
        path = shutil.which(name)
        if path is not None:
            return Path(path)
    return None

"""Debian's Chromium for the tests: found on the machine, or installed; never skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
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
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_COMMANDS = (
    ("apt-get", "update", "-qq"),
    ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"),
)


def find_or_install() -> Path:
    """Its path. Raises RuntimeError with the command to type where we may not install."""
    found = _find()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get") is not None:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in _COMMANDS:
            subprocess.run(command, env=environment, capture_output=True, check=False, timeout=600)
        found = _find()
    if found is None:
        typed = " && ".join("sudo " + " ".join(command) for command in _COMMANDS)
        raise RuntimeError(f"The browser tests need Chromium. Install it and run them again:\n  {typed}")
    return found


def _find() -> Path | None:
    for name in _NAMES:
        path = shutil.which(name)
        if path is not None:
            return Path(path)
    return None

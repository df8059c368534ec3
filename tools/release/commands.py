"""Running of other programs; the first that fails ends the release."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tools.release.refused import ReleaseRefused

ROOT = Path(__file__).parents[2]


def run(*words: str | Path, env: Mapping[str, str] | None = None, within_s: float = 900) -> str:
    """Run a program in the repository and return what it printed. Raises ReleaseRefused with its output if it fails."""
    try:
        done = subprocess.run(  # noqa: S603 - words of ours
            words,
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            timeout=within_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ReleaseRefused(f"{_name(words)} could not be run: {error}") from error
    if done.returncode != 0:
        raise ReleaseRefused(f"{_name(words)} failed:\n{done.stdout}{done.stderr}".rstrip())
    return done.stdout


def _name(words: tuple[str | Path, ...]) -> str:
    return " ".join([Path(words[0]).name, *map(str, words[1:])])

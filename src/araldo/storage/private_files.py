"""Permissions of the data folder: readable by the user that runs Araldo, and by nobody else."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

UMASK = 0o077
FOLDER_MODE, FILE_MODE = 0o700, 0o600
_OTHERS = 0o077


def make_private_folder(folder: Path) -> None:
    """Create `folder` with mode 0700, and take other users' permissions from one that exists. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    _restrict(folder, follow=True)


def make_private_file(path: Path) -> None:
    """Create an empty file with mode 0600 unless it exists.

    SQLite gives its WAL and SHM files the permissions of the database file. A file that exists is not opened: closing
    it would release the locks that this process's connections hold on it (POSIX), another process could delete the WAL
    under them, and they would read an old state for ever (https://sqlite.org/howtocorrupt.html, 2.2).
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, FILE_MODE))
    _restrict(path, follow=True)


def open_private(path: str, flags: int) -> int:
    """Opener for `open()`: what it creates has mode 0600 whatever the umask."""
    return os.open(path, flags, FILE_MODE)


def restrict_tree(folder: Path) -> None:
    """Take the permissions of group and others from a folder and all that is in it. Symbolic links are not followed.

    The owner's own permissions stay, so that a program in a folder that was meant for other things still runs.
    """
    _restrict(folder, follow=True)
    for path in _entries(folder):
        _restrict(Path(path), follow=False)


def _entries(folder: Path) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            yield os.path.join(parent, name)  # noqa: PTH118 - a Path for each of 100,000 pictures takes seconds


def _restrict(path: Path, *, follow: bool) -> None:
    try:
        mode = (path.stat() if follow else path.lstat()).st_mode
        if not stat.S_ISLNK(mode) and mode & _OTHERS:
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
    except FileNotFoundError:
        # Temporary files come and go beside a running server.
        return
    except PermissionError:
        # Imported here, because every command imports this module, also those that log nothing.
        import structlog

        # A folder of another user that we may write to, as some containers mount it.
        structlog.get_logger().warning("permissions_not_restricted", path=str(path))

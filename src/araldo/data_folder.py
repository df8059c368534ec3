"""The data folder: made where it is missing, and held by one process at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from araldo.errors import Conflict
from araldo.messages import Message
from araldo.storage.private_files import make_private_file, make_private_folder, open_private


@contextmanager
def lock_data_folder(data_dir: Path) -> Iterator[None]:
    """Lock the data folder for this process. Raises Conflict when another process has locked it."""
    make_data_folder(data_dir)
    with open(data_dir / "araldo.lock", "ab", buffering=0, opener=open_private) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            message = Message("data_folder.in_use")
            raise Conflict(message.with_values(path=data_dir)) from busy
        # The process id, for people to read; on a full disk it cannot be written, and the lock holds all the same.
        with suppress(OSError):
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n".encode())
        yield


def make_data_folder(data_dir: Path, *, has_database: bool = False) -> None:
    """Create the data folder, and the database file if it belongs there, readable by their owner only.

    Raises Conflict when they cannot be created.
    """
    try:
        make_private_folder(data_dir)
        if has_database:
            make_private_file(data_dir / "araldo.db")
    except OSError as wrong:
        message = Message("data_folder.unusable")
        raise Conflict(message.with_values(path=data_dir, why=wrong.strerror)) from wrong

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
    """Hold the data folder for this process alone; raises Conflict when another one has it."""
    make_data_folder(data_dir)
    with open(data_dir / "araldo.lock", "ab", buffering=0, opener=open_private) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            message = Message("data_folder.in_use")
            raise Conflict(message.with_values(path=data_dir)) from busy
        # Whose it is, for people to read: on a full disk it stays unsaid, and the lock holds all the same.
        with suppress(OSError):
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n".encode())
        yield


def make_data_folder(data_dir: Path, *, has_database: bool = False) -> None:
    """Make the data folder, and the database's file if it lies there, private to their owner.

    Raises Conflict where it can neither be found nor made.
    """
    try:
        make_private_folder(data_dir)
        if has_database:
            make_private_file(data_dir / "araldo.db")
    except OSError as wrong:
        message = Message("data_folder.unusable")
        raise Conflict(message.with_values(path=data_dir, why=wrong.strerror)) from wrong

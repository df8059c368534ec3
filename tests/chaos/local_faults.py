"""Real faults of this machine: a disk without a free byte, no free descriptor, a database that another has locked."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import psycopg

# From Linux's <sched.h> and <sys/mount.h>.
_CLONE_NEWNS, _CLONE_NEWUSER = 0x0002_0000, 0x1000_0000
_MS_REC, _MS_PRIVATE, _MNT_DETACH = 0x4000, 0x4_0000, 2
# How long a lock is asked for before the fault counts as not to be had, in seconds: on a busy machine there is always
# somebody at work on one of the tables.
_LOCK_WAIT_S = 300
# How long one try queues for a table. Longer than a transaction takes there, so that its turn comes.
_LOCK_TRY_MS = 2000
_TICK_S = 0.05


def enter_private_mounts() -> None:
    """Give this process mounts of its own: they are gone with its last child, however it ends.

    Without root it takes a user namespace, for which the process may have one thread only. Raises OSError where
    neither is allowed.
    """
    if os.geteuid() == 0:
        _call("unshare", _CLONE_NEWNS)
    else:
        user, group = os.getuid(), os.getgid()
        _call("unshare", _CLONE_NEWUSER | _CLONE_NEWNS)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _call("mount", b"none", b"/", None, _MS_REC | _MS_PRIVATE, None)


@contextmanager
def small_disk(folder: Path, size_mb: int) -> Iterator[None]:
    """Mount a disk of that size on `folder`, which is made, until the block ends. Raises OSError where one may not."""
    folder.mkdir(parents=True, exist_ok=True)
    _call("mount", b"tmpfs", os.fsencode(folder), b"tmpfs", 0, f"size={size_mb}m,mode=700".encode())
    try:
        yield
    finally:
        _call("umount2", os.fsencode(folder), _MNT_DETACH)


@contextmanager
def disk_full(folder: Path) -> Iterator[None]:
    """Leave the disk that `folder` is on without a free byte; what is freed meanwhile is taken as well."""
    ballast = folder / "ballast"
    with ExitStack() as stack:
        stack.callback(ballast.unlink, missing_ok=True)
        file = os.open(ballast, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        stack.callback(os.close, file)
        _fill(file)
        stack.enter_context(_repeat_in_thread(lambda: _fill(file)))
        yield


def _fill(file: int) -> None:
    for piece in (bytes(1024 * 1024), bytes(4096), b"\0"):
        with suppress(OSError):
            while os.write(file, piece):
                pass


@contextmanager
def no_descriptors(pid_now: Callable[[], int | None]) -> Iterator[None]:
    """Allow the process no file or connection more than it has open. Whatever it closes it does not get back either.

    `pid_now` says which process; one that replaces another gets the same limit, also when it raises its own.
    """
    before: dict[int, int] = {}

    def lower() -> None:
        pid = pid_now()
        if pid is None:
            return
        # It may be killed at any moment.
        with suppress(ProcessLookupError, FileNotFoundError, PermissionError):
            soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
            before.setdefault(pid, soft)
            first_free = _first_free_descriptor(pid)
            if soft != first_free:
                resource.prlimit(pid, resource.RLIMIT_NOFILE, (first_free, hard))

    lower()
    try:
        with _repeat_in_thread(lower):
            yield
    finally:
        for pid, soft in before.items():
            with suppress(ProcessLookupError, PermissionError):
                _, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
                resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))


def _first_free_descriptor(pid: int) -> int:
    taken = {int(entry.name) for entry in Path(f"/proc/{pid}/fd").iterdir()}
    return next(number for number in range(len(taken) + 1) if number not in taken)


@contextmanager
def sqlite_locked(path: Path) -> Iterator[None]:
    """Hold the one lock for writing of an SQLite database, as another program does that forgot to commit."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=_LOCK_WAIT_S)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")


@contextmanager
def postgres_locked(url: str) -> Iterator[None]:
    """Hold every table of a PostgreSQL database, so that it can be neither written nor read, as a dump or DDL may."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"SET lock_timeout = '{_LOCK_TRY_MS}ms'")
        _lock_all_tables(connection)
        try:
            yield
        finally:
            connection.execute("ROLLBACK")


def _lock_all_tables(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """In tries: whoever waits for one table while holding another can be waited for by those who hold that."""
    found = connection.execute("SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'").fetchall()
    tables = ", ".join(str(name) for (name,) in found)
    for _ in range(_LOCK_WAIT_S * 1000 // _LOCK_TRY_MS):
        connection.execute("BEGIN")
        try:
            connection.execute(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE".encode())
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            connection.execute("ROLLBACK")
        else:
            return
    raise TimeoutError(errno.ETIMEDOUT, "the tables are never free at once")


@contextmanager
def _repeat_in_thread(work: Callable[[], None]) -> Iterator[None]:
    """Call `work` in a thread every 50 ms until the block ends."""
    ended = threading.Event()

    def repeat() -> None:
        while not ended.wait(_TICK_S):
            work()

    thread = threading.Thread(target=repeat, name="local fault", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _call(name: str, *arguments: object) -> None:
    """Call a function of the C library that returns 0 for success. Raises OSError."""
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")

"""The faults that the campaign holds are real, end when they are told to, and leave nothing behind."""

from __future__ import annotations

import errno
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.chaos.local_faults import no_descriptors, postgres_locked, sqlite_locked
from tests.support.waiting import until

# In a process of its own, whose mounts end with it. Prints the number of the error that each write met, 0 for none.
_ON_A_FULL_DISK = """
import os, sys
from pathlib import Path
from tests.chaos.local_faults import disk_full, enter_private_mounts, small_disk
from tests.support.waiting import until

folder = Path(sys.argv[1])

def write(name):
    try:
        (folder / name).write_bytes(b"x")
    except OSError as refused:
        return refused.errno
    return 0

def is_full():
    return os.statvfs(folder).f_bavail == 0

try:
    enter_private_mounts()
    folder.mkdir()
    with small_disk(folder, 2):
        pass
except OSError:
    sys.exit(77)
with small_disk(folder, 2):
    (folder / "photo").write_bytes(bytes(1_000_000))
    print(write("before"))
    with disk_full(folder):
        print(write("during"))
        (folder / "photo").unlink()
        until(is_full, within_s=10)
        print(write("during"))
    print(write("after"))
print(os.listdir(folder))
"""
_OPENS = """
import sys
for _ in sys.stdin:
    try:
        open("/dev/null").close()
    except OSError as refused:
        print(refused.errno, flush=True)
    else:
        print(0, flush=True)
"""


def test_a_full_disk_stays_full_when_something_is_freed(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    command = [sys.executable, "-c", _ON_A_FULL_DISK, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode == 77:
        # The campaign goes without, says so, and fails with --insist.
        assert not may_mount()
        return
    assert done.stdout.splitlines() == ["0", str(errno.ENOSPC), str(errno.ENOSPC), "0", "[]"], done.stderr
    assert str(folder) not in Path("/proc/mounts").read_text()


def test_a_process_without_descriptors_opens_nothing_until_the_fault_ends() -> None:
    with opening() as process:
        before = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
        assert opens(process) == 0
        with no_descriptors(lambda: process.pid):
            assert opens(process) == errno.EMFILE
            # It raises its own limit, as a server does that starts.
            resource.prlimit(process.pid, resource.RLIMIT_NOFILE, before)
            until(lambda: resource.prlimit(process.pid, resource.RLIMIT_NOFILE) != before, within_s=10)
            assert opens(process) == errno.EMFILE
        assert opens(process) == 0
        assert resource.prlimit(process.pid, resource.RLIMIT_NOFILE) == before


def test_a_process_that_replaces_another_has_no_descriptors_either() -> None:
    with opening() as first, opening() as second:
        present = first.pid
        with no_descriptors(lambda: present):
            first.kill()
            first.wait()
            present = second.pid
            until(lambda: opens(second) == errno.EMFILE, within_s=10)
        assert opens(second) == 0


def test_a_locked_sqlite_database_takes_no_write(tmp_path: Path) -> None:
    path = tmp_path / "araldo.db"
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as ours:
        ours.execute("PRAGMA journal_mode=WAL")
        ours.execute("CREATE TABLE posts (id)")
        with sqlite_locked(path), pytest.raises(sqlite3.OperationalError, match="locked"):
            ours.execute("BEGIN IMMEDIATE")
        ours.execute("INSERT INTO posts VALUES (1)")


def test_a_locked_postgresql_database_can_be_neither_written_nor_read(fresh_postgres: str) -> None:
    with psycopg.connect(fresh_postgres, autocommit=True) as ours:
        ours.execute("SET lock_timeout = '50ms'")
        with postgres_locked(fresh_postgres):
            for statement in ("SELECT count(*) FROM deliveries", "DELETE FROM idempotency"):
                with pytest.raises(psycopg.errors.LockNotAvailable):
                    ours.execute(statement.encode())
        assert ours.execute("SELECT count(*) FROM deliveries").fetchone() == (0,)


def may_mount() -> bool:
    """Whether this process has CAP_SYS_ADMIN, the 21st of Linux's capabilities."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return bool(int(status["CapEff"], 16) >> 21 & 1)


@contextmanager
def opening() -> Iterator[subprocess.Popen[str]]:
    """A process that tries to open a file for each line that it is sent."""
    with subprocess.Popen(
        [sys.executable, "-S", "-c", _OPENS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert opens(process) == 0
        yield process


def opens(process: subprocess.Popen[str]) -> int:
    """The number of the error that it met, 0 for none."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return int(process.stdout.readline())

"""Transient faults: a full disk, a locked or unreachable database: 503, one log line, then recovery."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event

from araldo import app as composition
from araldo.clock import Clock
from araldo.storage.database import Database
from araldo.telemetry.observer import Observer
from tests.api.log_capture import capture_server_logs
from tests.images.pictures import encode_picture, quarters
from tests.support import postgres
from tests.support.running_system import Reply, RunningSystem, ask, start_system
from tests.support.waiting import until

PHOTO = encode_picture(quarters((400, 400)), "JPEG")
NOTE = {"content": "Ciao", "hashtags": ["araldo"]}


@pytest.fixture
def impatient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningSystem]:
    """A system on SQLite with a busy timeout of 0.2 s."""
    monkeypatch.setattr(composition, "Database", partial(Database, lock_timeout_s=0.2))
    with start_system(tmp_path, connect=False) as opened:
        yield opened


@contextmanager
def locked(home: RunningSystem) -> Iterator[None]:
    with closing(sqlite3.connect(home.settings.data_dir / "araldo.db", isolation_level=None, timeout=20)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def assert_unavailable(reply: Reply) -> None:
    assert (reply.status, reply.body["code"]) == (503, "unavailable"), reply.raw
    assert reply.headers["content-type"] == "application/problem+json"
    assert int(reply.headers["retry-after"]) > 0
    assert reply.body["request_id"] == reply.headers["x-request-id"]


def ready(url: str) -> Reply:
    return ask("GET", f"{url}/api/v1/ready")


def test_a_locked_database_answers_writes_with_503_and_still_reads(impatient: RunningSystem) -> None:
    home = impatient
    assert (ready(home.url).status, ready(home.url).body["status"]) == (200, "ok")
    with capture_server_logs() as logged, locked(home):
        for _ in range(3):
            assert_unavailable(home.ask("POST", "/api/v1/posts", NOTE))
        said = home.ask("POST", "/api/v1/posts", NOTE, Accept_Language="it").body
        assert "Il server non può farlo ora" in said["detail"]
        # The use of the key would be noted, which cannot be; reading goes on all the same.
        assert home.ask("GET", "/api/v1/posts").status == 200
        assert ask("GET", f"{home.url}/api/v1/health").status == 200
        until(lambda: ready(home.url).status == 503, within_s=20)
        failing = ready(home.url)
        assert (failing.body["status"], failing.body["database"], failing.body["worker"]) == (
            "failing",
            "failing",
            "ok",
        )
        assert int(failing.headers["retry-after"]) > 0
        assert "locked" not in failing.raw.decode()
    assert home.ask("POST", "/api/v1/posts", NOTE).status == 201
    until(lambda: ready(home.url).status == 200, within_s=20)
    told = [line for line in logged if line["event"] == "request_unavailable"]
    # One line for each cause: the lock itself, and on a busy machine the queue behind it.
    assert {line["log_level"] for line in told} == {"warning"}
    causes = [line["why"] for line in told]
    assert "OperationalError SQLITE_BUSY" in causes
    assert len(causes) == len(set(causes))
    assert [line for line in logged if line["log_level"] == "error"] == []


def test_many_requests_behind_a_lock_all_get_503_in_time(impatient: RunningSystem) -> None:
    def create(_number: int) -> int:
        return impatient.ask("POST", "/api/v1/posts", NOTE).status

    with ThreadPoolExecutor(8) as threads, locked(impatient):
        assert list(threads.map(create, range(8), timeout=20)) == [503] * 8


def test_a_repeated_request_is_not_held_up_by_the_one_that_failed(
    impatient: RunningSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = partial(impatient.upload, PHOTO, Idempotency_Key="one")
    full(monkeypatch)
    assert_unavailable(upload())
    monkeypatch.undo()
    assert upload().status == 201


def test_a_full_disk_is_503_for_an_upload(home: RunningSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    full(monkeypatch)
    assert_unavailable(home.upload(PHOTO))
    monkeypatch.undo()
    assert home.upload(PHOTO).status == 201


def test_a_full_database_is_503_and_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, simulated by SQLite's page limit, which raises the same SQLITE_FULL."""
    most = 0

    def open_database(url: str, clock: Clock, observer: Observer) -> Database:
        opened = Database(url, clock, observer=observer)

        @event.listens_for(opened._engine, "before_cursor_execute")
        def _limit(_connection: object, cursor: sqlite3.Cursor, statement: str, *_: object) -> None:
            if most and statement.startswith("BEGIN"):
                cursor.connection.execute(f"PRAGMA max_page_count={most}")

        return opened

    monkeypatch.setattr(composition, "Database", open_database)
    with start_system(tmp_path, connect=False) as home:
        assert home.ask("POST", "/api/v1/posts", NOTE).status == 201
        most = 1
        until(lambda: home.ask("POST", "/api/v1/posts", {"content": "x" * 90_000}).status == 503, within_s=10)
        assert_unavailable(home.ask("POST", "/api/v1/posts", {"content": "x" * 90_000}))
        assert home.ask("GET", "/api/v1/posts").status == 200
        most = 1_000_000
        assert home.ask("POST", "/api/v1/posts", {"content": "x" * 90_000}).status == 201


def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make writes of pictures fail as on a full disk."""

    def refuse(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)


class PostgresServer:
    """A PostgreSQL server of the test's own that can be stopped and restarted."""

    def __init__(self, url: str) -> None:
        with psycopg.connect(f"{url}/postgres") as connection:
            found = connection.execute("SHOW data_directory").fetchone()
        assert found is not None
        self._url, self._folder = url, Path(found[0])
        self._pid_file = self._folder / "postmaster.pid"
        self._again: subprocess.Popen[bytes] | None = None

    def stop(self) -> list[str]:
        """Stop the server and return the command that starts it again."""
        pid = int(self._pid_file.read_text().splitlines()[0])
        command = [part.decode() for part in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") if part]
        os.kill(pid, signal.SIGINT)
        until(lambda: not self._pid_file.exists(), within_s=30)
        return command

    def start(self, command: list[str]) -> None:
        wrapped = postgres._as_nobody_special(self._folder)
        quiet = subprocess.DEVNULL
        self._again = subprocess.Popen([*wrapped, *command], stdout=quiet, stderr=quiet, cwd=self._folder.parent)
        until(self._accepts, within_s=30)

    def end(self) -> None:
        if self._again is not None:
            self._again.send_signal(signal.SIGINT)
            self._again.wait(20)

    def _accepts(self) -> bool:
        try:
            psycopg.connect(f"{self._url}/postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def test_503_while_postgresql_is_down_and_recovery_afterwards(tmp_path: Path) -> None:
    with postgres.running() as url:
        server = PostgresServer(url)
        with start_system(tmp_path, connect=False, database={"url": f"{url}/postgres"}) as home:
            assert home.ask("POST", "/api/v1/posts", NOTE).status == 201
            command = server.stop()
            for method in ("POST", "GET", "POST"):
                assert_unavailable(home.ask(method, "/api/v1/posts", NOTE if method == "POST" else None))
            assert ask("GET", f"{home.url}/api/v1/health").status == 200
            until(lambda: ready(home.url).body["database"] == "failing", within_s=20)
            server.start(command)
            until(lambda: ready(home.url).status == 200, within_s=30)
            assert home.ask("POST", "/api/v1/posts", NOTE).status == 201
        server.end()

"""Something runs out while posts fall due: what was promised holds, the log has one line, work goes on by itself."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.api.test_unavailable import PostgresServer
from tests.chaos.local_faults import no_descriptors
from tests.support import postgres
from tests.support.processes import environment, free_port, start_araldo, wait_until_up
from tests.support.running_system import RunningSystem, ask, connect_accounts, running_sandbox, settings_for
from tests.support.waiting import until

_QUICK = {
    "ARALDO_PUBLISH__HTTP_TIMEOUT_S": "2",
    "ARALDO_PUBLISH__LEASE_S": "3",
    "ARALDO_PUBLISH__SWEEP_S": "0.2",
    "ARALDO_PUBLISH__CHECK_GAP_S": "0.3",
}


@dataclass
class Server:
    """A server in a process of its own, and its log."""

    home: RunningSystem
    pid: int
    log: Path

    def schedule(self, count: int, in_s: float) -> list[str]:
        """Schedule so many posts with pictures for the same moment; return their ids once their pictures are made."""
        due = datetime.now(UTC) + timedelta(seconds=in_s)
        posts = [
            self.home.create(content=f"Post {number}", schedule_time=due.isoformat()).body["job_id"]
            for number in range(count)
        ]
        until(lambda: all(self._has_picture(post) for post in posts))
        assert datetime.now(UTC) < due, "the machine was too slow"
        return posts

    def _has_picture(self, post: str) -> bool:
        deliveries = self.home.ask("GET", f"/api/v1/social/posts/{post}").body["platforms"]
        return all(delivery["image_url"] is not None for delivery in deliveries)

    def assert_published(self, posts: list[str]) -> None:
        def statuses() -> set[str]:
            return {self.home.ask("GET", f"/api/v1/social/posts/{post}").body["status"] for post in posts}

        until(lambda: statuses() == {"published"})
        seen = Counter(post["message"] for post in self.home.meta.state()["posts"])
        assert seen == {f"Post {number}": 1 for number in range(len(posts))}

    def warnings(self, *causes: str) -> Counter[str]:
        """Return how many lines of each event ask for attention; each gives one of these causes."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        assert [line for line in lines if line["level"] == "error"] == []
        warnings = [line for line in lines if line["level"] == "warning"]
        assert [line for line in warnings if line["why"] not in causes] == []
        return Counter(line["event"] for line in warnings)


@contextmanager
def running_server(folder: Path, database_url: str | None = None) -> Iterator[Server]:
    with running_sandbox() as meta:
        port, log = free_port(), folder / "up.log"
        more = {} if database_url is None else {"database": {"url": database_url}}
        settings = settings_for(folder, meta.url, port=port, **more)
        key = asyncio.run(connect_accounts(settings, meta.mint()))
        env = environment(settings.data_dir, port, meta, **_QUICK)
        if database_url is not None:
            env["ARALDO_DATABASE__URL"] = database_url
        with start_araldo("up", env=env, log=log) as process:
            home = RunningSystem(f"http://127.0.0.1:{port}", key, meta, settings)
            wait_until_up(home.url, process, log)
            yield Server(home, process.pid, log)


def _is_overdue(posts_due: datetime) -> bool:
    return datetime.now(UTC) > posts_due


def test_posts_that_fall_due_without_file_descriptors_are_published_once_afterwards(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        posts = server.schedule(3, in_s=10)
        held_until = datetime.now(UTC) + timedelta(seconds=14)
        with no_descriptors(lambda: server.pid):
            # A connection is not accepted, a call to the platform and a file of the store not opened.
            until(lambda: _is_overdue(held_until), within_s=30)
            assert not _answers(server.home.url)
            assert server.home.meta.state()["posts"] == []
        until(lambda: ask("GET", f"{server.home.url}/api/v1/ready").status == 200, within_s=30)
        server.assert_published(posts)
        warnings = server.warnings("OSError EMFILE (Too many open files)", "OperationalError SQLITE_CANTOPEN")
    assert warnings
    assert set(warnings) <= {
        "accept_failed",
        "database_not_writable",
        "disk_not_readable",
        "image_process_not_started",
        "local_fault",
        "request_unavailable",
        "sweep_failed",
    }
    # One for each kind of work that met it, not one a try: a minute has not passed.
    assert sum(warnings.values()) <= len(warnings) + len(posts)


def _answers(url: str) -> bool:
    try:
        ask("GET", f"{url}/api/v1/health", within_s=2)
    except OSError:
        return False
    return True


def test_posts_that_fall_due_while_postgresql_is_stopped_are_published_once_afterwards(tmp_path: Path) -> None:
    with postgres.running() as url:
        database = PostgresServer(url)
        with running_server(tmp_path, f"{url}/postgres") as server:
            posts = server.schedule(3, in_s=10)
            due = datetime.now(UTC) + timedelta(seconds=10)
            command = database.stop()
            until(lambda: _is_overdue(due + timedelta(seconds=3)), within_s=30)
            assert ask("GET", f"{server.home.url}/api/v1/ready").body["database"] == "failing"
            assert server.home.meta.state()["posts"] == []
            database.start(command)
            until(lambda: ask("GET", f"{server.home.url}/api/v1/ready").status == 200, within_s=30)
            server.assert_published(posts)
            # It says so itself while it ends and begins.
            causes = ("57P01", "57P03", "(PostgreSQL cannot be reached)")
            of_queue = ("AdminShutdown 57P01", "PoolTimeout", "WorkerStopped")
            warnings = server.warnings(*(f"OperationalError {cause}" for cause in causes), *of_queue)
        database.end()
    assert warnings["not_listening"] >= 1
    # One for each kind of work and job that met it: a minute has not passed.
    assert sum(warnings.values()) <= 12, warnings

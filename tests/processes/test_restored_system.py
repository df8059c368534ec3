"""A system is lost and restored from a backup: nothing is published twice, and what is still to come goes out once.

`araldo up` on the sandbox, on both databases: A is published before the backup, B between the backup and the end, C is
a draft, D is due after the restore.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.migrated import postgres_database
from tests.support.processes import environment, free_port, run_araldo, start_araldo, wait_until_up
from tests.support.running_system import Reply, SandboxClient, ask, running_sandbox
from tests.support.waiting import until


@dataclass
class Installation:
    """A data folder with its database and its environment, and the API of the server that runs on it."""

    env: dict[str, str]
    url: str
    log: Path
    key: str = ""

    def run(self, *words: str, stdin: str = "") -> str:
        done = run_araldo(*words, env=self.env, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def running(self) -> Iterator[None]:
        with start_araldo("up", env=self.env, log=self.log) as process:
            wait_until_up(self.url, process, self.log)
            yield

    def ask(self, method: str, path: str, body: object = None) -> Reply:
        return ask(method, f"{self.url}/api/v1{path}", body, {"Authorization": f"Bearer {self.key}"})

    def create(self, content: str, **more: object) -> str:
        body = {"content": content, "platforms": ["facebook", "instagram"], "image_provider": "offline", **more}
        reply = self.ask("POST", "/social/create-multi-platform-post", body)
        assert reply.status in {200, 201, 202}, reply.body
        return str(reply.body["job_id"])

    def post(self, post_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", f"/posts/{post_id}").body
        return found

    def status(self, post_id: str) -> str:
        return str(self.post(post_id)["status"])


@pytest.fixture(params=["sqlite", "postgresql"])
def install(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[SandboxClient], Installation]]:
    """Make installations, each with an empty database and folder of its own."""
    databases = []

    def make(meta: SandboxClient) -> Installation:
        port, name = free_port(), secrets.token_hex(3)
        more = {"ARALDO_PUBLISH__SWEEP_S": "0.2", "ARALDO_PUBLISH__CHECK_GAP_S": "0.3"}
        if request.param == "postgresql":
            database = postgres_database(request.getfixturevalue("postgres_url"), migrated=False)
            more["ARALDO_DATABASE__URL"] = database.__enter__()
            databases.append(database)
        env = environment(tmp_path / name, port, meta, **more)
        return Installation(env, f"http://127.0.0.1:{port}", tmp_path / f"{name}.log")

    yield make
    for database in databases:
        database.__exit__(None, None, None)


def messages(meta: SandboxClient) -> list[str]:
    """Return the texts of everything that people see, sorted."""
    state = meta.state()
    seen = [post["message"] for post in state["posts"] if post["is_published"]]
    return sorted(seen + [medium["caption"] for medium in state["media"] if medium["parent"] is None])


def in_s(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def test_after_a_restore_nothing_is_published_twice(
    install: Callable[[SandboxClient], Installation], tmp_path: Path
) -> None:
    file = tmp_path / "araldo.tar"
    with running_sandbox() as meta:
        lost = install(meta)
        lost.key = lost.run("keys", "create").strip()
        lost.run("connect", "meta", "--method", "token", stdin=meta.mint())
        with lost.running():
            a = lost.create("A", publish_immediately=True)
            until(lambda: lost.status(a) == "published")
            due = datetime.now(UTC) + timedelta(seconds=20)
            b = lost.create("B", publish_immediately=False, schedule_time=due.isoformat())
            c = lost.create("C", publish_immediately=False)
            d = lost.create("D", publish_immediately=False, schedule_time=in_s(86_400))
            until(lambda: _pictures_are_ready(lost, b, d))
            lost.run("backup", str(file), "--with-keys")
            assert datetime.now(UTC) < due, "the backup took longer than B waits"
            until(lambda: lost.status(b) == "published")
        assert messages(meta) == ["A", "A", "B", "B"]

        restored = install(meta)
        said = restored.run("restore", str(file))
        restored.key = lost.key
        assert "Deliveries that may have been published since, and are not sent: 2." in said
        assert restored.run("doctor", "--accounts").count(": ok") == 2
        with restored.running():
            assert {restored.status(post_id) for post_id in (a, c, d)} == {"published", "draft", "scheduled"}
            assert _held_back(restored, b) == ["unconfirmed", "unconfirmed"]
            # D's time comes: it goes out once, and B, which was due before it, still does not.
            moved = restored.ask("POST", f"/posts/{d}/schedule", {"schedule_time": in_s(2)})
            assert moved.status == 200, moved.body
            until(lambda: restored.status(d) == "published")
            assert _held_back(restored, b) == ["unconfirmed", "unconfirmed"]
            assert messages(meta) == ["A", "A", "B", "B", "D", "D"]
            # A person has looked: it is there.
            for platform in ("facebook", "instagram"):
                decided = restored.ask("POST", f"/posts/{b}/deliveries/{platform}/resolve", {"as": "published"})
                assert decided.status == 200, decided.body
            assert restored.status(b) == "published"
        assert messages(meta) == ["A", "A", "B", "B", "D", "D"]


def _pictures_are_ready(system: Installation, *post_ids: str) -> bool:
    rows = [row for post_id in post_ids for row in system.post(post_id)["platforms"]]
    return all(row["image_state"] == "ready" for row in rows)


def _held_back(system: Installation, post_id: str) -> list[str]:
    rows = system.post(post_id)["platforms"]
    assert all("Araldo was restored from a backup of " in row["error"] for row in rows), rows
    timeline = system.ask("GET", f"/posts/{post_id}/timeline").body
    assert "Araldo was restored from a backup of " in str(timeline)
    return [row["state"] for row in rows]

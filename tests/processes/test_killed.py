"""`araldo up` killed with `kill -9` at the worst moments, and started again: published once."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.aiohttp_site import opened_in_thread
from tests.support.processes import environment, free_port, run_araldo, start_araldo, wait_until_up
from tests.support.receiver import running_receiver
from tests.support.running_system import Reply, SandboxClient, ask, connect_accounts, running_sandbox, settings_for
from tests.support.sse import stream
from tests.support.waiting import until

QUICK = {
    "ARALDO_PUBLISH__HTTP_TIMEOUT_S": "1",
    "ARALDO_PUBLISH__LEASE_S": "2",
    "ARALDO_PUBLISH__SWEEP_S": "0.2",
    "ARALDO_PUBLISH__CHECK_GAP_S": "0.3",
}


@dataclass
class Server:
    """The folder and environment of `araldo up`, which is started and killed repeatedly."""

    folder: Path
    env: dict[str, str]
    url: str
    key: str

    @contextmanager
    def up(self) -> Iterator[None]:
        log = self.folder / "up.log"
        with start_araldo("up", env=self.env, log=log) as process:
            wait_until_up(self.url, process, log)
            yield
            process.send_signal(signal.SIGKILL)
            process.wait(20)

    def ask(self, method: str, path: str, body: object = None) -> Reply:
        return ask(method, self.url + path, body, {"Authorization": f"Bearer {self.key}"})

    def state(self, job_id: str) -> str:
        """Return the state of the post's first delivery."""
        return str(self.ask("GET", f"/api/v1/social/posts/{job_id}").body["platforms"][0]["state"])

    def status(self, job_id: str) -> str:
        return str(self.ask("GET", f"/api/v1/social/posts/{job_id}").body["status"])


@pytest.fixture
def meta() -> Iterator[SandboxClient]:
    with running_sandbox() as opened:
        yield opened


@pytest.fixture
def server(tmp_path: Path, meta: SandboxClient) -> Server:
    port = free_port()
    env = environment(tmp_path / "data", port, meta, **QUICK)
    key = asyncio.run(connect_accounts(settings_for(tmp_path, meta.url), meta.mint()))
    return Server(tmp_path, env, f"http://127.0.0.1:{port}", key)


def test_killed_while_instagram_processes_the_picture(server: Server, meta: SandboxClient) -> None:
    meta.control("settings", {"container_delay_s": 6})
    with server.up():
        created = server.ask("POST", "/api/v1/social/create-multi-platform-post?wait=0", _post("instagram"))
        assert (created.status, created.body["status"]) == (202, "publishing")
        # Its status is asked for: the container is in the stored ticket. Killed before, another would rightly be made.
        until(lambda: _status_reads(meta) > 0)
        assert _containers(meta) == ["IN_PROGRESS"]
    assert meta.published_ids() == []
    meta.control("settings", {"container_delay_s": 0})
    with server.up():
        until(lambda: server.status(created.body["job_id"]) == "published")
    assert len(meta.published_ids()) == 1
    assert len(_containers(meta)) == 1


@pytest.mark.parametrize("platform", ["facebook", "instagram", "instagram_story", "facebook_story"])
def test_killed_between_publication_and_response(server: Server, meta: SandboxClient, platform: str) -> None:
    path = {"facebook": "/feed", "facebook_story": "/photo_stories"}.get(platform, "/media_publish")
    meta.fault(method="POST", path=path, when="after_commit", kind="timeout", delay_s=30, times=1)
    with server.up():
        created = server.ask("POST", "/api/v1/social/create-multi-platform-post?wait=0", _post(platform))
        until(lambda: len(meta.published_ids()) == 1)
    with server.up():
        until(lambda: server.status(created.body["job_id"]) == "published")
        post = server.ask("GET", f"/api/v1/social/posts/{created.body['job_id']}").body
    assert meta.published_ids() == [post["platforms"][0]["post_id"]]


def test_posts_due_during_downtime_are_published_at_start(server: Server, meta: SandboxClient) -> None:
    with server.up():
        due = (datetime.now(UTC) + timedelta(seconds=3)).isoformat()
        body = _post("facebook") | {"publish_immediately": False, "schedule_time": due}
        created = server.ask("POST", "/api/v1/social/create-multi-platform-post", body)
        assert created.body["status"] == "scheduled"
    until(lambda: datetime.now(UTC).isoformat() > due)
    assert meta.published_ids() == []
    with server.up():
        until(lambda: server.status(created.body["job_id"]) == "published")
    assert len(meta.published_ids()) == 1


def test_a_second_process_on_the_same_data_folder_is_refused(server: Server) -> None:
    with server.up():
        second = run_araldo("up", env=server.env | {"ARALDO_PORT": str(free_port())})
    assert second.returncode == 1
    assert "Another `araldo up` is already using the data folder" in second.stderr


def _post(platform: str) -> dict[str, object]:
    return {"content": "Una volta sola", "platforms": [platform], "publish_immediately": True}


def _containers(meta: SandboxClient) -> list[str]:
    return [container["status_code"] for container in meta.state()["containers"]]


def _status_reads(meta: SandboxClient) -> int:
    ids = [container["id"] for container in meta.state()["containers"]]
    return sum(entry["method"] == "GET" and entry["path"].rpartition("/")[2] in ids for entry in meta.log())


def test_open_streams_do_not_delay_shutdown(server: Server, meta: SandboxClient) -> None:
    log = server.folder / "up.log"
    with start_araldo("up", env=server.env, log=log) as process:
        wait_until_up(server.url, process, log)
        with stream(server.url, "/api/v1/events", server.key) as opened:
            started = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert opened.next() is None
            assert process.wait(20) in {0, -signal.SIGTERM}
            # Less than the time that open requests are given.
            assert time.monotonic() - started < 4
    assert "Traceback" not in log.read_text()


def test_killed_while_a_webhook_is_sent(server: Server, meta: SandboxClient) -> None:
    error = {"status": 400, "code": 100, "message": "Invalid parameter"}
    meta.fault(method="POST", path="/feed", when="before", kind="graph_error", error=error, times=99)
    with opened_in_thread(running_receiver()) as receiver:
        server.env["ARALDO_FETCH__ALLOW"] = receiver.pair
        receiver.hold = asyncio.Event()
        with server.up():
            hook = server.ask("POST", "/api/v1/webhooks", {"url": receiver.url}).body["id"]
            server.ask("POST", "/api/v1/social/create-multi-platform-post", _post("facebook"))
            until(lambda: len(receiver.got) == 2)
        receiver.hold = None
        with server.up():
            log = f"/api/v1/webhooks/{hook}/deliveries"
            until(lambda: [row["state"] for row in server.ask("GET", log).body["data"]] == ["delivered"] * 2)
    told = {(got.json["type"], got.headers["webhook-id"]) for got in receiver.got}
    assert {kind for kind, _ in told} == {"delivery.failed", "post.failed"}
    # Told again under the same ids.
    assert (len(told), len(receiver.got)) == (2, 4)

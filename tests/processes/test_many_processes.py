"""Web servers and workers on one PostgreSQL: killed, stopped and started beside each other; published once."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.aiohttp_site import opened_in_thread
from tests.support.processes import ServerProcess, environment, free_port, run_araldo, start_araldo, wait_until_up
from tests.support.receiver import running_receiver
from tests.support.running_system import Reply, SandboxClient, ask, connect_accounts, running_sandbox, settings_for
from tests.support.sse import stream
from tests.support.waiting import until

QUICK = {"ARALDO_PUBLISH__HTTP_TIMEOUT_S": "1", "ARALDO_PUBLISH__LEASE_S": "3", "ARALDO_PUBLISH__CHECK_GAP_S": "0.3"}


@dataclass
class Cluster:
    """Processes that share a database and a data folder."""

    folder: Path
    env: dict[str, str]
    key: str
    ports: list[int]
    processes: ExitStack = field(default_factory=ExitStack)

    def start_web(self, *words: str) -> str:
        """Start a web server and return its URL; the first is where pictures are fetched."""
        port = self.ports.pop(0)
        url = f"http://127.0.0.1:{port}"
        log = self.folder / f"web-{port}.log"
        process = self.processes.enter_context(
            start_araldo("up", *words, env=self.env | {"ARALDO_PORT": str(port)}, log=log)
        )
        wait_until_up(url, process, log)
        return url

    def start_worker(self, name: str) -> ServerProcess:
        log = self.folder / f"worker-{name}.log"
        process = self.processes.enter_context(start_araldo("worker", env=self.env, log=log))
        until(lambda: "The worker is ready" in log.read_text(), within_s=60)
        return process

    def log_of(self, worker: str) -> str:
        return (self.folder / f"worker-{worker}.log").read_text()

    def ask(self, url: str, method: str, path: str, body: object = None) -> Reply:
        return ask(method, url + path, body, {"Authorization": f"Bearer {self.key}"})

    def create(self, url: str, **more: object) -> str:
        """Create a post and return its id, without waiting for its publication."""
        what = {"content": "Una volta sola", "platforms": ["instagram"], "publish_immediately": True, **more}
        return str(self.ask(url, "POST", "/api/v1/social/create-multi-platform-post?wait=0", what).body["job_id"])

    def status(self, url: str, post: str) -> str:
        return str(self.ask(url, "GET", f"/api/v1/social/posts/{post}").body["status"])


@pytest.fixture
def meta() -> Iterator[SandboxClient]:
    with running_sandbox() as opened:
        yield opened


@pytest.fixture
def cluster(tmp_path: Path, meta: SandboxClient, fresh_postgres: str) -> Iterator[Cluster]:
    with _cluster(tmp_path, meta, fresh_postgres) as opened:
        yield opened


@contextmanager
def _cluster(folder: Path, meta: SandboxClient, database: str) -> Iterator[Cluster]:
    ports = [free_port() for _ in range(2)]
    public_url = f"http://127.0.0.1:{ports[0]}"
    more = {"ARALDO_DATABASE__URL": database, "ARALDO_PUBLIC_URL": public_url, **QUICK}
    env = environment(folder / "data", ports[0], meta, **more)
    settings = settings_for(folder, meta.url, database={"url": database})
    key = asyncio.run(connect_accounts(settings, meta.mint()))
    opened = Cluster(folder, env, key, ports)
    with opened.processes:
        yield opened


def test_what_a_killed_worker_had_is_taken_over(cluster: Cluster, meta: SandboxClient) -> None:
    meta.control("settings", {"container_delay_s": 6})
    webs = [cluster.start_web("--no-worker") for _ in range(2)]
    victim = cluster.start_worker("1")
    posts = [cluster.create(webs[0], content=f"Post {number}") for number in range(3)]
    # Their containers are in stored tickets by then.
    until(lambda: len(_containers_asked_for(meta)) == 3, within_s=20)
    for name in ("2", "3"):
        cluster.start_worker(name)
    victim.send_signal(signal.SIGKILL)
    victim.wait(20)
    meta.control("settings", {"container_delay_s": 0})
    until(lambda: [cluster.status(webs[1], post) for post in posts] == ["published"] * 3, within_s=30)
    assert (len(meta.published_ids()), len(meta.state()["containers"])) == (3, 3)


def test_what_a_killed_worker_had_sent_is_checked_and_not_sent_again(cluster: Cluster, meta: SandboxClient) -> None:
    meta.fault(method="POST", path="/media_publish", when="after_commit", kind="timeout", delay_s=30, times=1)
    web = cluster.start_web("--no-worker")
    victim = cluster.start_worker("1")
    post = cluster.create(web)
    until(lambda: len(meta.published_ids()) == 1)
    victim.send_signal(signal.SIGKILL)
    victim.wait(20)
    cluster.start_worker("2")
    until(lambda: cluster.status(web, post) == "published", within_s=30)
    assert len(meta.published_ids()) == 1


def test_a_stopped_worker_hands_back_what_it_cannot_finish(cluster: Cluster, meta: SandboxClient) -> None:
    meta.control("settings", {"container_delay_s": 20})
    web = cluster.start_web("--no-worker")
    stopped = cluster.start_worker("1")
    post = cluster.create(web)
    until(lambda: len(_containers_asked_for(meta)) == 1, within_s=20)
    started = time.monotonic()
    stopped.send_signal(signal.SIGTERM)
    assert stopped.wait(20) == 0
    assert time.monotonic() - started < 20
    assert "Traceback" not in cluster.log_of("1")
    assert meta.published_ids() == []
    cluster.start_worker("2")
    until(lambda: cluster.status(web, post) == "published", within_s=40)
    assert (len(meta.published_ids()), len(meta.state()["containers"])) == (1, 1)


def test_a_stopped_worker_finishes_what_it_can(cluster: Cluster, meta: SandboxClient) -> None:
    meta.control("settings", {"container_delay_s": 3})
    web = cluster.start_web("--no-worker")
    stopped = cluster.start_worker("1")
    post = cluster.create(web)
    until(lambda: len(_containers_asked_for(meta)) == 1, within_s=20)
    stopped.send_signal(signal.SIGTERM)
    assert stopped.wait(20) == 0
    assert cluster.status(web, post) == "published"


def test_a_worker_that_waits_for_the_database_can_be_stopped(tmp_path: Path) -> None:
    url = f"postgresql://araldo@127.0.0.1:{free_port()}/araldo"
    env, log = environment(tmp_path / "data", free_port()) | {"ARALDO_DATABASE__URL": url}, tmp_path / "log"
    with start_araldo("worker", env=env, log=log) as process:
        until(lambda: "start_delayed" in log.read_text())
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_changes_reach_a_browser_on_another_web_server(cluster: Cluster) -> None:
    first, second = cluster.start_web("--no-worker"), cluster.start_web("--no-worker")
    cluster.start_worker("1")
    with stream(second, "/api/v1/events", cluster.key) as opened:
        created = cluster.create(first)
        seen = opened.until("delivery.published")
    assert {message.data["post_id"] for message in seen} == {created}


def test_a_scheduled_post_is_published_on_time_and_its_webhook_sent(cluster: Cluster, meta: SandboxClient) -> None:
    with opened_in_thread(running_receiver()) as receiver:
        cluster.env["ARALDO_FETCH__ALLOW"] = receiver.pair
        web = cluster.start_web("--no-worker")
        cluster.start_worker("1")
        cluster.ask(web, "POST", "/api/v1/webhooks", {"url": receiver.url, "events": ["post.published"]})
        due = datetime.now(UTC) + timedelta(seconds=8)
        post = cluster.create(web, publish_immediately=False, schedule_time=due.isoformat(), platforms=["facebook"])
        until(lambda: cluster.status(web, post) == "published", within_s=30)
        until(lambda: len(receiver.got) == 1, within_s=30)
    [made] = meta.log("/feed", "POST")
    # Not before, and not as late as the next periodic job.
    assert 0 <= datetime.fromisoformat(made["at"]).timestamp() - due.timestamp() < 3
    assert receiver.got[0].json["type"] == "post.published"


def test_a_web_server_is_ready_while_any_worker_works(cluster: Cluster) -> None:
    web = cluster.start_web("--no-worker")
    until(lambda: _readiness(cluster, web) == (503, "failing"), within_s=30)
    worker = cluster.start_worker("1")
    until(lambda: _readiness(cluster, web) == (200, "ok"), within_s=30)
    worker.send_signal(signal.SIGKILL)
    worker.wait(20)
    until(lambda: _readiness(cluster, web) == (503, "failing"), within_s=40)


@pytest.mark.parametrize("command", [("worker",), ("up", "--no-worker")])
def test_on_sqlite_one_process_does_everything(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = run_araldo(*command, env=environment(tmp_path / "data", free_port()))
    assert done.returncode == 1
    assert "needs PostgreSQL" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "data").exists()


def _containers_asked_for(meta: SandboxClient) -> set[str]:
    ids = {container["id"] for container in meta.state()["containers"]}
    return {entry["path"].rpartition("/")[2] for entry in meta.log(method="GET")} & ids


def _readiness(cluster: Cluster, url: str) -> tuple[int, str]:
    reply = cluster.ask(url, "GET", "/api/v1/ready")
    return reply.status, reply.body["worker"]

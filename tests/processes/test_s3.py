"""Araldo with its pictures in a bucket: published from there, and on its own after the store was away."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import environment, free_port, run_araldo, start_araldo, wait_until_up
from tests.support.running_system import SandboxClient, ask, connect_accounts, running_sandbox, settings_for
from tests.support.s3 import S3Server
from tests.support.waiting import until

QUICK = {"ARALDO_PUBLISH__SWEEP_S": "0.2", "ARALDO_PUBLISH__CHECK_GAP_S": "0.3"}


@dataclass
class Server:
    """The environment of `araldo up`, its address and an API key."""

    env: dict[str, str]
    log: Path
    url: str
    key: str

    @contextmanager
    def up(self) -> Iterator[None]:
        with start_araldo("up", env=self.env, log=self.log) as process:
            wait_until_up(self.url, process, self.log)
            yield

    def create(self, **body: object) -> str:
        """Create a post with a picture on two platforms; return its id."""
        what = {"content": "Ciao a tutti", "platforms": ["facebook", "instagram"], **body}
        reply = ask("POST", f"{self.url}/api/v1/social/create-multi-platform-post?wait=0", what, self._headers)
        assert reply.status in {200, 201, 202}, reply.body
        return str(reply.body["job_id"])

    def publish(self, job_id: str) -> None:
        reply = ask("POST", f"{self.url}/api/v1/posts/{job_id}/publish", {}, self._headers)
        assert reply.status in {200, 202}, reply.body

    def read(self, job_id: str) -> Any:
        return ask("GET", f"{self.url}/api/v1/social/posts/{job_id}", None, self._headers).body

    def status(self, job_id: str) -> str:
        return str(self.read(job_id)["status"])

    def pictures(self, job_id: str) -> list[str | None]:
        return [delivery["image_url"] for delivery in self.read(job_id)["platforms"]]

    def waits_for_the_store(self, job_id: str) -> bool:
        """Return whether a delivery was due, could not reach the store, and will be tried again."""
        found = self.read(job_id)["platforms"]
        return all(one["state"] == "waiting" and one["error_code"] == "local_fault" for one in found)

    def lines(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


@pytest.fixture
def meta() -> Iterator[SandboxClient]:
    with running_sandbox() as opened:
        yield opened


def blob_variables(s3: S3Server) -> dict[str, str]:
    settings = s3.settings(f"of/{secrets.token_hex(4)}", timeout_s=2)
    assert settings.secret_access_key is not None
    known = settings.model_dump() | {"secret_access_key": settings.secret_access_key.get_secret_value()}
    return {f"ARALDO_BLOBS__{name.upper()}": str(value) for name, value in known.items()}


@pytest.fixture
def server(tmp_path: Path, meta: SandboxClient, s3: S3Server) -> Server:
    port = free_port()
    env = environment(tmp_path / "data", port, meta, **QUICK, **blob_variables(s3))
    key = asyncio.run(connect_accounts(settings_for(tmp_path, meta.url), meta.mint()))
    return Server(env, tmp_path / "up.log", f"http://127.0.0.1:{port}", key)


def due_in(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def test_a_post_is_published_with_pictures_from_the_bucket(server: Server, meta: SandboxClient, tmp_path: Path) -> None:
    with server.up():
        job_id = server.create(publish_immediately=True)
        until(lambda: server.status(job_id) == "published")
        for url in server.pictures(job_id):
            assert url is not None
            assert url.startswith(server.url)
            assert ask("GET", url).raw.startswith(b"\xff\xd8")
    assert len(meta.published_ids()) == 2
    assert not (tmp_path / "data" / "blobs").exists()


def test_posts_due_while_the_store_is_away_are_published_once_afterwards(
    server: Server, meta: SandboxClient, s3: S3Server
) -> None:
    with server.up():
        with_picture = server.create()
        until(lambda: all(server.pictures(with_picture)))
        s3.stop()
        try:
            without = server.create(schedule_time=due_in(3), content="Senza archivio")
            at_once = server.create(publish_immediately=True, content="Subito")
            server.publish(with_picture)
            until(lambda: any(line["event"] == "local_fault" for line in server.lines()))
            picture = server.pictures(with_picture)[0]
            assert picture is not None
            answer = ask("GET", picture)
            assert (answer.status, answer.body["code"]) == (503, "unavailable")
            until(lambda: all(server.waits_for_the_store(job_id) for job_id in (with_picture, without, at_once)))
            assert meta.published_ids() == []
        finally:
            s3.start()
        posts = [with_picture, without, at_once]
        until(lambda: all(server.status(job_id) == "published" for job_id in posts), within_s=120)
    assert len(meta.published_ids()) == 2 * len(posts)
    faults = [line for line in server.lines() if line["event"] == "local_fault"]
    assert 1 <= len(faults) <= 3
    # A store that is still starting answers with errors.
    assert "does not answer. Check that it is running" in faults[0]["why"]
    assert {line["why"].split(" (")[0] for line in faults} == {f"The picture store {server.env['ARALDO_BLOBS__URL']}"}
    assert [line for line in server.lines() if line.get("level") == "error"] == []


def test_a_store_that_refuses_is_named_at_the_start_and_by_doctor(
    server: Server, meta: SandboxClient, s3: S3Server
) -> None:
    good = run_araldo("doctor", env=server.env)
    assert f"✓ Pictures can be stored in {server.env['ARALDO_BLOBS__URL']} ({s3.endpoint})." in good.stdout
    wrong = Server(server.env | {"ARALDO_BLOBS__SECRET_ACCESS_KEY": "wrong"}, server.log, server.url, server.key)
    said = run_araldo("doctor", env=wrong.env)
    assert said.returncode == 1
    [line] = [line for line in said.stdout.splitlines() if line.startswith("✗")]
    assert line.endswith(
        "refuses the access key (SignatureDoesNotMatch). Check ARALDO_BLOBS__ACCESS_KEY_ID and "
        "ARALDO_BLOBS__SECRET_ACCESS_KEY, and that the key may list, read, write and delete in this bucket."
    )
    with wrong.up():
        until(lambda: any(line["event"] == "blob_store_unavailable" for line in wrong.lines()))
    [logged] = [line for line in wrong.lines() if line["event"] == "blob_store_unavailable"]
    assert "refuses the access key" in logged["why"]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ARALDO_BLOBS__URL", "https://s3.example/pictures"),
        ("ARALDO_BLOBS__URL", "s3://key:secret@pictures"),
        ("ARALDO_BLOBS__ENDPOINT", "s3.example"),
        ("ARALDO_BLOBS__SECRET_ACCESS_KEY", ""),
    ],
)
def test_settings_that_cannot_work_are_named(tmp_path: Path, variable: str, value: str) -> None:
    given = {
        "ARALDO_BLOBS__URL": "s3://pictures",
        "ARALDO_BLOBS__ACCESS_KEY_ID": "key",
        "ARALDO_BLOBS__SECRET_ACCESS_KEY": "a-secret-of-mine",
        variable: value,
    }
    refused = run_araldo("doctor", env=environment(tmp_path, free_port(), None, **given))
    assert refused.returncode == 2
    assert "ARALDO_BLOBS" in refused.stderr
    assert "a-secret-of-mine" not in refused.stderr

"""`araldo up` with few descriptors: half-sent requests hold up neither the health nor a post that is due."""

from __future__ import annotations

import asyncio
import resource
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.processes import environment, free_port, start_araldo, wait_until_up
from tests.support.running_system import SandboxClient, ask, connect_accounts, running_sandbox, settings_for
from tests.support.waiting import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sets another process's limits, which Linux alone can")

HALVES = {
    "head": b"POST /api/v1/posts HTTP/1.1\r\nHost: 127.0.0.1\r\n",
    "body": b"POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Content-Length: 500\r\n\r\n{",
}


@pytest.fixture
def meta() -> Iterator[SandboxClient]:
    with running_sandbox() as opened:
        yield opened


def descriptors_of(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def limit_descriptors(pid: int, most: int) -> None:
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (most, 1_024))


@pytest.mark.parametrize("half", list(HALVES))
def test_300_half_sent_requests_delay_no_other_request(tmp_path: Path, meta: SandboxClient, half: str) -> None:
    port, log = free_port(), tmp_path / "up.log"
    url = f"http://127.0.0.1:{port}"
    key = asyncio.run(connect_accounts(settings_for(tmp_path, meta.url), meta.mint()))
    with start_araldo("up", env=environment(tmp_path / "data", port, meta), log=log) as process, ExitStack() as stack:
        # Before it has come to raise its own: soft and hard, so that it cannot.
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (256, 256))
        wait_until_up(url, process, log)
        due = datetime.now(UTC) + timedelta(seconds=8)
        body = {"content": "Ciao", "platforms": ["facebook"], "schedule_time": due.isoformat()}
        headers = {"Authorization": f"Bearer {key}"}
        created = ask("POST", f"{url}/api/v1/social/create-multi-platform-post", body, headers)
        assert created.body["status"] == "scheduled", created.body
        for _ in range(300):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            with suppress(ConnectionError):
                client.sendall(HALVES[half])
        while not meta.published_ids():
            assert ask("GET", f"{url}/api/v1/health", within_s=2).status == 200
            assert descriptors_of(process.pid) < 256
            assert datetime.now(UTC) < due + timedelta(seconds=20)
            time.sleep(0.1)  # between looks; the loop ends with the post, or fails
        # A busy machine may take a few seconds to draw the picture; strangers took 21 before.
        assert datetime.now(UTC) - due < timedelta(seconds=10)
    assert log.stat().st_size < 200_000


def test_without_descriptors_the_log_stays_small_and_service_recovers(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "up.log"
    url = f"http://127.0.0.1:{port}"
    with start_araldo("up", env=environment(tmp_path / "data", port), log=log) as process, ExitStack() as stack:
        wait_until_up(url, process, log)
        limit_descriptors(process.pid, descriptors_of(process.pid))
        before = log.stat().st_size
        for _ in range(20):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
        until(lambda: "accept_failed" in log.read_text(), within_s=10)
        began = time.monotonic()
        until(lambda: time.monotonic() - began > 3, within_s=10)
        assert log.stat().st_size - before < 5_000
        assert log.read_text().count("accept_failed") == 1
        limit_descriptors(process.pid, 1_024)
        until(lambda: answers(url), within_s=10)


def test_the_soft_limit_is_raised_to_the_hard_one(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "up.log"
    with start_araldo("up", env=environment(tmp_path / "data", port), log=log) as process:
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (256, 2_000))
        wait_until_up(f"http://127.0.0.1:{port}", process, log)
        assert resource.prlimit(process.pid, resource.RLIMIT_NOFILE) == (2_000, 2_000)


def answers(url: str) -> bool:
    try:
        return ask("GET", f"{url}/api/v1/health", within_s=2).status == 200
    except OSError:
        return False

"""`araldo run`, as a newcomer meets it: ready, an example out, a command to paste, and nothing left behind."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.house import Meta, ask
from tests.support.processes import environment, free_port, running
from tests.support.waiting import until


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_from_start_to_stop(tmp_path: Path, number: signal.Signals) -> None:
    port, sandbox_port = free_port(), free_port()
    folder, log = tmp_path / "data", tmp_path / "run.log"
    env = environment(folder, port, ARALDO_SANDBOX_PORT=str(sandbox_port))
    meta = Meta(f"http://127.0.0.1:{sandbox_port}")
    with running("run", env=env, log=log) as process:
        until(lambda: f"Ready: http://127.0.0.1:{port}" in log.read_text() or process.poll() is not None, 90)
        said = log.read_text()
        assert said.rstrip().endswith(f"Ready: http://127.0.0.1:{port}"), said
        links = re.findall(r"^  \w+: (http\S+)$", said, re.MULTILINE)
        assert [ask("GET", link).status for link in links] == [200, 200, 200]
        key_file = folder / "demo-api-key"
        assert key_file.stat().st_mode & 0o777 == 0o600
        assert key_file.read_text().strip() in said
        assert len(meta.out()) == 3
        link = re.search(rf"^http://127\.0\.0\.1:{port}/sign-in#(aral_\S+)$", said, re.MULTILINE)
        assert link is not None, said
        signed_in = ask("POST", f"http://127.0.0.1:{port}/api/v1/session", {"link": link[1]})
        assert (signed_in.status, signed_in.body["sandbox"]) == (200, {"viewer_url": meta.url})
        logs = [path.read_text() for path in (folder / "logs").iterdir()]
        assert (len(logs), [log for log in logs if "sign-in#" in log]) == (2, [])
        assert _paste(said)["status"] == "published"
        assert len(meta.out()) == 5
        process.send_signal(number)
        assert process.wait(30) == 0
    assert _still_running(folder) == []


def test_the_data_folder_is_private_whatever_the_umask_and_whatever_it_was(tmp_path: Path) -> None:
    port, folder, log = free_port(), tmp_path / "data", tmp_path / "run.log"
    env = environment(folder, port, ARALDO_SANDBOX_PORT=str(free_port()))
    before = os.umask(0)
    try:
        (folder / "blobs" / "ab").mkdir(parents=True)
        (folder / "blobs" / "ab" / "earlier").write_bytes(b"readable by all")
        with running("run", env=env, log=log) as process:
            until(lambda: "Ready:" in log.read_text() or process.poll() is not None, 90)
            modes = {
                str(path.relative_to(tmp_path)): (path.is_dir(), path.stat().st_mode & 0o777)
                for path in (folder, *folder.rglob("*"))
            }
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0, log.read_text()
    finally:
        os.umask(before)
    named = ("", "/araldo.db", "/araldo.db-wal", "/araldo.db-shm", "/secret.key", "/araldo.lock", "/demo-api-key")
    files = ("/logs/up.log", "/sandbox/world.db", "/sandbox/world.db-wal", "/blobs/ab/earlier")
    assert modes.keys() >= {f"data{name}" for name in (*named, *files)}
    assert {name: oct(mode) for name, (is_dir, mode) in modes.items() if mode != (0o700 if is_dir else 0o600)} == {}


def test_started_again_it_keeps_what_there_was_and_publishes_no_second_example(tmp_path: Path) -> None:
    port, sandbox_port = free_port(), free_port()
    folder = tmp_path / "data"
    env = environment(folder, port, ARALDO_SANDBOX_PORT=str(sandbox_port))
    meta = Meta(f"http://127.0.0.1:{sandbox_port}")
    keys, out = [], []
    for turn in range(2):
        log = tmp_path / f"run{turn}.log"
        with running("run", env=env, log=log) as process:
            until(lambda log=log, process=process: "Ready:" in log.read_text() or process.poll() is not None, 90)  # type: ignore[misc]  # bound now
            keys.append((folder / "demo-api-key").read_text())
            out.append(sorted(meta.out()))
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0, log.read_text()
    assert keys[0] == keys[1]
    assert out[0] == out[1]
    assert len(out[0]) == 3


def _paste(said: str) -> dict[str, str]:
    """The printed command, run by curl itself, unchanged."""
    line = next(line for line in said.splitlines() if line.startswith("curl "))
    done = subprocess.run([*shlex.split(line), "--silent"], capture_output=True, timeout=60, check=True)
    answer: dict[str, str] = json.loads(done.stdout)
    return answer


def _still_running(folder: Path) -> list[str]:
    """Processes whose environment names this test's data folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if str(folder).encode() in (entry / "environ").read_bytes():
                    found.append(entry.name)
            except OSError:
                continue
    return found

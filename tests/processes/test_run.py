"""`araldo run`: ready, example published, printed command works, and no process left behind."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.processes import environment, free_port, start_araldo
from tests.support.running_system import SandboxClient, ask
from tests.support.waiting import until

ROOT = Path(__file__).parents[2]


def test_the_demo_from_start_to_stop_and_again(tmp_path: Path) -> None:
    port, sandbox_port = free_port(), free_port()
    folder, meta = tmp_path / "data", SandboxClient(f"http://127.0.0.1:{sandbox_port}")
    env = environment(folder, port, ARALDO_SANDBOX_PORT=str(sandbox_port))
    with demo(env, tmp_path / "run1.log", until_said=f"Ready: http://127.0.0.1:{port}", stop=signal.SIGINT) as said:
        assert said.rstrip().endswith(f"Ready: http://127.0.0.1:{port}"), said
        links = re.findall(r"^  \w+: (http\S+)$", said, re.MULTILINE)
        assert [ask("GET", link).status for link in links] == [200, 200, 200]
        key_file = folder / "demo-api-key"
        assert key_file.stat().st_mode & 0o777 == 0o600
        key = key_file.read_text()
        assert key.strip() in said
        assert len(meta.published_ids()) == 3
        link = re.search(rf"^http://127\.0\.0\.1:{port}/sign-in#(aral_\S+)$", said, re.MULTILINE)
        assert link is not None, said
        signed_in = ask("POST", f"http://127.0.0.1:{port}/api/v1/session", {"link": link[1]})
        assert (signed_in.status, signed_in.body["sandbox"]) == (200, {"viewer_url": meta.url})
        logs = [path.read_text() for path in (folder / "logs").iterdir()]
        assert (len(logs), [log for log in logs if "sign-in#" in log]) == (2, [])
        assert _run_printed_command(said)["status"] == "published"
        out = sorted(meta.published_ids())
        assert len(out) == 5
    assert _still_running(folder) == []
    # Started again it keeps what there was, publishes no second example, and makes private what was not.
    (folder / "blobs" / "ab").mkdir(exist_ok=True)
    (folder / "blobs" / "ab" / "earlier").write_bytes(b"readable by all")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    with open_umask(), demo(env, tmp_path / "run2.log", until_said="Ready:", stop=signal.SIGTERM):
        assert (folder / "demo-api-key").read_text() == key
        assert sorted(meta.published_ids()) == out
        assert_private(folder)
    assert _still_running(folder) == []


def test_it_says_that_it_starts_before_it_loads_what_takes_long() -> None:
    # Without pydantic-settings the command fails when it loads the settings.
    code = "import runpy, sys; sys.argv[1:] = ['run']; sys.modules['pydantic_settings'] = None; "
    code += "runpy.run_module('araldo', {}, '__main__')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert "import of pydantic_settings halted" in done.stderr
    assert done.stdout.startswith("Araldo ")


def test_make_run_says_that_it_starts_before_it_installs_or_builds_anything() -> None:
    commands = ["make", "--dry-run", "--always-make", "run"]
    planned = subprocess.run(commands, capture_output=True, text=True, timeout=60, check=True, cwd=ROOT).stdout
    said = [line for line in planned.splitlines() if "echo" in line or "install" in line or " sync " in line]
    assert "Araldo is starting" in said[0]
    assert any("npm" in line for line in planned.splitlines())


def assert_private(folder: Path) -> None:
    modes = {
        str(path.relative_to(folder)): (path.is_dir(), path.stat().st_mode) for path in (folder, *folder.rglob("*"))
    }
    files = {"araldo.db", "araldo.db-wal", "araldo.db-shm", "secret.key", "araldo.lock", "demo-api-key"}
    assert modes.keys() >= files | {".", "logs/up.log", "sandbox/world.db", "sandbox/world.db-wal", "blobs/ab/earlier"}
    open_to_others = {
        name: oct(mode) for name, (is_dir, mode) in modes.items() if mode & 0o777 != 0o600 + 0o100 * is_dir
    }
    assert open_to_others == {}


@contextmanager
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def demo(env: Mapping[str, str], log: Path, *, until_said: str, stop: signal.Signals) -> Iterator[str]:
    """Run `araldo run` until the block ends and yield its output until it was ready; it must stop without error."""
    with start_araldo("run", env=env, log=log) as process:
        until(lambda: until_said in log.read_text() or process.poll() is not None, 90)
        yield log.read_text()
        process.send_signal(stop)
        assert process.wait(30) == 0, log.read_text()


def _run_printed_command(said: str) -> dict[str, str]:
    """Run the printed curl command unchanged."""
    line = next(line for line in said.splitlines() if line.startswith("curl "))
    done = subprocess.run([*shlex.split(line), "--silent"], capture_output=True, timeout=60, check=True)
    answer: dict[str, str] = json.loads(done.stdout)
    return answer


def _still_running(folder: Path) -> list[str]:
    """Return processes whose environment has this test's data folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if str(folder).encode() in (entry / "environ").read_bytes():
                    found.append(entry.name)
            except OSError:
                continue
    return found

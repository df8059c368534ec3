"""Response time on a kept connection: `araldo up` compared with a bare FastAPI application."""

from __future__ import annotations

import http.client
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from tests.support.processes import environment, free_port, run_araldo, spawn_araldo, wait_until_up
from tests.support.waiting import until

ROUNDS = 200
HOST = "127.0.0.1"


def serve_bare(port: int) -> None:
    """Serve one route that answers a small object, as in FastAPI's introduction."""
    app = FastAPI()

    @app.get("/")
    async def root() -> dict[str, str]:
        return {"status": "ok"}

    uvicorn.run(app, host=HOST, port=port, log_level="error", access_log=False)


@contextmanager
def bare_application(port: int) -> Iterator[None]:
    """Run the bare application in a separate process, as `araldo up` does."""
    started = subprocess.Popen([sys.executable, "-m", "bench.answers", str(port)])
    try:
        until(lambda: is_listening(port), within_s=60)
        yield
    finally:
        started.terminate()
        started.wait()


def is_listening(port: int) -> bool:
    """Return whether a server accepts connections there."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def seconds_of(connection: http.client.HTTPConnection, path: str, headers: Mapping[str, str]) -> float:
    """Send one request, read the whole answer, and return the seconds it took."""
    began = time.perf_counter()
    connection.request("GET", path, headers=dict(headers))
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, (path, answer.status, body)
    return time.perf_counter() - began


def measure(bare: http.client.HTTPConnection, ours: http.client.HTTPConnection, key: str) -> None:
    """Print the median of each path, and its ratio to the bare application asked just before it."""
    headers = {"Authorization": f"Bearer {key}"}
    print("\n| answer | bare FastAPI | Araldo | ratio |\n|---|---|---|---|")
    for path in ("/api/v1/health", "/api/v1/platforms", "/api/v1/social/posts", "/favicon.svg"):
        pairs = [(seconds_of(bare, "/", {}), seconds_of(ours, path, headers)) for _ in range(ROUNDS)]
        simple, whole = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
        print(f"| `{path}` | {simple:.1f} ms | {whole:.1f} ms | {whole / simple:.1f}x |")


def main() -> None:
    bare_port, port = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        env, log = environment(Path(folder) / "data", port), Path(folder) / "up.log"
        with bare_application(bare_port), spawn_araldo("up", env=env, log=log) as process:
            wait_until_up(f"http://{HOST}:{port}", process, log)
            key = run_araldo("keys", "create", env=env).stdout.strip()
            bare, ours = (http.client.HTTPConnection(HOST, number, timeout=20) for number in (bare_port, port))
            with closing(bare), closing(ours):
                measure(bare, ours, key)


if __name__ == "__main__":
    serve_bare(int(sys.argv[1])) if sys.argv[1:] else main()

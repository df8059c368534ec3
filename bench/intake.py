"""Posts created and read a second over HTTP, beside a bare FastAPI handler that does one insert or one read.

The bare handler runs in a process of its own, with the options of our server, on the same kind of database.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from tests.support.processes import free_port
from tests.support.waiting import until

from bench.answers import is_listening
from bench.system import DATABASES, HOST, BenchSystem, Server, open_system
from bench.table import print_table

_TABLE = "CREATE TABLE IF NOT EXISTS bare_posts (id VARCHAR(48) PRIMARY KEY, content TEXT NOT NULL)"
# Requests at the same time, each on a kept connection.
_CLIENTS = 8
_TEXT = "Da oggi la nuova stagione: prova {}, con tutto quello che serve per un fine settimana fuori porta."


class BarePost(BaseModel):
    content: str


class BareDatabase:
    """A connection for each thread; every insert is a transaction of its own, synced to disk."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._own = threading.local()
        self._mark = "%s" if target.startswith("postgresql") else "?"

    def execute(self, statement: str, values: tuple[str, ...] = ()) -> Any:
        if not hasattr(self._own, "connection"):
            self._own.connection = self._connect()
        return self._own.connection.execute(statement.replace("?", self._mark), values)

    def _connect(self) -> sqlite3.Connection | psycopg.Connection[Any]:
        if self._target.startswith("postgresql"):
            return psycopg.connect(self._target, autocommit=True)
        connection = sqlite3.connect(self._target, timeout=30, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection


def serve_bare(port: int, target: str) -> None:
    """Serve two routes: one that inserts a row, one that reads it."""
    app, database = FastAPI(), BareDatabase(target)
    database.execute(_TABLE)

    @app.post("/posts", status_code=201)
    def create(body: BarePost) -> dict[str, str]:
        post_id = f"post_{secrets.token_hex(15)}"
        database.execute("INSERT INTO bare_posts (id, content) VALUES (?, ?)", (post_id, body.content))
        return {"id": post_id}

    @app.get("/posts/{post_id}")
    def read(post_id: str) -> dict[str, str]:
        row = database.execute("SELECT id, content FROM bare_posts WHERE id = ?", (post_id,)).fetchone()
        return {"id": row[0], "content": row[1]}

    uvicorn.run(
        app, host=HOST, port=port, log_config=None, access_log=False, server_header=False, ws="none", backlog=2_048
    )


@contextmanager
def bare_application(system: BenchSystem) -> Iterator[str]:
    """Run the bare application in a process of its own and yield its URL."""
    port = free_port()
    target = system.database_url or str(Path(system.folder) / "bare.db")
    started = subprocess.Popen([sys.executable, "-m", "bench.intake", "--serve", str(port), target])
    try:
        until(lambda: is_listening(port), within_s=60)
        yield f"http://{HOST}:{port}"
    finally:
        started.terminate()
        started.wait()


@dataclass(frozen=True, slots=True)
class Load:
    """Requests of one kind. `body`: of the request with this number; None: a GET."""

    name: str
    url: str
    key: str = ""
    body: Any = None


async def requests_a_second(load: Load, count: int) -> float:
    """Send so many requests, `_CLIENTS` at a time, and return how many were answered a second."""
    numbers = iter(range(count))
    headers = {"Authorization": f"Bearer {load.key}"}

    async def send(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            body = None if load.body is None else load.body(number)
            method = "GET" if body is None else "POST"
            async with session.request(method, load.url, json=body, headers=headers) as response:
                data = await response.read()
                assert response.status < 300, (load.name, response.status, data)

    async with aiohttp.ClientSession() as session:
        started = time.perf_counter()
        await asyncio.gather(*(send(session) for _ in range(_CLIENTS)))
        return count / (time.perf_counter() - started)


def loads(server: Server, bare: str) -> list[tuple[Load, Load]]:
    """Return the bare load and Araldo's for each thing that is measured. Posts of text alone: no picture is drawn."""
    first = server.accounts()[0]
    due = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    fields = {"platforms": ["facebook"], "accounts": {"facebook": first["facebook"]}}
    posts = f"{server.url}/api/v1/posts"

    def draft(number: int) -> dict[str, Any]:
        return fields | {"content": _TEXT.format(number)}

    def scheduled(number: int) -> dict[str, Any]:
        return draft(number) | {"schedule_time": due}

    known = server.post("posts", draft(-1))["job_id"]
    insert = Load("insert", f"{bare}/posts", body=lambda number: {"content": _TEXT.format(number)})
    read = Load("read", f"{bare}/posts/{_insert_one(bare)}")
    publish = f"{server.url}/api/v1/social/publish?wait=0"
    return [
        (insert, Load("a draft created", posts, server.key, draft)),
        (insert, Load("a scheduled post created", publish, server.key, scheduled)),
        (read, Load("a post read", f"{posts}/{known}", server.key)),
        (read, Load("the 20 newest listed", f"{posts}?limit=20", server.key)),
    ]


def _insert_one(bare: str) -> str:
    async def insert() -> str:
        async with aiohttp.ClientSession() as session, session.post(f"{bare}/posts", json={"content": "x"}) as answer:
            return str((await answer.json())["id"])

    return asyncio.run(insert())


def measure(pairs: list[tuple[Load, Load]], count: int) -> list[tuple[str, float, float]]:
    """Return for each pair its name and both rates, each measured in halves, in turns."""
    rows = []
    for bare, ours in pairs:
        rates = [
            (asyncio.run(requests_a_second(bare, count // 2)), asyncio.run(requests_a_second(ours, count // 2)))
            for _ in range(2)
        ]
        # Both halves have as many requests, so the whole rate is their harmonic mean.
        least, most = (2 / sum(1 / rate for rate in column) for column in zip(*rates, strict=True))
        rows.append((ours.name, least, most))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.intake", description=__doc__)
    parser.add_argument("--requests", type=int, default=400, help="of each kind")
    parser.add_argument("--url", choices=DATABASES, default="sqlite", help="kind of database")
    options = parser.parse_args()
    with open_system(options.url, 1) as system, system.start() as server, bare_application(system) as bare:
        rows = measure(loads(server, bare), options.requests)
    print_table(
        (f"{_CLIENTS} at a time, {options.url}", "bare FastAPI", "Araldo", "its time"),
        [(name, f"{bare:.0f}/s", f"{ours:.0f}/s", f"{bare / ours:.1f}x") for name, bare, ours in rows],
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve_bare(int(sys.argv[2]), sys.argv[3])
    else:
        main()

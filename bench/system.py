"""The system that is measured: `araldo up` as a process of its own, its accounts connected to the responder."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from tests.support import postgres
from tests.support.processes import environment, free_port, run_araldo, spawn_araldo, wait_until_up
from tests.support.waiting import until

from bench.cloning import Cloner, edit_postgresql, edit_sqlite
from bench.responder import APP_ID, APP_SECRET, QUOTA, USER_TOKEN, Responder, running_responder

DATABASES = ("sqlite", "postgresql")
HOST = "127.0.0.1"
# Two of a post's three deliveries count against the quota of one Instagram account; some of it stays unused.
_POSTS_PER_ACCOUNT = QUOTA // 2 - 5
# How long after its start a server is left alone, so that what it does once is not measured.
_SETTLE_S = 3.0
_STOP_S = 20.0


def accounts_for(posts: int) -> int:
    """Return how many accounts have room for so many posts in a day."""
    return -(-posts // _POSTS_PER_ACCOUNT)


class UnexpectedStatus(Exception):
    """An answer that is not a success, which no measurement expects."""


@dataclass
class Server:
    """A running `araldo up`, and a client of its API on one kept connection."""

    process: subprocess.Popen[bytes]
    port: int
    key: str
    # The longest time for an answer, in seconds.
    answer_s: float = 300.0
    workers: Sequence[subprocess.Popen[bytes]] = ()
    _connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(HOST, self.port, timeout=self.answer_s)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def pids(self) -> list[int]:
        """The server's, and those of its workers."""
        return [self.process.pid, *(worker.pid for worker in self.workers)]

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def get(self, path: str, **query: object) -> Any:
        """GET below /api/v1 and return the answer's JSON. Raises UnexpectedStatus."""
        return json.loads(self.request("GET", f"/api/v1/{path}?{urlencode(query, doseq=True)}"))

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """POST below /api/v1 and return the answer's JSON. Raises UnexpectedStatus."""
        return json.loads(self.request("POST", f"/api/v1/{path}", json.dumps(body).encode()))

    def request(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> bytes:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": kind}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        data = answer.read()
        if answer.status >= 300:
            raise UnexpectedStatus(f"{method} {path}: {answer.status} {data[:500]!r}")
        return data

    def accounts(self) -> list[dict[str, str]]:
        """Return for each Page, in the responder's order, the account's id on each platform."""
        found = self.get("accounts")["data"]
        pages = sorted({account["remote_id"][1:] for account in found})
        by_page: dict[str, dict[str, str]] = {page: {} for page in pages}
        for account in found:
            by_page[account["remote_id"][1:]] |= dict.fromkeys(account["platforms"], account["id"])
        return list(by_page.values())

    def post_fields(self, content: str, platforms: Sequence[str]) -> dict[str, Any]:
        """Return the fields of a post on the first accounts, with pictures of the built-in designer."""
        first = self.accounts()[0]
        accounts = {platform: first[platform] for platform in platforms}
        return {"content": content, "platforms": platforms, "accounts": accounts, "image_provider": "offline"}

    def create(self, content: str, platforms: Sequence[str], **more: object) -> str:
        """Create a post with these fields and `more`, and return its id without waiting for what becomes of it."""
        fields = self.post_fields(content, platforms) | more
        return str(self.post("social/create-multi-platform-post?wait=0", fields)["job_id"])

    def schedule_illustrated(self, content: str, platforms: Sequence[str], due: datetime) -> str:
        """Schedule a post, wait until its pictures are made, and return its id."""
        post_id = self.create(content, platforms, schedule_time=due.isoformat())
        self.wait_for_pictures([post_id])
        return post_id

    def facebook_picture(self, post_id: str) -> bytes:
        """Return the JPEG that a Page gets of this post."""
        rows = self.get(f"posts/{post_id}")["platforms"]
        url = next(row["image_url"] for row in rows if row["platform"] == "facebook")
        return self.request("GET", url.removeprefix(self.url))

    def all_posts(self, **query: object) -> list[dict[str, Any]]:
        """Return all posts that a list has, page by page."""
        found: list[dict[str, Any]] = []
        cursor: dict[str, object] = {}
        while True:
            listed = self.get("posts", limit=100, **query, **cursor)
            found += listed["data"]
            if not listed["has_more"]:
                return found
            cursor = {"cursor": listed["next_cursor"]}

    def wait_for_pictures(self, post_ids: Sequence[str], within_s: float = 600) -> None:
        """Wait until every picture of these posts is made. Raises AssertionError for one that failed."""

        def all_ready(post_id: str) -> bool:
            states = {row["image_state"] for row in self.get(f"posts/{post_id}")["platforms"]}
            assert "failed" not in states
            return states == {"ready"}

        for post_id in post_ids:
            until(partial(all_ready, post_id), within_s=within_s, pause_s=0.1)


@dataclass
class BenchSystem:
    """A folder, a database and a responder; `start` servers on them, one after the other."""

    folder: Path
    responder: Responder
    # None: SQLite in the folder.
    database_url: str | None
    env: dict[str, str]
    key: str = ""
    workers: int = 0

    def edit_database(self, work: Callable[[Cloner], None]) -> None:
        """Run `work` on the database, in one transaction; no server may be running."""
        if self.database_url is None:
            edit_sqlite(self.folder / "data" / "araldo.db", work)
        else:
            edit_postgresql(self.database_url, work)

    @contextmanager
    def start(self, *, answer_s: float = 300.0) -> Iterator[Server]:
        """Run a server until the block ends; its client raises TimeoutError after `answer_s` without an answer."""
        port, log = free_port(), self.folder / "up.log"
        env = self.env | {"ARALDO_PORT": str(port)}
        words = ["up", "--no-worker"] if self.workers else ["up"]
        with ExitStack() as stack:
            process = stack.enter_context(spawn_araldo(*words, env=env, log=log))
            workers = [stack.enter_context(spawn_araldo("worker", env=env, log=log)) for _ in range(self.workers)]
            server = Server(process, port, self.key, answer_s, workers)
            wait_until_up(server.url, process, log)
            time.sleep(_SETTLE_S)  # what a server does once after its start is not measured
            yield server
            for one in (process, *workers):
                one.send_signal(signal.SIGTERM)
            for one in (process, *workers):
                with suppress(subprocess.TimeoutExpired):
                    # A statement that takes minutes is not waited for: the process is killed then.
                    one.wait(_STOP_S)


@contextmanager
def open_system(database: str, accounts: int, workers: int = 0) -> Iterator[BenchSystem]:
    """Run a responder and, unless `database` is "sqlite", a PostgreSQL that syncs to disk; connect all accounts.

    `workers`: so many `araldo worker` publish beside a server that does not; 0: the server does.
    """
    # So that everything is stopped after SIGTERM as it is after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="araldo-bench-")))
        responder = stack.enter_context(running_responder(accounts))
        url = None if database == "sqlite" else stack.enter_context(_postgresql())
        env = environment(folder / "data", free_port())
        env |= {"ARALDO_META__GRAPH_URL": responder.url, "ARALDO_META__APP_ID": APP_ID}
        env |= {"ARALDO_META__APP_SECRET": APP_SECRET, "ARALDO_LOG_LEVEL": "error"}
        # The limit of requests is measured, too, but never reached.
        env |= {"ARALDO_REQUESTS_PER_MINUTE": "1000000"}
        if url is not None:
            env["ARALDO_DATABASE__URL"] = url
        system = BenchSystem(folder, responder, url, env, workers=workers)
        connected = run_araldo("connect", "meta", "--method", "token", env=env, stdin=f"{USER_TOKEN}\n")
        if connected.returncode:
            raise UnexpectedStatus(connected.stdout + connected.stderr)
        system.key = run_araldo("keys", "create", env=env).stdout.strip()
        responder.reset()
        yield system


@contextmanager
def _postgresql() -> Iterator[str]:
    with postgres.running(durable=True) as url:
        with psycopg.connect(f"{url}/postgres", autocommit=True) as admin:
            admin.execute("CREATE DATABASE bench")
        yield f"{url}/bench"

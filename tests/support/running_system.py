"""A running system on loopback: the sandbox and Araldo, each on its own port, a connected account and an API key."""

from __future__ import annotations

import asyncio
import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.message import Message
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from araldo.app import Araldo
from araldo.asgi import create_web
from araldo.sandbox.app import create_app
from araldo.settings import Settings
from araldo.storage.vault import key_file, write_key_file
from araldo.workspaces import store as workspace_store
from araldo.workspaces.keys import make_key
from tests.support.database import open_transaction
from tests.support.leaks import LEAK_DETECTOR
from tests.support.migrated import copy_migrated_file
from tests.support.prepared_state import PreparedState, delete_rows, open_file, save_state, vault_key
from tests.support.sandbox_pool import SANDBOXES
from tests.support.serving import serve_made
from tests.support.waiting import until

# Longer than any call to the sandbox may take.
_FINISH_S = 5.0
# Settings with which what a system has at its start is other than with those of `settings_for`.
_OTHERWISE_PREPARED = {"database", "meta", "secret_keys"}
_PREPARED: dict[tuple[object, ...], PreparedState] = {}


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Message
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


def ask(
    method: str,
    url: str,
    body: object = None,
    headers: Mapping[str, str] | None = None,
    *,
    data: bytes | None = None,
    within_s: float = 90,
) -> Reply:
    """Send one request with the standard library and return the reply, whatever its status."""
    sent = data if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, sent, {"Content-Type": "application/json", **(headers or {})}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=within_s) as answer:
            return Reply(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, error.headers, error.read())


@dataclass
class SandboxClient:
    """The sandbox's control plane."""

    url: str

    def control(self, path: str, body: object = None, method: str | None = None) -> Any:
        return ask(method or ("GET" if body is None else "POST"), f"{self.url}/_sandbox/{path}", body).body

    def state(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = self.control("state")
        return found

    def log(self, path: str = "", method: str | None = None) -> list[dict[str, Any]]:
        return [entry for entry in self.control("log") if path in entry["path"] and method in {None, entry["method"]}]

    def fault(self, **what: object) -> None:
        self.control("faults", what)

    def published_ids(self) -> list[str]:
        """Everything that people could see."""
        state = self.state()
        posts = [post["id"] for post in state["posts"] if post["is_published"]]
        return (
            posts
            + [one["id"] for one in state["media"] if one["parent"] is None]
            + [story["id"] for story in state.get("stories", [])]
        )

    def mint(self, kind: str = "user_long", **more: object) -> str:
        return str(self.control("tokens", {"type": kind, **more})["access_token"])


@dataclass
class RunningSystem:
    url: str
    key: str
    meta: SandboxClient
    settings: Settings

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Reply:
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        reply = ask(method, self.url + path, body, {"Authorization": f"Bearer {self.key}", **extra})
        # Signed media URLs are allowed in responses, other secrets are not.
        LEAK_DETECTOR.scan(f"the answer of {method} {path}", reply.raw, others=False)
        return reply

    def upload(self, data: bytes, filename: str = "foto.jpg", kind: str = "image/jpeg", **more: str) -> Reply:
        """Upload a file to the library as a browser's form does; `more`: the fields `alt` and `tags`, and headers."""
        edge = "araldo-edge"
        fields = "".join(
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{more.pop(name)}\r\n'
            for name in ("alt", "tags")
            if name in more
        )
        head = f'{fields}--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
        body = f"{head}Content-Type: {kind}\r\n\r\n".encode() + data + f"\r\n--{edge}--\r\n".encode()
        return self._send_form("/api/v1/media", body, edge, more)

    def import_posts(self, data: bytes, query: str = "", **headers: str) -> Reply:
        """Import posts from a file as a browser's form sends it."""
        edge = "araldo-edge"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="posts"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{edge}--\r\n".encode()
        return self._send_form(f"/api/v1/posts/import{query}", body, edge, headers)

    def _send_form(self, path: str, body: bytes, edge: str, more: Mapping[str, str]) -> Reply:
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": f"multipart/form-data; boundary={edge}",
            **{name.replace("_", "-"): value for name, value in more.items()},
        }
        return ask("POST", self.url + path, headers=headers, data=body)

    def create(self, wait: float | None = None, **body: object) -> Reply:
        what = {"content": "Ciao a tutti", "platforms": ["facebook"], **body}
        query = "" if wait is None else f"?wait={wait}"
        return self.ask("POST", f"/api/v1/social/create-multi-platform-post{query}", what)


def settings_for(folder: Path, meta_url: str, **more: Any) -> Settings:
    return Settings.model_validate(
        {
            "data_dir": folder / "data",
            "meta": {
                "graph_url": meta_url,
                "app_id": "1000000000000001",
                "app_secret": "sandbox-secret",
            },
            "publish": {"http_timeout_s": 2, "lease_s": 3, "sweep_s": 0.2, "check_gap_s": 0.3},
            "log_level": "error",
            **more,
        }
    )


async def connect_accounts(settings: Settings, token: str | None) -> str:
    """Create an API key and return it; connect the accounts of a token of Meta."""
    if token is None:
        return await add_key_and_connect(settings)
    return await add_key_and_connect(settings, ("meta", "token", {"token": token}))


async def add_key_and_connect(settings: Settings, form: tuple[str, str, Mapping[str, str]] | None = None) -> str:
    """Create an API key and return it, outside of the server as commands do.

    `form`: connect what it finds; a service, its connect method, and the answers.
    """
    araldo = Araldo(settings)
    key = make_key()
    try:
        await araldo.prepare()
        with open_transaction(araldo.database) as transaction:
            workspace = workspace_store.get_or_create_first(transaction, araldo.clock.now())
            workspace_store.add_key(transaction, workspace.id, "test", key, araldo.clock.now())
        if form is not None:
            connection, _ = await araldo.connector.begin(*form, workspace.id, None)
            await araldo.connector.connect_chosen(workspace.id, connection.id, None)
    finally:
        await araldo.close()
    return key.secret


def _delete_rows(settings: Settings) -> None:
    """Delete all rows, as after the server's first start.

    Scans the rows for secrets first, and waits for running deliveries, so that no call of one test arrives in the next.
    """
    with open_file(settings.data_dir / "araldo.db") as connection:
        connection.execute("UPDATE deliveries SET next_at = NULL WHERE next_at IS NOT NULL")
        leased = "SELECT 1 FROM deliveries WHERE lease_until IS NOT NULL LIMIT 1"
        until(lambda: connection.execute(leased).fetchone() is None, within_s=_FINISH_S)
        delete_rows(connection)


@contextmanager
def running_sandbox(data_dir: Path | None = None) -> Iterator[SandboxClient]:
    """Yield a sandbox with its sample data; `data_dir`: one that stores what it has there."""
    stored = None if data_dir is None else serve_made(lambda url: create_app(public_url=url, data_dir=data_dir))
    with stored or SANDBOXES.sandbox() as url:
        meta = SandboxClient(url)
        if stored is None:
            meta.control("reset", {})
        meta.control("settings", {"container_delay_s": 0.1})
        yield meta


@contextmanager
def start_system(folder: Path, *, connect: bool = True, **more: Any) -> Iterator[RunningSystem]:
    with running_sandbox() as meta:
        made: list[tuple[Settings, str]] = []

        def make(url: str) -> FastAPI:
            settings = settings_for(folder, meta.url, port=int(url.rpartition(":")[2]), **more)
            if settings.database.url is None:
                copy_migrated_file(settings.data_dir / "araldo.db")
                write_key_file(key_file(settings.data_dir), [vault_key()])
            if _OTHERWISE_PREPARED & set(more):
                token = meta.mint() if connect else None
                key = asyncio.run(connect_accounts(settings, token))
            else:
                key = _prepare(settings, meta, connect=connect)
            made.append((settings, key))
            return create_web(Araldo(settings))

        with serve_made(make) as url:
            settings, key = made[0]
            yield RunningSystem(url, key, meta, settings)


def _prepare(settings: Settings, meta: SandboxClient, *, connect: bool) -> str:
    """Prepare an empty SQLite database as `connect_accounts` does, and return the API key.

    The first time for the sandbox it is done, after that only what it stored is stored again.
    """
    database = settings.data_dir / "araldo.db"
    # The first workspace has the machine's zone and language; the accounts name the sandbox's address.
    sort = (meta.url, connect, os.environ.get("TZ"), os.environ.get("LC_ALL"))
    state = _PREPARED.get(sort)
    if state is not None:
        meta.control("records", state.records, "PUT")
        return state.store_rows(database)
    meta.control("reset", {})
    meta.control("settings", {"container_delay_s": 0.1})
    key = asyncio.run(connect_accounts(settings, meta.mint() if connect else None))
    _PREPARED[sort] = save_state(database, meta.control("records"))
    return key


@contextmanager
def reset_system(running: RunningSystem, *, connect: bool = True) -> Iterator[RunningSystem]:
    """Reset a running system for one test: empty database and sandbox, one account (`connect`), a new API key.

    For systems on SQLite in the test's own process, of `start_system`. What the server keeps in memory stays.
    """
    _delete_rows(running.settings)
    key = _prepare(running.settings, running.meta, connect=connect)
    try:
        yield replace(running, key=key)
    finally:
        _delete_rows(running.settings)

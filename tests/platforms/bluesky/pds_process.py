"""A real PDS, in a process of its own: accounts are made, suspended and read there as anybody does, over HTTP."""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.support.leaks import LEAK_DETECTOR
from tests.support.running_system import Reply, ask

POST = "app.bsky.feed.post"
_HERE = Path(__file__).parent / "pds"
_WITH_NODE = Path(__file__).parents[3] / "web" / "with-node.sh"


@dataclass(frozen=True)
class PdsAccount:
    """`password` is the account's own, `app_password` one that can be deleted."""

    did: str
    handle: str
    password: str
    app_password: str


@dataclass(frozen=True)
class Pds:
    """`url`: of the server itself; `plc_url`: of the directory of identities."""

    url: str
    plc_url: str
    admin_password: str

    def call(self, method: str, body: object = None, *, token: str | None = None, **params: str) -> Reply:
        """Call an XRPC method: a query without a body, a procedure with one."""
        url = f"{self.url}/xrpc/{method}" + (f"?{urlencode(params)}" if params else "")
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return ask("GET" if body is None else "POST", url, body, headers)

    def expect(self, method: str, body: object = None, *, token: str | None = None, **params: str) -> Any:
        reply = self.call(method, body, token=token, **params)
        assert reply.status == 200, reply.raw
        return reply.body if reply.raw else None

    def create_account(self, name: str) -> PdsAccount:
        handle, password = f"{name}.test", secrets.token_hex(12)
        asked = {"handle": handle, "email": f"{name}@example.test", "password": password}
        made = self.expect("com.atproto.server.createAccount", asked)
        app_password = self.create_app_password(made["accessJwt"], "araldo")
        return PdsAccount(made["did"], handle, password, app_password)

    def create_app_password(self, token: str, name: str) -> str:
        made = self.expect("com.atproto.server.createAppPassword", {"name": name}, token=token)
        return LEAK_DETECTOR.register_value(str(made["password"]))

    def log_in(self, handle: str, password: str) -> Mapping[str, Any]:
        session = self.expect("com.atproto.server.createSession", {"identifier": handle, "password": password})
        for name in ("accessJwt", "refreshJwt"):
            LEAK_DETECTOR.register_value(session[name])
        found: Mapping[str, Any] = session
        return found

    def set_suspended(self, did: str, suspended: bool) -> None:
        subject = {"$type": "com.atproto.admin.defs#repoRef", "did": did}
        body = {"subject": subject, "takedown": {"applied": suspended, "ref": "test"}}
        word = base64.b64encode(f"admin:{self.admin_password}".encode()).decode()
        url = f"{self.url}/xrpc/com.atproto.admin.updateSubjectStatus"
        assert ask("POST", url, body, {"Authorization": f"Basic {word}"}).status == 200

    def posts(self, did: str) -> list[dict[str, Any]]:
        """Return everything that the account has posted, as anybody reads it."""
        posts: list[dict[str, Any]] = []
        page: dict[str, str] = {}
        while True:
            found = self.expect("com.atproto.repo.listRecords", repo=did, collection=POST, limit="100", **page)
            posts += found["records"]
            if not found.get("cursor"):
                return posts
            page = {"cursor": found["cursor"]}

    def delete_posts(self, did: str, token: str) -> None:
        for post in self.posts(did):
            key = post["uri"].rpartition("/")[2]
            asked = {"repo": did, "collection": POST, "rkey": key}
            self.expect("com.atproto.repo.deleteRecord", asked, token=token)


@contextmanager
def running_pds(**options: str) -> Iterator[Pds]:
    """Start the server and stop it at the end of the block. Fails where its packages are not installed.

    `options`: those of pds/server.js.
    """
    if not (_HERE / "node_modules").is_dir():
        raise RuntimeError("the PDS is not installed: run `make tests/platforms/bluesky/pds/node_modules/.installed`")
    with tempfile.TemporaryDirectory() as folder:
        # Not below pytest's own folder, which is searched for secrets: a server's files have its own.
        command = [str(_WITH_NODE), "node", str(_HERE / "server.js"), folder, json.dumps(options)]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment(folder), text=True
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            said = next((json.loads(line) for line in process.stdout if '"plc"' in line), None)
            if said is None:
                raise RuntimeError("the PDS did not start")
            yield Pds(said["pds"], said["plc"], said["admin_password"])
        finally:
            process.stdin.close()
            process.stdout.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def _environment(folder: str) -> dict[str, str]:
    return {**os.environ, "LOG_ENABLED": "false", "NODE_ENV": "production", "TMPDIR": folder}

"""Client addresses: X-Forwarded-For of a trusted proxy only, for throttling and the audit log."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send

from araldo.api.middleware import RequestLogMiddleware
from araldo.workspaces.audit import Actor, ActorKind, current_actor
from tests.support.browsing import signed_in
from tests.support.running_system import RunningSystem, ask, start_system

SESSION = "/api/v1/session"
PASSWORD = "quattro gatti sul tetto"
STRANGER, OWNER = "203.0.113.9", "198.51.100.1"


def sign_in(home: RunningSystem, password: str, forwarded_for: str) -> int:
    body = {"name": "owner", "password": password}
    return ask("POST", home.url + SESSION, body, {"X-Forwarded-For": forwarded_for}).status


def with_password(home: RunningSystem) -> None:
    assert signed_in(home).ask("PUT", f"{SESSION}/password", {"new": PASSWORD}).status == 204


def addresses(home: RunningSystem, action: str) -> list[str]:
    return [one["address"] for one in home.ask("GET", f"/api/v1/audit?limit=100&action={action}").body["data"]]


def test_a_stranger_behind_the_same_proxy_locks_out_only_themselves(home: RunningSystem) -> None:
    with_password(home)
    # What a client itself sends stands before what the proxy adds.
    tries = [sign_in(home, "wrong", f"{OWNER}, 10.9.{number}.1, {STRANGER}") for number in range(12)]
    assert tries == [401] * 10 + [429] * 2
    assert sign_in(home, PASSWORD, STRANGER) == 429
    assert sign_in(home, PASSWORD, OWNER) == 200
    assert addresses(home, "sign_in_failed") == [STRANGER] * 10
    assert addresses(home, "locked_out") == [STRANGER]
    assert addresses(home, "signed_in")[0] == OWNER


def test_only_a_trusted_proxy_sets_the_client_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "192.0.2.1")
    with start_system(tmp_path, connect=False) as home:
        with_password(home)
        assert [sign_in(home, "wrong", f"10.0.0.{number}") for number in range(11)] == [401] * 10 + [429]
        assert set(addresses(home, "sign_in_failed")) == {"127.0.0.1"}


def test_invalid_links_do_not_fill_the_audit_log_nor_block_a_valid_one(home: RunningSystem) -> None:
    for number in range(40):
        reply = ask("POST", home.url + SESSION, {"link": f"aral_{number}"}, {"X-Forwarded-For": STRANGER})
        assert reply.body["code"] == "link_invalid"
    assert _entries_of_nobody(home) == 30
    reply = ask("POST", home.url + SESSION, {"link": "aral_x"}, {"X-Forwarded-For": OWNER})
    assert reply.body["code"] == "link_invalid"
    assert _entries_of_nobody(home) == 31
    signed_in(home)


def _entries_of_nobody(home: RunningSystem) -> int:
    with closing(sqlite3.connect(home.settings.data_dir / "araldo.db")) as database:
        (count,) = database.execute("SELECT count(*) FROM audit_log WHERE action = 'sign_in_failed'").fetchone()
    return int(count)


async def test_a_pipelined_request_does_not_inherit_the_actor() -> None:
    """A pipelined request runs in the context of the request before it."""
    seen: list[Actor] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(current_actor.get())
        current_actor.set(Actor(ActorKind.KEY, "key_1", "Blog", OWNER))

    async def nothing(message: Message | None = None) -> Message:
        return {"type": "http.disconnect"}

    for peer in ((OWNER, 1), (STRANGER, 2), None):
        scope: Scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "client": peer}
        await RequestLogMiddleware(app)(scope, nothing, nothing)  # type: ignore[arg-type]  # one stand-in for both
    assert seen == [Actor(ActorKind.UNKNOWN, address=address) for address in (OWNER, STRANGER, None)]

"""Two servers on one database, SQLite or PostgreSQL: what they count, they count together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from fastapi import FastAPI

from araldo.app import Araldo
from araldo.asgi import create_web
from araldo.clock import SystemClock
from araldo.workspaces.login_throttle import MAX_TRIES_PER_NAME
from tests.support.running_system import Reply, ask, connect_accounts, settings_for
from tests.support.serving import serve_made


class WholeMinuteClock(SystemClock):
    """The machine's clock, moved so that a minute begins now: no window ends within the test."""

    def __init__(self) -> None:
        started = super().now()
        self._offset = started.replace(second=0, microsecond=0) - started

    def now(self) -> datetime:
        return super().now() + self._offset


@contextmanager
def two_servers(tmp_path: Path, **settings: object) -> Iterator[tuple[list[str], str]]:
    """Yield the URLs of two servers on one database, and an API key."""
    clock = WholeMinuteClock()
    shared = settings_for(tmp_path, "http://127.0.0.1:9", requests_per_minute=6, **settings)
    key = asyncio.run(connect_accounts(shared, None))

    def make(url: str) -> FastAPI:
        return create_web(Araldo(shared.model_copy(update={"port": int(url.rpartition(":")[2])}), clock))

    with serve_made(make) as first, serve_made(make) as second:
        yield [first, second], key


@pytest.fixture(params=["sqlite", "postgresql"])
def database_settings(request: pytest.FixtureRequest) -> dict[str, object]:
    return {} if request.param == "sqlite" else {"database": {"url": request.getfixturevalue("fresh_postgres")}}


def test_failed_sign_ins_count_over_two_servers_and_through_a_restart(
    tmp_path: Path, database_settings: dict[str, object]
) -> None:
    def sign_in(url: str) -> int:
        return ask("POST", f"{url}/api/v1/session", {"name": "owner", "password": "no"}).status

    with two_servers(tmp_path, **database_settings) as (urls, _):
        assert [sign_in(urls[number % 2]) for number in range(MAX_TRIES_PER_NAME)] == [401] * MAX_TRIES_PER_NAME
        assert [sign_in(url) for url in urls] == [429, 429]
    with two_servers(tmp_path, **database_settings) as (restarted, _):
        assert [sign_in(url) for url in restarted] == [429, 429]


def test_the_limit_of_a_key_and_its_headers_hold_over_two_servers(
    tmp_path: Path, database_settings: dict[str, object]
) -> None:
    with two_servers(tmp_path, **database_settings) as (urls, key):

        def send(number: int, method: str = "GET", body: object = None) -> Reply:
            url = f"{urls[number % 2]}/api/v1/posts"
            return ask(method, url, body, {"Authorization": f"Bearer {key}", "Accept-Language": "it"})

        replies = [send(number) for number in range(5)]
        replies.append(send(5, "POST", {"content": "Ciao"}))
        assert [reply.status for reply in replies] == [200] * 5 + [201]
        assert [reply.headers["ratelimit"].partition(";t=")[0] for reply in replies] == [
            f'"key";r={left}' for left in range(5, -1, -1)
        ]
        assert {reply.headers["ratelimit-policy"] for reply in replies} == {'"key";q=6;w=60'}
        for refused in (send(0), send(1), send(0, "POST", {"content": "Ciao"})):
            assert (refused.status, refused.body["code"]) == (429, "too_many")
            assert "6 richieste in questo minuto" in refused.body["detail"]
            assert refused.headers["ratelimit"].startswith('"key";r=0;t=')
            assert 0 < int(refused.headers["retry-after"]) <= 60
        # What needs no key is not limited, and says nothing of limits.
        healthy = ask("GET", f"{urls[0]}/api/v1/health")
        assert (healthy.status, healthy.headers["ratelimit"]) == (200, None)

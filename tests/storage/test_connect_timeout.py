"""Connecting to a PostgreSQL that does not answer."""

from __future__ import annotations

import socket

import pytest

from araldo.clock import SystemClock
from araldo.storage.connections import with_connect_timeout
from araldo.storage.database import Database


@pytest.mark.parametrize(
    ("url", "limited"),
    [
        ("sqlite:////tmp/araldo.db", "sqlite:////tmp/araldo.db"),
        ("postgresql+psycopg://db/araldo", "postgresql+psycopg://db/araldo?connect_timeout=10"),
        ("postgresql+psycopg://db/a?sslmode=require", "postgresql+psycopg://db/a?sslmode=require&connect_timeout=10"),
        ("postgresql+psycopg://db/araldo?connect_timeout=3", "postgresql+psycopg://db/araldo?connect_timeout=3"),
    ],
)
def test_an_attempt_to_connect_is_limited(url: str, limited: str) -> None:
    assert with_connect_timeout(url) == limited


async def test_a_server_that_accepts_and_never_answers_is_given_up() -> None:
    """As one that is stopping: the system takes connections that nobody serves any more."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        database = Database(f"postgresql+psycopg://araldo@127.0.0.1:{port}/araldo?connect_timeout=2", SystemClock())
        assert not await database.is_reachable()
        await database.close()

"""Fixtures that every test may use: both databases, a clock that tests hand in, and a look for leaked secrets."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings

from araldo.storage.database import Database
from tests.support import postgres
from tests.support.clock import FakeClock
from tests.support.leaks import WATCH, no_secret_leaks

__all__ = ["no_secret_leaks"]

# The same examples in every run, so that a red run means a change and never luck; `make explore` looks for new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with postgres.running() as url:
        yield url


@pytest.fixture
def fresh_postgres(postgres_url: str) -> Iterator[str]:
    """An empty database of the test's own."""
    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(f"{postgres_url}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
    yield f"{postgres_url}/{name}"
    WATCH.look_in_postgres(f"{postgres_url}/{name}")
    with psycopg.connect(f"{postgres_url}/postgres", autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Migrated and empty; every test that takes it runs on both."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
    else:
        url = request.getfixturevalue("fresh_postgres").replace("postgresql://", "postgresql+psycopg://")
    opened = Database(url)
    await opened.migrate()
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()

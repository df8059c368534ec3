"""Fixtures of all tests: both databases, a fake clock, and the detection of leaked secrets."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
import structlog

from araldo.storage.database import Database
from tests.support import postgres, tiers
from tests.support.clock import FakeClock
from tests.support.compiled import shared_compilation
from tests.support.database import open_reading
from tests.support.examples import register_profiles
from tests.support.leaks import LEAK_DETECTOR, no_secret_leaks
from tests.support.migrated import copy_migrated_file, make_template, postgres_database
from tests.support.passwords import cheap_passwords, real_passwords
from tests.support.postgres_pool import PostgresPool
from tests.support.s3 import S3Server, start_s3
from tests.support.sandbox_pool import SANDBOXES
from tests.support.shared_images import shared_images
from tests.support.statuses import wrong_statuses
from tests.support.temporary import keep_temporary_files_in_memory

__all__ = ["cheap_passwords", "no_secret_leaks", "real_passwords", "shared_compilation", "shared_images"]

register_profiles()
keep_temporary_files_in_memory()
# New workspaces have the machine's zone and language: the same for all tests, wherever they run.
os.environ |= {"TZ": "Europe/Rome", "LC_ALL": "C.UTF-8"}


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in tiers.MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
    # Rich's tracebacks, with which structlog begins where Rich is installed, take a third of a failing delivery's time.
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])
    SANDBOXES.open()


def pytest_unconfigure() -> None:
    SANDBOXES.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        tiers.mark(item)
    tiers.spread_waiting_files(items)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this process, with the template that databases are copied from."""
    with postgres.running() as url:
        make_template(url)
        yield url


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """An S3 server of this process; each test stores under a prefix of its own."""
    with start_s3() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_pool(postgres_url: str) -> Iterator[PostgresPool]:
    pool = PostgresPool(postgres_url)
    yield pool
    pool.close()


@pytest.fixture
def fresh_postgres(postgres_pool: PostgresPool) -> Iterator[str]:
    """A database of the test's own, migrated and without rows."""
    with postgres_pool.database() as url:
        yield url


@pytest.fixture
def empty_postgres(postgres_url: str) -> Iterator[str]:
    """A database of the test's own, without a schema."""
    with postgres_database(postgres_url, migrated=False) as url:
        yield url
        with psycopg.connect(url, autocommit=True) as connection:
            LEAK_DETECTOR.scan_postgres(connection)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Database]:
    """A migrated, empty database; every test with this fixture runs on SQLite and PostgreSQL.

    Whatever the test did, each post has the status that its deliveries give it.
    """
    if request.param == "sqlite":
        copy_migrated_file(tmp_path / "test.db")
        url = f"sqlite:///{tmp_path / 'test.db'}"
    else:
        url = request.getfixturevalue("fresh_postgres").replace("postgresql://", "postgresql+psycopg://")
    opened = Database(url, clock)
    clock.before_advance.append(opened.wait_until_idle)
    yield opened
    with open_reading(opened) as transaction:
        wrong = wrong_statuses(transaction)
    await opened.close()
    assert wrong == {}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()

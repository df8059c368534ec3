"""The tests' own reuse of PostgreSQL connections: each is as new, and one that has ended is not handed out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import Engine, NullPool, text

from tests.support.compiled import create_sharing_engine
from tests.support.kept_connections import KEPT_CONNECTIONS
from tests.support.postgres_pool import PostgresPool


def open_engine(url: str) -> Engine:
    return create_sharing_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)


@pytest.fixture
def engine(fresh_postgres: str) -> Engine:
    return open_engine(fresh_postgres)


def pid_of(engine: Engine) -> int:
    """Open a connection and close it again; return its process id."""
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


def test_a_connection_is_used_again_as_new(engine: Engine) -> None:
    with engine.connect() as connection:
        for statement in ("SET lock_timeout = 7", "SELECT pg_advisory_lock(1)", "LISTEN araldo"):
            connection.execute(text(statement))
        connection.commit()
        connection.execute(text("CREATE TABLE left_behind (id int)"))
        first = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() == first
        assert connection.execute(text("SHOW lock_timeout")).scalar_one() == "0"
        assert connection.execute(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM pg_listening_channels()")).scalar_one() == 0
        assert connection.execute(text("SELECT to_regclass('left_behind')")).scalar_one() is None


def test_a_connection_that_ended_meanwhile_is_not_handed_out(engine: Engine, fresh_postgres: str) -> None:
    first = pid_of(engine)
    with psycopg.connect(fresh_postgres, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
    assert pid_of(engine) != first


@pytest.fixture
def pool(postgres_url: str) -> Iterator[PostgresPool]:
    with closing(PostgresPool(postgres_url)) as opened:
        yield opened


def test_a_connection_that_a_test_leaves_open_is_ended_and_no_other(pool: PostgresPool) -> None:
    with pool.database() as url:
        left = psycopg.connect(url)
        name = left.info.dbname
        kept = pid_of(open_engine(url))
    with closing(left), pytest.raises(psycopg.OperationalError):
        left.execute("SELECT 1")
    assert KEPT_CONNECTIONS.pids(name) == [kept]
    with pool.database() as again:
        assert pid_of(open_engine(again)) == kept

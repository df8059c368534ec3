"""Commands on a database that a newer version has migrated say so in one sentence and change nothing."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.support.migrated import copy_migrated_file
from tests.support.processes import environment, free_port, run_araldo

_NEWER = "UPDATE alembic_version SET version_num = '9999'"


@pytest.fixture(params=["sqlite", "postgresql"])
def newer(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The environment of commands on such a database."""
    data = tmp_path / "data"
    if request.param == "sqlite":
        copy_migrated_file(data / "araldo.db")
        with closing(sqlite3.connect(data / "araldo.db")) as connection, connection:
            connection.execute(_NEWER)
        return environment(data, free_port())
    url: str = request.getfixturevalue("fresh_postgres")
    with psycopg.connect(url) as opened:
        opened.execute(_NEWER)
    return environment(data, free_port(), ARALDO_DATABASE__URL=url)


def test_a_start_refuses_with_one_sentence(newer: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "araldo", "up"], env=newer, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("A newer version of Araldo has used this database (its schema is 9999,")
    assert "Traceback" not in done.stdout + done.stderr


def test_other_commands_refuse_too(newer: dict[str, str]) -> None:
    listed = run_araldo("users", "list", env=newer)
    assert (listed.returncode, listed.stdout) == (1, "")
    assert listed.stderr.startswith("A newer version of Araldo has used this database")
    assert len(listed.stderr.splitlines()) == 1
    examined = run_araldo("doctor", env=newer)
    assert examined.returncode == 1
    assert "✗ A newer version of Araldo has used this database" in examined.stdout

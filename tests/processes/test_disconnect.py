"""`araldo disconnect`: names what will wait, asks, and deletes the credentials."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.processes import environment, run_araldo
from tests.support.running_system import RunningSystem, start_system


@pytest.fixture
def home(tmp_path: Path) -> Iterator[RunningSystem]:
    with start_system(tmp_path) as opened:
        yield opened


def accounts(home: RunningSystem) -> dict[str, dict[str, Any]]:
    return {one["kind"]: one for one in home.ask("GET", "/api/v1/accounts").body["data"]}


def test_it_names_what_will_wait_and_asks_first(home: RunningSystem) -> None:
    env = environment(home.settings.data_dir, urlsplit(home.url).port or 0, home.meta)
    made = home.create(content="Apriamo", schedule_time="2031-06-01T09:00:00+02:00").body
    page_id = accounts(home)["facebook_page"]["id"]

    declined = run_araldo("disconnect", page_id, env=env, stdin="n\n")
    assert (declined.returncode, "Nothing was changed." in declined.stdout) == (0, True)
    assert "facebook, Sun 1 Jun 2031" in declined.stdout
    assert "Apriamo" in declined.stdout
    nobody = run_araldo("disconnect", page_id, env=env)
    assert (nobody.returncode, "--yes" in nobody.stderr, "Traceback" in nobody.stderr) == (1, True, False)
    assert accounts(home).keys() == {"facebook_page", "instagram_account"}

    done = run_araldo("disconnect", page_id, "--yes", env=env)
    assert (done.returncode, "Its credentials are deleted." in done.stdout) == (0, True), done.stderr
    assert accounts(home).keys() == {"instagram_account"}
    (row,) = home.ask("GET", f"/api/v1/posts/{made['job_id']}").body["platforms"]
    assert row["state"] == "needs_reconnect"


def test_an_unknown_account_is_one_sentence(home: RunningSystem) -> None:
    env = environment(home.settings.data_dir, urlsplit(home.url).port or 0, home.meta)
    unknown = run_araldo("disconnect", "acc_nowhere", "--yes", env=env)
    assert (unknown.returncode, "Traceback" in unknown.stderr, len(unknown.stderr.splitlines())) == (1, False, 1)

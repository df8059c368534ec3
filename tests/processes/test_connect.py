"""`araldo connect meta` in the terminal: consent, log-in, choice of Pages, and Pages that cannot be chosen."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.login_dialog import PAGE, Browser, complete_login
from tests.support.processes import environment, run_araldo
from tests.support.running_system import RunningSystem, start_system
from tests.support.waiting import until


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[RunningSystem]:
    with start_system(tmp_path, connect=False) as opened:
        yield opened


def surroundings(home: RunningSystem, **more: str) -> dict[str, str]:
    return environment(home.settings.data_dir, urlsplit(home.url).port or 0, home.meta, **more)


@contextmanager
def connecting(home: RunningSystem, log: Path, **more: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run the command and yield it, while it waits for the log-in, with the URL that it printed."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "araldo", "connect", "meta"],
            env=surroundings(home, **more),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        printed = re.compile(r"^http\S+/consent\?\S+$", re.MULTILINE)
        until(lambda: process.poll() is not None or printed.search(log.read_text()) is not None)
        found = printed.search(log.read_text())
        assert found is not None, log.read_text()
        yield process, found[0]
    finally:
        process.kill()
        process.wait()


def test_the_printed_login_url_asks_for_consent_and_leads_to_the_selection(
    empty: RunningSystem, tmp_path: Path
) -> None:
    log = tmp_path / "out"
    with connecting(empty, log) as (process, url):
        browser = Browser()
        assert "Connect your accounts to “Araldo”?" in browser.open(url).raw.decode()
        page = complete_login(url, browser=browser)
        assert "What do you want to connect?" in page.raw.decode()
        browser.url = f"{empty.url}/api/v1/connections/chosen"
        assert "Studio Demo" in browser.submit(page, "").raw.decode()
        assert process.wait(30) == 0
    assert "You chose in the browser: it is connected." in log.read_text()
    assert len(empty.ask("GET", "/api/v1/accounts").body["data"]) == 2


def test_a_login_in_the_wrong_browser_ends_the_command_with_the_reason(empty: RunningSystem, tmp_path: Path) -> None:
    log = tmp_path / "out"
    with connecting(empty, log, LANG="it_IT.UTF-8") as (process, url):
        consented = Browser()
        consented.submit(consented.open(url), "continue")
        assert complete_login(consented.url, browser=Browser()).status == 403
        assert process.wait(30) != 0
    assert "Questo accesso è iniziato in un altro browser" in log.read_text()
    assert empty.ask("GET", "/api/v1/accounts").body["data"] == []


def test_pages_that_cannot_be_connected_are_left_out_or_reported(empty: RunningSystem) -> None:
    closed = empty.meta.control("pages", {"name": "Sola lettura", "tasks": ["ANALYZE"]})
    env, token = surroundings(empty), empty.meta.mint("user_long")
    named = run_araldo("connect", "meta", "--method", "token", "--account", closed["id"], env=env, stdin=token)
    assert (named.returncode != 0, "CREATE_CONTENT" in named.stderr) == (True, True)
    done = run_araldo("connect", "meta", "--method", "token", env=env, stdin=token)
    assert (done.returncode, done.stdout.count("Connected:"), "Sola lettura" in done.stdout) == (0, 2, False)
    empty.meta.control(f"pages/{PAGE}", {"tasks": []})
    none = run_araldo("connect", "meta", "--method", "token", env=env, stdin=token)
    assert (none.returncode != 0, "Meta Business Suite" in none.stderr) == (True, True)


def test_an_incomplete_list_is_reported_in_the_terminal(empty: RunningSystem) -> None:
    for number in range(101):
        empty.meta.control("pages", {"name": f"N{number}"})
    empty.meta.fault(method="GET", path="me/accounts", kind="reset", skip=1)
    token = empty.meta.mint("user_long")
    done = run_araldo("connect", "meta", "--method", "token", "--account", PAGE, env=surroundings(empty), stdin=token)
    assert done.returncode == 0
    assert "Some Pages may be missing: the list of your Pages could not be read beyond 100" in done.stderr

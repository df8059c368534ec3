"""Markers of the tests that `make quick` leaves out: those that need a browser, processes or PostgreSQL."""

from __future__ import annotations

import inspect

import pytest

MARKERS = {
    "browser": "drives Chromium",
    "process": "starts commands of ours, or a whole system with its image process",
    "postgres": "needs a PostgreSQL server",
}
# Folders and files, below tests/.
_PLACES = {
    "browser/": "browser",
    "chaos/": "process",
    "images/test_process.py": "process",
    "processes/": "process",
    "sandbox/test_killed.py": "process",
    "test_cli.py": "process",
    "test_cli_imports.py": "process",
    "test_server.py": "process",
    "tools/test_scaffold.py": "process",
    "tools/test_site.py": "process",
}


def mark(item: pytest.Item) -> None:
    """Add the markers that follow from a test's location and fixtures."""
    place = item.nodeid.removeprefix("tests/")
    for beginning, marker in _PLACES.items():
        if place.startswith(beginning):
            item.add_marker(marker)
    if (place.startswith("api/") and _takes_fixtures(item)) or _starts_a_system(item) or _uses(item, "s3", "s3"):
        item.add_marker("process")
    if _uses(item, "postgres_url", "postgresql"):
        item.add_marker("postgres")


# By when of a run, as a share of its files, all that wait have begun.
_WAITING_UNTIL = 0.8


def spread_waiting_files(items: list[pytest.Item]) -> None:
    """Sort files so that some wait for processes and browsers while others compute; at the end all compute.

    Else all workers wait at the same time, and at the end one after the other has nothing left while one waits.
    """
    waits = {item.path for item in items if {"browser", "process"} & {marker.name for marker in item.iter_markers()}}
    paths = list(dict.fromkeys(item.path for item in items))
    waiting, computing = [path for path in paths if path in waits], [path for path in paths if path not in waits]
    place = {path: number / len(computing) for number, path in enumerate(computing)}
    place |= {path: number / len(waiting) * _WAITING_UNTIL for number, path in enumerate(waiting)}
    items.sort(key=lambda item: place[item.path])


def _takes_fixtures(item: pytest.Item) -> bool:
    """Return whether the test has parameters that are not parametrized: in tests/api/ these are running systems."""
    given = set(inspect.signature(getattr(item, "function", lambda: None)).parameters)
    for variants in item.iter_markers("parametrize"):
        names = variants.args[0]
        if not variants.kwargs.get("indirect"):
            given -= set(names.replace(",", " ").split() if isinstance(names, str) else names)
    return bool(given)


def _starts_a_system(item: pytest.Item) -> bool:
    """Return whether it takes the fixture `home`, or calls `start_system` itself."""
    code = getattr(getattr(item, "function", None), "__code__", None)
    return "home" in getattr(item, "fixturenames", ()) or (code is not None and "start_system" in code.co_names)


def _uses(item: pytest.Item, fixture: str, variant: str) -> bool:
    """Return whether it takes the server's fixture, or runs as the variant of that name."""
    variants = getattr(item, "callspec", None)
    chosen = () if variants is None else variants.params.values()
    # Only text is compared: other variants take long to turn into it, some are megabytes.
    named = any(isinstance(one, str) and one == variant for one in chosen)
    return named or fixture in getattr(item, "fixturenames", ())

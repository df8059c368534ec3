"""How long the calendar holds the browser's main thread while a post is dragged: a full month beside one post."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, sync_playwright
from tests.support import chromium
from tests.support.processes import run_araldo
from tests.support.waiting import until

from bench.system import BenchSystem, Server, open_system
from bench.table import print_table

VIEWS = ("month", "week")
# A drag over some twelve cells, ten moves of the pointer in each.
_MOVES, _CELLS = 120, 12
_ROUNDS = 3
_CATEGORIES = ["devtools.timeline", "toplevel"]
_CARD = ("facebook",)
# Evaluated, not waited for by the page: its Content-Security-Policy allows no script that is text.
_ALL_LOADED = """[...document.images]
  .filter((image) => image.getBoundingClientRect().top < innerHeight).every((image) => image.complete)"""
# The day of the month whose week is looked at.
_DAY = 11


@dataclass(frozen=True, slots=True)
class MainThread:
    """What the page's main thread did during a drag, in milliseconds: its longest task, and all of them.

    CPU hardly minds what else the machine does; `longest_wall` is what a person sees.
    """

    longest_cpu: float
    longest_wall: float
    total_cpu: float


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--posts", type=int, default=500, help="in the full month")
    posts = options.parse_args().posts
    now = datetime.now(UTC)
    # Two whole months ahead, so that each of their days can be dropped on.
    full, sparse = _month_after(now.date(), 2), _month_after(now.date(), 4)
    with open_system("sqlite", 1) as system, system.start() as server:
        _fill(server, full, posts)
        _fill(server, sparse, 1)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium.find_or_install(), args=chromium.FLAGS)
            found = {
                (view, posts if month == full else 1): _measure(browser, system, server, view, month)
                for view in VIEWS
                for month in (full, sparse)
            }
            browser.close()
    print_table(
        ("view", "posts in the month", "longest task, ms CPU", "longest task, ms", "all tasks, ms CPU"),
        [
            (view, str(count), f"{one.longest_cpu:.0f}", f"{one.longest_wall:.0f}", f"{one.total_cpu:.0f}")
            for (view, count), one in found.items()
        ],
    )


def _month_after(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _fill(server: Server, month: date, posts: int) -> None:
    """Schedule so many posts with a picture in 28 days of the month, evenly, beginning with the day in sight."""
    start = datetime(month.year, month.month, _DAY, 8, tzinfo=UTC)
    made = []
    for number in range(posts):
        due = start + timedelta(days=(number * 28 // posts + _DAY - 1) % 28 - _DAY + 1, minutes=number % 28 * 20)
        made.append(server.create(f"Pane del giorno {number}", _CARD, schedule_time=due.isoformat()))
    server.wait_for_pictures(made)


def _measure(browser: Browser, system: BenchSystem, server: Server, view: str, month: date) -> MainThread:
    """Return the worst of some drags, each on a page that was loaded anew."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 800}, timezone_id="UTC")
    printed = run_araldo("users", "link", env=system.env | {"ARALDO_PORT": str(server.port)}).stdout
    link = next(word for word in printed.split() if "/sign-in#" in word)
    assert context.request.post("/api/v1/session", data={"link": link.partition("#")[2]}).ok
    rounds = []
    for number in range(_ROUNDS):
        page = context.new_page()
        page.goto(f"/calendar?view={view}&date={month.replace(day=_DAY)}")
        entry = page.locator("[data-entry]").first
        entry.wait_for()
        until(partial(page.evaluate, _ALL_LOADED))
        trace = system.folder / f"{view}-{month}-{number}.json"
        browser.start_tracing(page=page, path=trace, categories=_CATEGORIES)
        _drag(page, entry)
        browser.stop_tracing()
        rounds.append(_main_thread(trace))
        page.close()
    context.close()
    return max(rounds, key=lambda one: one.longest_wall)


def _drag(page: Page, entry: Locator) -> None:
    """Drag the entry over the cells in sight and back to its own, where a drop changes nothing."""
    start = _middle(entry)
    cells = page.locator("[data-drop]")
    places = [_middle(cells.nth(number)) for number in range(min(cells.count(), _CELLS))]
    page.mouse.move(*start)
    page.mouse.down()
    for place in (*places, start):
        page.mouse.move(*place, steps=_MOVES // _CELLS)
    page.mouse.up()


def _middle(shown: Locator) -> tuple[float, float]:
    box = shown.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + min(box["height"], 40) / 2


def _main_thread(trace: Path) -> MainThread:
    """Return what the trace has of the renderer's main thread: its tasks, without those inside others."""
    events: Sequence[Mapping[str, Any]] = json.loads(trace.read_text())["traceEvents"]
    mains = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        (one["tdur"] / 1000, one["dur"] / 1000)
        for one in events
        if one["name"].endswith("RunTask") and "tdur" in one and (one["pid"], one["tid"]) in mains
    ]
    assert tasks, "the trace has no task of the page"
    return MainThread(max(tasks)[0], max(wall for _, wall in tasks), sum(cpu for cpu, _ in tasks))


if __name__ == "__main__":
    main()

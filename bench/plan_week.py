"""How long a person takes to plan a week of posts on three platforms: every click and key in a browser, from nothing.

A person's own time is the keystroke-level model's (Card, Moran and Newell 1980); the waiting is measured.
"""

from __future__ import annotations

import os
import re
import signal
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright
from tests.support import chromium
from tests.support.processes import environment, free_port, spawn_araldo
from tests.support.waiting import until

from bench.table import print_table

# Seconds: a key by an average typist, pointing at something and pressing, deciding what to do next.
_KEY_S, _CLICK_S, _THINK_S = 0.28, 1.3, 1.35
_PLATFORMS = ("facebook", "instagram", "instagram_story")
_WAIT_MS = 60_000
# A bakery's week: text, call to action, hashtags.
_WEEK = (
    ("Lunedì si riparte: pane integrale ai semi, impastato stanotte e ancora caldo.", "Passa in bottega", "pane forno"),
    ("Oggi la focaccia al rosmarino esce alle 11. Chi arriva prima sceglie l'angolo!", "Ordina la tua", "focaccia"),
    (
        "A metà settimana ci vuole un dolce: crostata di albicocche, la ricetta di nonna.",
        "Vieni ad assaggiarla",
        "dolci",
    ),
    ("Laboratorio per bambini: sabato impariamo a fare i grissini. Posti limitati.", "Prenota un posto", "bambini"),
    ("Il venerdì è pizza in teglia, a lievitazione lenta. Fino alle 21.", "Ordina entro le 18", "pizza venerdì"),
    ("Sabato mattina siamo al mercato contadino di piazza Grande, dalle 8 alle 13.", "Ci vediamo lì", "mercato"),
    ("Domenica aperti fino alle 13: brioche, cornetti e il caffè lo offriamo noi.", "Buona domenica", "colazione"),
)


@dataclass
class Person:
    """Acts in the page and counts: `keys`, `clicks`, `decisions`, and the seconds spent on them."""

    page: Page
    keys: int = 0
    clicks: int = 0
    decisions: int = 0

    def click(self, target: Locator) -> None:
        self.clicks += 1
        target.click(timeout=_WAIT_MS)

    def type(self, target: Locator, text: str) -> None:
        """Click into a field and type key by key."""
        self.click(target)
        self.keys += len(text)
        target.press_sequentially(text)

    def decide(self) -> None:
        self.decisions += 1

    @property
    def own_s(self) -> float:
        return self.keys * _KEY_S + self.clicks * _CLICK_S + self.decisions * _THINK_S


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="araldo-bench-") as folder:
        log, port = Path(folder) / "run.log", free_port()
        env = environment(Path(folder) / "data", port, ARALDO_SANDBOX__PORT=str(free_port()))
        started = time.perf_counter()
        with spawn_araldo("run", env=env, log=log) as process:
            link = _printed_link(log)
            start_s = time.perf_counter() - started
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium.find_or_install(), args=chromium.FLAGS)
                page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-GB", timezone_id="UTC")
                person = Person(page)
                began = time.perf_counter()
                page.goto(link)
                _plan(person, _next_monday(datetime.now(UTC).date()))
                waited_s = time.perf_counter() - began
                if shown := os.environ.get("ARALDO_BENCH_PICTURE"):
                    page.screenshot(path=shown, full_page=True)
                browser.close()
            process.send_signal(signal.SIGINT)
    _report(person, start_s, waited_s)


def _printed_link(log: Path) -> str:
    found: list[str] = []

    def is_printed() -> bool:
        found[:] = re.findall(r"http\S+/sign-in#\S+", log.read_text())
        return bool(found)

    until(is_printed, within_s=120)
    return found[0]


def _next_monday(today: date) -> date:
    return today + timedelta(days=7 - today.weekday())


def _plan(person: Person, monday: date) -> None:
    """Plan the week's posts from the calendar, and end at the week with all of them in it."""
    page = person.page
    calendar = page.get_by_role("navigation", name="Pages").get_by_role("link", name="Calendar")
    for number, (text, call, hashtags) in enumerate(_WEEK):
        person.click(calendar)
        person.decide()
        day = monday + timedelta(days=number)
        _find(person, day)
        person.click(page.locator(f'td[data-drop="{day}"] a[href*="/posts/new"]').first)
        _write(person, text, call, hashtags)
        _send_at(person)
    person.click(calendar)
    _find(person, monday)
    for text, _, _ in _WEEK:
        expect(page.get_by_role("link", name=re.compile(re.escape(text[:20]))).first).to_be_visible()


def _find(person: Person, day: date) -> None:
    """Go on to the month that has the day."""
    expect(person.page.locator("td[data-drop]").first).to_be_visible()
    if person.page.locator(f'td[data-drop="{day}"]').count() == 0:
        person.click(person.page.get_by_role("link", name="Next month"))


def _write(person: Person, text: str, call: str, hashtags: str) -> None:
    page = person.page
    person.type(page.locator("#wizard-content"), text)
    person.type(page.get_by_label("Call to action"), call)
    person.type(page.get_by_label("Hashtags", exact=True), f"{hashtags} ")
    person.click(page.get_by_role("button", name="Next"))
    person.decide()
    boxes = page.get_by_role("checkbox")
    expect(boxes.first).to_be_visible()
    for box in boxes.all():
        is_wanted = str(box.get_attribute("id")).removeprefix("wizard-platform-") in _PLATFORMS
        if box.is_checked() != is_wanted:
            person.click(box)
    person.click(page.get_by_role("button", name="Next"))
    # Three pictures are looked at.
    for _ in _PLATFORMS:
        person.decide()
    ready = page.get_by_role("main").get_by_text("Ready", exact=True)
    expect(ready).to_have_count(len(_PLATFORMS), timeout=_WAIT_MS)
    person.click(page.get_by_role("button", name="Next"))


def _send_at(person: Person) -> None:
    """Confirm the time that the calendar's cell gave."""
    page = person.page
    person.decide()
    person.click(page.get_by_role("button", name=re.compile("^Schedule for")))
    expect(page.get_by_role("status").filter(has_text="Scheduled")).to_be_visible(timeout=_WAIT_MS)


def _report(person: Person, start_s: float, waited_s: float) -> None:
    rows: Sequence[tuple[str, str]] = (
        ("posts, on three platforms each", str(len(_WEEK))),
        ("`araldo run` until its link is printed", f"{start_s:.1f} s"),
        ("clicks", str(person.clicks)),
        ("keys", str(person.keys)),
        ("a person's own time, by the model", f"{person.own_s / 60:.1f} min"),
        ("the browser's time, without a person's", f"{waited_s:.0f} s"),
        ("together", f"{(person.own_s + waited_s) / 60:.1f} min"),
    )
    print_table(("planning a week", ""), rows)


if __name__ == "__main__":
    main()

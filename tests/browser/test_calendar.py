"""The calendar: posts by month, week and day; move them by drag and by keyboard, undo, start a post at a time."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Browse
from tests.browser.page_monitor import PageMonitor
from tests.browser.signing_in import sign_in
from tests.support.axe import assert_accessible
from tests.support.running_system import RunningSystem

ROME = "Europe/Rome"


@pytest.fixture
def studio(page: Page, home: RunningSystem) -> Page:
    return sign_in(page, home)


def scheduled(home: RunningSystem, content: str, at: str, **more: Any) -> str:
    reply = home.create(content=content, schedule_time=at, zone=ROME, **more)
    assert reply.status < 300, reply.body
    return str(reply.body["job_id"])


def time_of(home: RunningSystem, post_id: str) -> str:
    return str(home.ask("GET", f"/api/v1/posts/{post_id}").body["wall_time"])


def cell(page: Page, day: str) -> Locator:
    return page.locator(f'td[data-drop="{day}"]')


def entry(page: Page, content: str) -> Locator:
    return page.get_by_role("link", name=re.compile(content))


def test_a_drag_over_a_clock_change_keeps_the_wall_time_and_is_undone(home: RunningSystem, studio: Page) -> None:
    post = scheduled(home, "Uova di cioccolato", "2031-03-27T10:00:00")
    studio.goto("/calendar?date=2031-03-01")
    entry(studio, "Uova di cioccolato").drag_to(cell(studio, "2031-03-31"))
    expect(studio.get_by_text("The clocks change in between; the post keeps its time of day.")).to_be_visible()
    expect(cell(studio, "2031-03-31").get_by_text("Uova di cioccolato")).to_be_visible()
    assert time_of(home, post) == "2031-03-31T10:00:00"
    studio.get_by_role("button", name="Undo").click()
    expect(cell(studio, "2031-03-27").get_by_text("Uova di cioccolato")).to_be_visible()
    assert time_of(home, post) == "2031-03-27T10:00:00"


def test_the_keyboard_moves_a_post_and_the_server_says_why_it_refuses(
    home: RunningSystem, studio: Page, monitor: PageMonitor
) -> None:
    monitor.allow("status of 422")
    post = scheduled(home, "Orario impossibile", "2032-03-26T02:30:00")
    studio.goto("/calendar?view=week&date=2032-03-26")
    entry(studio, "Orario impossibile").focus()
    studio.keyboard.press("m")
    dialog = studio.get_by_role("dialog", name="Move the post")
    expect(dialog.get_by_label("Time")).to_have_value("02:30")
    # Clocks in Rome jump from two to three that night.
    dialog.get_by_label("Day").fill("2032-03-28")
    dialog.get_by_role("button", name="Move the post").click()
    dialog.get_by_role("button", name=re.compile("03:00")).click()
    expect(dialog).to_have_count(0)
    expect(studio.locator('td[data-drop="2032-03-28T03"]').get_by_text("Orario impossibile")).to_be_visible()
    assert time_of(home, post) == "2032-03-28T03:00:00"


def test_a_move_does_not_overwrite_another_persons_move(
    home: RunningSystem, studio: Page, monitor: PageMonitor
) -> None:
    monitor.allow("status of 412")
    post = scheduled(home, "Conteso", "2033-05-10T10:00:00")
    studio.goto("/calendar?date=2033-05-01")
    expect(entry(studio, "Conteso")).to_be_visible()
    elsewhere = {"schedule_time": "2033-05-20T18:00:00", "zone": ROME}
    assert home.ask("PATCH", f"/api/v1/posts/{post}", elsewhere).status == 200
    entry(studio, "Conteso").drag_to(cell(studio, "2033-05-12"))
    expect(studio.get_by_text("no longer where it was")).to_be_visible()
    assert time_of(home, post) == "2033-05-20T18:00:00"


def test_a_day_starts_a_post_at_its_time(home: RunningSystem, studio: Page) -> None:
    studio.goto("/calendar?date=2031-07-01")
    studio.get_by_role("link", name=re.compile("Write a post for Wednesday 9 July")).click()
    studio.get_by_role("textbox", name="Text", exact=True).fill("Nato nel calendario")
    expect(studio).to_have_url(re.compile(r"/posts/post_\w+/edit"))
    assert "at=" not in studio.url
    studio.goto(studio.url.partition("?")[0] + "?step=4")
    expect(studio.get_by_label("Date", exact=True)).to_have_value("2031-07-09")
    expect(studio.get_by_label("Time", exact=True)).to_have_value("09:00")


def test_filters_are_in_the_address_and_a_busy_day_opens_whole(home: RunningSystem, studio: Page) -> None:
    for number in range(5):
        scheduled(home, f"Affollato {number}", f"2034-02-14T{10 + number}:00:00")
    scheduled(home, "Solo foto", "2034-02-20T10:00:00", platforms=["instagram"])
    studio.goto("/calendar?date=2034-02-01")
    expect(entry(studio, "Solo foto")).to_be_visible()
    assert_accessible(studio)
    cell(studio, "2034-02-14").get_by_role("button", name="3 more").click()
    day = studio.get_by_role("dialog")
    expect(day.get_by_role("link", name=re.compile("Affollato"))).to_have_count(5)
    assert_accessible(studio)
    studio.keyboard.press("Escape")
    studio.get_by_label("Platform").select_option("instagram")
    expect(studio).to_have_url(re.compile("platform=instagram"))
    expect(entry(studio, "Affollato")).to_have_count(0)
    studio.reload()
    expect(entry(studio, "Solo foto")).to_be_visible()
    expect(studio.get_by_label("Platform")).to_have_value("instagram")


_SHOWS_ALL = """(marks) => [...marks.querySelectorAll("[aria-hidden]")].every(
  (one) => one.getBoundingClientRect().left >= marks.getBoundingClientRect().left)"""


def test_an_entry_shows_the_mark_of_every_platform(home: RunningSystem, studio: Page) -> None:
    platforms = ["facebook", "instagram", "instagram_story"]
    scheduled(home, "Su tre piattaforme", "2031-08-06T10:00:00", platforms=platforms)
    for view in ("month", "week"):
        studio.goto(f"/calendar?view={view}&date=2031-08-06")
        expect(entry(studio, "Su tre piattaforme").locator("img")).to_be_visible()
        marks = entry(studio, "Su tre piattaforme").locator("[title='Facebook · Instagram · Instagram Story']")
        expect(marks.locator("[aria-hidden]")).to_have_text(["F", "I", "IS"])
        assert marks.evaluate(_SHOWS_ALL), f"marks are cut off in the {view}"


def test_a_phone_shows_the_agenda(home: RunningSystem, browse: Browse) -> None:
    scheduled(home, "In agenda", "2035-09-03T10:00:00")
    phone = sign_in(browse(PHONE, "dark", "it-IT"), home, "it")
    phone.goto("/calendar?date=2035-09-01")
    expect(phone.get_by_role("link", name="In agenda")).to_be_visible()
    expect(phone.get_by_role("table")).to_have_count(0)
    assert_accessible(phone)
    phone.get_by_role("button", name="Sposta a un altro orario: In agenda").click()
    phone.get_by_label("Giorno").fill("2035-09-05")
    phone.get_by_role("button", name="Sposta il post").click()
    moved = phone.get_by_role("region", name=re.compile("5 settembre"))
    expect(moved.get_by_role("link", name="In agenda")).to_be_visible()

"""A recurring post in a browser: made, seen as a series, one date skipped, one edited, and ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Browse
from tests.browser.signing_in import sign_in
from tests.support.axe import assert_accessible
from tests.support.running_system import RunningSystem

# Noon in two days: on that day in every zone between the Azores and Moscow.
FIRST = (datetime.now(UTC) + timedelta(days=2)).replace(hour=12, minute=0, second=0, microsecond=0)


def scheduled(home: RunningSystem, content: str, at: datetime = FIRST) -> dict[str, Any]:
    body: dict[str, Any] = home.create(content=content, platforms=["facebook"], schedule_time=at.isoformat()).body
    return body


def series(home: RunningSystem, post_id: str) -> dict[str, Any]:
    body: dict[str, Any] = home.ask("GET", f"/api/v1/posts/{post_id}/recurrence").body
    return body


def dates(page: Page, name: str = "Coming dates") -> Locator:
    return page.get_by_role("list", name=name).get_by_role("listitem")


def test_a_series_is_made_skipped_edited_and_ended(home: RunningSystem, page: Page) -> None:
    post_id = scheduled(home, "Il pane della settimana")["job_id"]
    sign_in(page, home).goto(f"/posts/{post_id}")
    page.get_by_role("button", name="Repeat", exact=True).click()
    dialog = page.get_by_role("dialog", name="Repeat this post")
    expect(dialog.get_by_text("In the zone")).to_be_visible()
    # The day of the first date belongs to the rule.
    expect(dialog.get_by_role("checkbox", name=FIRST.strftime("%a"))).to_be_disabled()
    dialog.get_by_role("radio", name="A number of times").check()
    dialog.get_by_label("How many times").fill("4")
    expect(dialog.get_by_role("status")).to_contain_text("4 times in all.")
    assert_accessible(page)
    dialog.get_by_role("button", name="Repeat the post").click()

    expect(dates(page)).to_have_count(4)
    expect(dates(page).first).to_contain_text("this post")
    expect(dates(page).nth(3)).to_contain_text("No post yet")
    assert_accessible(page)
    assert series(home, post_id)["rrule"].startswith("FREQ=WEEKLY;BYDAY=")

    # A date that has no post yet is skipped alone.
    dates(page).nth(3).get_by_role("button", name="Skip").click()
    page.get_by_role("dialog").get_by_role("button", name="Skip this date").click()
    expect(dates(page).nth(3)).to_contain_text("Skipped")
    assert [one["status"] for one in series(home, post_id)["upcoming"]] == ["scheduled", "scheduled", None, "cancelled"]

    # Editing opens that date's own post, which is created for it.
    dates(page).nth(2).get_by_role("button", name="Edit").click()
    page.get_by_label("Text", exact=True).fill("Solo questa volta")
    expect(page.get_by_text("Saved")).to_be_visible()
    edited = series(home, post_id)["upcoming"][2]
    assert home.ask("GET", f"/api/v1/posts/{edited['post_id']}").body["content"] == "Solo questa volta"
    assert home.ask("GET", f"/api/v1/posts/{post_id}").body["content"] == "Il pane della settimana"

    # The same series from the page of one of its posts, and ended there.
    page.goto(f"/posts/{edited['post_id']}")
    expect(dates(page).nth(2)).to_contain_text("Edited")
    expect(page.get_by_role("link", name="See the post that is copied")).to_be_visible()
    page.get_by_role("button", name="End the series").click()
    ending = page.get_by_role("dialog", name="End this series?")
    expect(ending.get_by_text("2 posts of the series are scheduled already:")).to_be_visible()
    expect(ending.get_by_text("The post that is copied stays scheduled")).to_be_visible()
    assert_accessible(page)
    ending.get_by_role("button", name="End it and cancel 2 posts").click()
    expect(page.get_by_text("This series has ended")).to_be_visible()
    after = series(home, post_id)
    assert [one["status"] for one in after["upcoming"]] == ["scheduled", "cancelled", "cancelled", "cancelled"]
    assert home.ask("GET", f"/api/v1/posts/{post_id}").body["status"] == "scheduled"


def test_a_draft_repeats_in_italian_on_a_phone(home: RunningSystem, browse: Browse) -> None:
    post_id = home.create(content="Una bozza che si ripete", platforms=["facebook"]).body["job_id"]
    page = sign_in(browse(PHONE, "dark", "it-IT"), home, "it")
    page.goto(f"/posts/{post_id}")
    page.get_by_role("button", name="Ripeti", exact=True).click()
    dialog = page.get_by_role("dialog", name="Ripeti questo post")
    dialog.get_by_label("Primo giorno e ora").fill("2020-01-31T10:00")
    dialog.get_by_label("Ogni quanto").select_option("monthly")
    expect(dialog.get_by_role("status")).to_contain_text("il giorno 31 o l'ultimo del mese")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(page)
    dialog.get_by_label("Primo giorno e ora").fill(FIRST.strftime("%Y-%m-%dT12:00"))
    dialog.get_by_role("button", name="Ripeti il post").click()
    expect(dates(page, "Prossime date")).to_have_count(10)
    # The draft is the first of its series now.
    assert home.ask("GET", f"/api/v1/posts/{post_id}").body["status"] == "scheduled"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(page)
    page.goto("/posts")
    row = page.get_by_role("listitem").filter(has_text="Una bozza che si ripete").first
    expect(row.get_by_text("Fa parte di una serie")).to_have_count(1)


def test_a_post_is_repeated_right_after_scheduling_it(home: RunningSystem, page: Page) -> None:
    post_id = scheduled(home, "Programmato nella procedura")["job_id"]
    sign_in(page, home).goto(f"/posts/{post_id}/edit?step=4")
    page.get_by_role("button", name="Repeat", exact=True).click()
    dialog = page.get_by_role("dialog", name="Repeat this post")
    dialog.get_by_label("How often").select_option("daily")
    dialog.get_by_role("button", name="Repeat the post").click()
    expect(page.get_by_text("It repeats: all its dates are on the post's page.")).to_be_visible()
    page.goto("/calendar")
    entry = page.locator("[data-entry]").filter(has_text="Programmato nella procedura").first
    expect(entry.get_by_text("One of a series")).to_have_count(1)

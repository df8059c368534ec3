"""A post's screen: retry failed deliveries, resolve unknown outcomes, reschedule, restore."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.page_monitor import PageMonitor
from tests.browser.signing_in import sign_in
from tests.support.axe import assert_accessible
from tests.support.running_system import RunningSystem

REFUSED = {"status": 400, "code": 36003, "error_subcode": 2207009, "message": "aspect ratio"}


@pytest.fixture
def studio(page: Page, home: RunningSystem) -> Page:
    return sign_in(page, home)


def created(home: RunningSystem, content: str, *platforms: str, **more: Any) -> dict[str, Any]:
    reply = home.create(wait=60, content=content, platforms=list(platforms), publish_immediately=True, **more)
    assert reply.status == 200, reply.body
    body: dict[str, Any] = reply.body
    return body


def test_retry_sends_only_the_failed_delivery(home: RunningSystem, studio: Page) -> None:
    home.meta.fault(method="POST", path="media_publish", when="before", kind="graph_error", error=REFUSED, times=1)
    post = created(home, "Pane caldo anche la domenica", "facebook", "instagram")
    out = len(home.meta.published_ids())
    assert post["status"] == "partial"
    studio.goto(f"/posts/{post['job_id']}")
    expect(studio.get_by_text("Published on 1 of 2")).to_be_visible()
    failed = studio.get_by_role("listitem", name="Instagram", exact=True)
    expect(failed.get_by_text("Meta does not accept this picture.")).to_be_visible()
    failed.get_by_role("button", name="Try Instagram again").click()
    # Told by the event stream: nothing here is loaded again.
    expect(studio.get_by_text("Published everywhere: 2 of 2")).to_be_visible(timeout=30_000)
    expect(studio.get_by_test_id("announced")).to_contain_text("Instagram: Published")
    assert failed.get_by_role("link", name="See it on Instagram").get_attribute("href")
    assert len(home.meta.published_ids()) == out + 1


def test_the_timeline_lists_each_attempt_without_tokens(home: RunningSystem, studio: Page) -> None:
    post = created(home, "Tutto raccontato", "facebook")
    studio.goto(f"/posts/{post['job_id']}")
    expect(studio.get_by_text("Sent to Facebook (attempt 1).")).to_be_visible()
    studio.get_by_role("switch", name="Show requests and answers").check()
    studio.get_by_text("Request and answer", exact=True).first.click()
    shown = studio.locator("pre").first
    expect(shown).to_be_visible()
    assert "Tutto raccontato" in shown.inner_text()
    assert "EAA" not in studio.content()


def test_an_unknown_outcome_is_resolved_by_the_user(home: RunningSystem, studio: Page) -> None:
    home.meta.fault(method="POST", path="/feed", when="before", kind="reset", times=1)
    body = {"content": "Solo testo", "platforms": ["facebook"]}
    post = home.ask("POST", "/api/v1/social/publish?wait=60", body).body
    assert post["status"] == "unconfirmed"
    out = len(home.meta.published_ids())
    studio.goto(f"/posts/{post['job_id']}")
    decide = studio.get_by_role("group", name="Is it on Facebook?")
    for answer in ("It is there", "It is not there: publish it", "It is not there: leave it"):
        expect(decide.get_by_role("button", name=answer, exact=True)).to_be_visible()
    decide.get_by_role("button", name="It is not there: publish it").click()
    expect(studio.get_by_text("Published everywhere: 1 of 1")).to_be_visible(timeout=30_000)
    expect(decide).to_have_count(0)
    assert len(home.meta.published_ids()) == out + 1


def test_a_scheduled_post_is_moved_and_cancelled(home: RunningSystem, studio: Page, monitor: PageMonitor) -> None:
    monitor.allow("status of 422")
    post = home.create(content="Concerto", schedule_time="2031-03-29T10:00:00", zone="Europe/Rome").body
    studio.goto(f"/posts/{post['job_id']}")
    studio.get_by_role("button", name="Change the time").click()
    dialog = studio.get_by_role("dialog")
    # Clocks in Rome jump from two to three that night.
    dialog.get_by_label("Day and time").fill("2031-03-30T02:30")
    dialog.get_by_role("button", name="Schedule", exact=True).click()
    nearest = dialog.get_by_role("button", name=re.compile(r"03:00"))
    expect(nearest).to_be_visible()
    nearest.click()
    expect(dialog).to_have_count(0)
    expect(studio.get_by_text("Will be published on Sun 30 Mar 2031, 03:00")).to_be_visible()
    studio.get_by_role("button", name="Back to a draft").click()
    expect(studio.get_by_text("A draft: nothing is published")).to_be_visible()


def test_a_deleted_post_is_restored(home: RunningSystem, studio: Page, monitor: PageMonitor) -> None:
    # Its page hears that it is gone, and may ask for it once more while it closes.
    monitor.allow("status of 404")
    post = home.ask("POST", "/api/v1/posts", {"content": "Da buttare, forse"}).body
    studio.goto(f"/posts/{post['job_id']}")
    studio.get_by_role("button", name="Delete").click()
    expect(studio).to_have_url(re.compile(r"/posts$"))
    gone = studio.get_by_role("link", name="Da buttare, forse")
    expect(gone).to_have_count(0)
    studio.get_by_role("button", name="Undo").click()
    expect(studio.get_by_role("heading", name="Da buttare, forse")).to_be_visible()


def test_posts_are_found_by_text_and_by_status(home: RunningSystem, studio: Page) -> None:
    home.ask("POST", "/api/v1/posts", {"content": "Una novità da raccontare"})
    studio.goto("/posts?show=drafts")
    studio.get_by_role("searchbox").fill("novita")
    expect(studio).to_have_url(re.compile(r"show=drafts&q=novita"))
    expect(studio.get_by_role("list", name="Posts").get_by_role("listitem")).to_have_count(1)
    studio.get_by_role("link", name="Published", exact=True).click()
    expect(studio.get_by_text("No post contains “novita”.")).to_be_visible()


def test_selected_posts_are_shifted_and_shifted_back(home: RunningSystem, studio: Page) -> None:
    post = home.create(content="Spostabile uno", schedule_time="2031-03-29T10:00:00", zone="Europe/Rome").body
    home.ask("POST", "/api/v1/posts", {"content": "Spostabile due"})
    studio.goto("/posts?q=spostabile")
    studio.get_by_role("button", name="Select all shown").click()
    studio.get_by_role("button", name="Shift by days").click()
    dialog = studio.get_by_role("dialog")
    dialog.get_by_label("Days").fill("2")
    dialog.get_by_role("button", name="Shift the posts").click()
    # The draft has no time: it is named, with the reason, and stays selected.
    report = studio.get_by_role("listitem").filter(has_text="This cannot be done with the post as it is now.")
    expect(report.get_by_role("link", name="Spostabile due")).to_be_visible()
    expect(studio.get_by_label("Select: Spostabile due")).to_be_checked()
    assert home.ask("GET", f"/api/v1/posts/{post['job_id']}").body["wall_time"] == "2031-03-31T10:00:00"
    assert_accessible(studio)
    studio.get_by_role("button", name="Undo").click()
    expect(studio.get_by_text("Sat 29 Mar 2031, 10:00")).to_be_visible()
    assert home.ask("GET", f"/api/v1/posts/{post['job_id']}").body["wall_time"] == "2031-03-29T10:00:00"


def test_selected_posts_are_deleted_and_restored(home: RunningSystem, studio: Page) -> None:
    for number in (1, 2):
        home.ask("POST", "/api/v1/posts", {"content": f"Eliminabile {number}"})
    studio.goto("/posts?q=eliminabile")
    for number in (1, 2):
        studio.get_by_label(f"Select: Eliminabile {number}").check()
    studio.get_by_role("group", name="Selected posts").get_by_role("button", name="Delete").click()
    expect(studio.get_by_text("2 posts are deleted.")).to_be_visible()
    expect(studio.get_by_text("No post contains")).to_be_visible()
    studio.get_by_role("button", name="Undo").click()
    expect(studio.get_by_role("list", name="Posts").get_by_role("listitem")).to_have_count(2)


def test_a_note_for_colleagues_is_written_with_the_post_and_changed_after_publishing(
    home: RunningSystem, studio: Page, monitor: PageMonitor
) -> None:
    studio.goto("/posts/new")
    studio.get_by_label("Text", exact=True).fill("Con una nota dentro")
    studio.get_by_role("button", name="Add a note for colleagues").click()
    studio.get_by_label("Note for colleagues (never published)").fill("Chiedi ad Anna")
    expect(studio).to_have_url(re.compile(r"/posts/post_\w+/edit"))
    expect(studio.get_by_text(re.compile("^Saved ")).first).to_be_visible()
    assert_accessible(studio)
    post_id = studio.url.split("/")[-2]
    assert home.ask("GET", f"/api/v1/posts/{post_id}").body["note"] == "Chiedi ad Anna"

    post = created(home, "Pane fresco", "facebook", note="Chiedi a Bruno")
    studio.goto(f"/posts/{post['job_id']}")
    expect(studio.get_by_text("Chiedi a Bruno")).to_be_visible()
    studio.get_by_role("button", name="Edit the note").click()
    assert_accessible(studio)
    studio.get_by_label("Note for colleagues (never published)").fill("Approvato da Bruno")
    studio.get_by_role("button", name="Save the note").click()
    expect(studio.get_by_text("Approvato da Bruno")).to_be_visible()
    studio.goto("/posts?q=approvato")
    expect(studio.get_by_role("main").get_by_text("Pane fresco")).to_be_visible()
    assert "Bruno" not in str(home.meta.control("log"))

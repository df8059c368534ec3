"""The home page: the first steps, what needs attention, the posts of the next days, drafts, what was published."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Browse
from tests.browser.signing_in import sign_in
from tests.support.axe import assert_accessible
from tests.support.running_system import RunningSystem

ROME = ZoneInfo("Europe/Rome")
REFUSED = {"status": 400, "code": 36003, "error_subcode": 2207009, "message": "aspect ratio"}


@pytest.fixture(autouse=True)
def workspace(home: RunningSystem) -> RunningSystem:
    """A workspace without posts."""
    posts = home.ask("GET", "/api/v1/posts?limit=100").body["data"]
    for post in posts:
        assert home.ask("DELETE", f"/api/v1/posts/{post['job_id']}").status < 300
    return home


@pytest.fixture
def filled(workspace: RunningSystem) -> RunningSystem:
    """A refused post, a published one, one tomorrow, one next month and a draft."""
    meta = workspace.meta
    meta.fault(method="POST", path="media_publish", when="before", kind="graph_error", error=REFUSED, times=1)
    for content, platform in (("Foto rifiutata", "instagram"), ("Pane pubblicato", "facebook")):
        posted = workspace.create(wait=60, content=content, platforms=[platform], publish_immediately=True)
        assert posted.status == 200, posted.body
    noon = datetime.now(ROME).replace(hour=12, minute=0, second=0, microsecond=0, tzinfo=None)
    for content, days in (("Torta di domani", 1), ("Dolci del mese prossimo", 31)):
        at = (noon + timedelta(days=days)).isoformat()
        planned = workspace.create(content=content, platforms=["instagram_story"], schedule_time=at, zone=ROME.key)
        assert planned.status < 300, planned.body
    draft = workspace.ask("POST", "/api/v1/posts", {"content": "Idea a metà", "platforms": ["facebook"]})
    assert draft.status == 201, draft.body
    return workspace


def section(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def test_an_empty_workspace_leads_to_the_first_post(workspace: RunningSystem, page: Page) -> None:
    studio = sign_in(page, workspace)
    studio.goto("/")
    steps = section(studio, "Getting started")
    expect(steps.get_by_text("Done: an account is connected.")).to_be_visible()
    expect(steps.get_by_role("link", name="Connect an account")).to_have_count(0)
    assert_accessible(studio)
    steps.get_by_role("link", name="Write a post").click()
    expect(studio).to_have_url(re.compile("/posts/new"))


def test_what_needs_attention_comes_first_with_its_reason(filled: RunningSystem, page: Page) -> None:
    studio = sign_in(page, filled)
    studio.goto("/")
    expect(studio.get_by_role("heading", level=2).first).to_have_text("Needs attention")
    refused = section(studio, "Needs attention").get_by_role("listitem")
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text("Meta does not accept this picture.")
    assert_accessible(studio)
    # The first stop after the links of the page's frame and "See all": the post itself.
    section(studio, "Needs attention").get_by_role("link", name="See all: Needs attention").focus()
    studio.keyboard.press("Tab")
    studio.keyboard.press("Enter")
    expect(studio.get_by_role("button", name="Try Instagram again")).to_be_visible()


def test_cards_have_the_posts_of_the_days_their_pictures_and_the_next_step(filled: RunningSystem, page: Page) -> None:
    studio = sign_in(page, filled)
    studio.goto("/")
    expect(section(studio, "Today")).to_contain_text("Nothing more goes out today.")
    days = section(studio, "The next days").get_by_role("listitem")
    expect(days).to_have_count(1)
    expect(days).to_contain_text("Torta di domani")
    # A small copy of a picture as tall as a screen; the card is not as tall.
    tall = days.locator("img")
    expect(tall).to_be_visible()
    assert tall.evaluate("(image) => image.decode().then(() => image.naturalHeight)") == 480
    assert days.evaluate("(card) => card.offsetHeight") < 400
    published = section(studio, "Published in the last seven days").get_by_role("listitem")
    expect(published).to_have_count(1)
    picture = published.locator("img")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("(image) => image.naturalWidth") > 0
    section(studio, "Drafts").get_by_role("link", name="Idea a metà").click()
    expect(studio).to_have_url(re.compile(r"/posts/post_\w+/edit"))
    expect(studio.get_by_role("textbox", name="Text", exact=True)).to_have_value("Idea a metà")


def test_a_phone_has_the_cards_in_one_column(filled: RunningSystem, browse: Browse) -> None:
    studio = sign_in(browse(PHONE, "dark", "it-IT"), filled, "it")
    studio.goto("/")
    expect(section(studio, "I prossimi giorni").get_by_role("listitem")).to_contain_text("Torta di domani")
    expect(section(studio, "Bozze").get_by_role("listitem")).to_contain_text("Idea a metà")
    assert_accessible(studio)
    assert studio.evaluate("document.documentElement.scrollWidth <= innerWidth")

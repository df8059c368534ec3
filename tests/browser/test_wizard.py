"""The wizard's four steps in a real browser with a running system."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, Browse
from tests.browser.page_monitor import PageMonitor
from tests.browser.signing_in import sign_in
from tests.browser.wizard_page import SLOW_MS, Wizard, facebook_post, published_with
from tests.support.axe import assert_accessible
from tests.support.running_system import RunningSystem


def test_writing_and_publishing_on_three_platforms(home: RunningSystem, page: Page) -> None:
    sign_in(page, home)
    before = len(home.meta.published_ids())
    wizard = Wizard(page)
    page.goto("/posts/new")
    # Slowly enough for the draft to come to be under the writer's hands: no key is lost, and the focus stays.
    wizard.text.press_sequentially("Apriamo domani: vi aspettiamo!", delay=45)
    wizard.saved()
    expect(wizard.text).to_be_focused()
    expect(wizard.text).to_have_value("Apriamo domani: vi aspettiamo!")
    page.get_by_label("Call to action").fill("Prenota: ftp://araldo.example")
    page.get_by_label("Call to action").blur()
    expect(page.get_by_text("does not open")).to_be_visible()
    page.get_by_label("Call to action").fill("Prenota: https://araldo.example")
    expect(page.get_by_text("Links cannot be clicked on Instagram")).to_be_visible()
    page.get_by_label("Hashtags", exact=True).fill("#caffè #Caffè, bologna ")
    expect(page.get_by_role("list", name="Hashtags of the post").get_by_role("listitem")).to_have_count(2)
    page.get_by_role("button", name="Customise for Instagram").click()
    page.get_by_label("Text for Instagram").fill("Apriamo oggi: vi aspettiamo!")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("del")).to_have_text("domani:")
    expect(page.locator("ins")).to_have_text("oggi:")
    assert_accessible(page)
    page.get_by_role("button", name="Next").click()

    wizard.choose("facebook", "instagram", "instagram_story")
    expect(page.locator("[aria-current=step]")).to_contain_text("Platforms")
    expect(page.get_by_text("1080 × 1920 px (9:16)").first).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Next").click()

    ready = page.get_by_role("main").get_by_text("Ready", exact=True)
    expect(ready).to_have_count(3, timeout=SLOW_MS)
    assert_accessible(page)
    page.get_by_role("button", name="Next").dblclick()

    expect(page.get_by_text("Ready to be published.")).to_be_visible()
    assert_accessible(page)
    assert wizard.sent == [], "reaching the last step publishes nothing"
    wizard.act("Publish now on 3 platforms").dblclick()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    wizard.published(3)
    assert_accessible(page)
    assert len(wizard.sent) == 1
    assert len(home.meta.published_ids()) == before + 3
    assert len(published_with(home, "Apriamo domani")) == 1


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_field_with_the_focus_is_not_under_the_footer(
    home: RunningSystem, browse: Browse, viewport: ViewportSize
) -> None:
    page = browse(viewport=viewport)
    sign_in(page, home)
    page.goto("/posts/new")
    for field in ("#wizard-cta", "#wizard-hashtags"):
        page.evaluate("scrollTo(0, 0)")
        page.locator(field).focus()
        here, footer = page.locator(field).bounding_box(), page.get_by_role("button", name="Next").bounding_box()
        assert here is not None
        assert footer is not None
        assert here["y"] + here["height"] < footer["y"]


def test_undo_makes_a_draft_that_can_be_published_again(home: RunningSystem, page: Page) -> None:
    wizard = facebook_post(home, page, "Ripensamento")
    wizard.act("Publish now on 1 platform").click()
    # A reload within the seconds takes nothing away.
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Undo").click()
    expect(wizard.act("Publish now on 1 platform")).to_be_visible()
    assert home.ask("GET", f"/api/v1/posts/{wizard.post_id}").body["status"] == "draft"
    wizard.act("Publish now on 1 platform").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    address = page.url
    # The tab is closed, and another one opened: it goes on, and once.
    another = page.context.new_page()
    page.close()
    another.goto(address)
    Wizard(another).published(1)
    assert len(set(wizard.keys)) == 2, "another intent after an undo"
    assert len(published_with(home, "Ripensamento")) == 1


def test_a_lost_connection_never_posts_twice(home: RunningSystem, page: Page, monitor: PageMonitor) -> None:
    monitor.allow("net::ERR_FAILED")
    wizard = facebook_post(home, page, "Linea interrotta")
    # It never arrives.
    page.route("**/publish", lambda route: route.abort())
    wizard.act("Publish now on 1 platform").click()
    expect(page.get_by_text("You can press again")).to_be_visible()
    page.unroute("**/publish")
    page.reload()

    # It arrives, and the answer is lost: what became of it is looked up.
    page.route("**/publish", lambda route: (route.fetch(), route.abort()))
    wizard.act("Publish now on 1 platform").click()
    wizard.published(1)
    assert len(set(wizard.keys)) == 1
    assert len(wizard.keys) == 2
    assert len(published_with(home, "Linea interrotta")) == 1


def test_unsaved_changes_survive_a_closed_tab(home: RunningSystem, page: Page, monitor: PageMonitor) -> None:
    monitor.allow("net::ERR_FAILED")
    sign_in(page, home)
    wizard = Wizard(page)
    # The first request arrives and its answer does not; the others do not arrive.
    page.route("**/api/v1/posts", lambda route: (route.fetch(), route.abort()), times=1)
    page.goto("/posts/new")
    wizard.text.fill("Scritto in treno")
    expect(page.get_by_text("Offline: saved in this browser")).to_be_visible()
    page.route("**/api/v1/posts", lambda route: route.abort())
    wizard.text.fill("Scritto in treno, senza rete")
    another = page.context.new_page()
    page.close()
    another.goto("/posts/new")
    another.get_by_role("button", name="Continue writing").click()
    again = Wizard(another)
    again.saved()
    expect(again.text).to_have_value("Scritto in treno, senza rete")
    found = home.ask("GET", "/api/v1/posts?q=treno").body["data"]
    assert [post["content"] for post in found] == ["Scritto in treno, senza rete"]
    # Kept as a draft, it is among the posts.
    again.go(4)
    another.get_by_role("radio", name="Keep as a draft").check()
    again.act("Keep the draft").click()
    expect(another).to_have_url(re.compile(r"/posts$"))
    assert again.sent == []


def test_a_conflict_between_two_tabs_shows_both_versions(home: RunningSystem, page: Page, monitor: PageMonitor) -> None:
    monitor.allow("status of 412")
    sign_in(page, home)
    wizard = Wizard(page)
    wizard.begin("Insieme")
    other = page.context.new_page()
    other.goto(page.url)
    theirs = Wizard(other)
    page.route("**/api/v1/posts/post_*", lambda route: _hold_until(theirs, route), times=1)
    theirs.text.fill("Insieme, dissero")
    wizard.text.fill("Insieme, dissi")
    conflict = page.get_by_role("alert").filter(has_text="changed elsewhere")
    expect(conflict).to_contain_text("Insieme, dissero")
    expect(conflict).to_contain_text("Insieme, dissi")
    assert_accessible(page)
    page.get_by_role("button", name="Keep my version").click()
    wizard.saved()
    assert home.ask("GET", f"/api/v1/posts/{wizard.post_id}").body["content"] == "Insieme, dissi"


def _hold_until(faster: Wizard, route: Route) -> None:
    """Hold the request back until the other tab has saved."""
    faster.saved()
    route.continue_()


def test_scheduled_on_a_phone_in_italian_and_in_the_dark(home: RunningSystem, browse: Browse) -> None:
    page = browse(PHONE, "dark", "it-IT")
    sign_in(page, home, "it")
    wizard = Wizard(page)
    page.goto("/posts/new")
    expect(wizard.text).to_be_visible()
    assert_accessible(page)
    wizard.text.fill("Orario estivo")
    wizard.saved()
    wizard.go(2)
    wizard.choose()
    assert_accessible(page)
    wizard.go(4)
    # Without a platform nothing goes out, and the way to mend it is one press.
    wizard.act("Pubblica ora").click()
    expect(page.get_by_role("region", name="Prima di pubblicare")).to_be_focused()
    expect(page.get_by_text("Scegli almeno una piattaforma.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Vai a correggere").click()
    wizard.choose("facebook", "instagram")
    wizard.go(4)
    page.get_by_role("radio", name="Programma").check()
    page.get_by_label("Data").fill("2027-03-28")
    page.get_by_label("Ora", exact=True).fill("02:30")
    expect(page.get_by_text("Quel giorno in Europe/Rome quest'ora non esiste")).to_be_visible()
    page.get_by_role("button", name="dom 28 mar 2027, 03:00 (UTC+02:00)").click()
    expect(page.get_by_text("A quell'ora Europe/Rome è a UTC+02:00.")).to_be_visible()
    assert_accessible(page)
    wider = (
        "[...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)"
    )
    assert page.evaluate(f"{wider}.map((one) => one.outerHTML.slice(0, 120))") == [], "wider than the screen"
    wizard.act("Programma per dom 28 mar 2027, 03:00").click()
    expect(page.get_by_role("status").filter(has_text="Programmato")).to_contain_text("03:00 (UTC+02:00), Europe/Rome")
    expect(page.get_by_role("link", name="Vedi il post")).to_be_visible()
    post = home.ask("GET", f"/api/v1/posts/{wizard.post_id}").body
    assert (post["status"], post["schedule_time"]) == ("scheduled", "2027-03-28T01:00:00.000Z")
    assert_accessible(page)
    page.get_by_role("button", name="Riporta a bozza").click()
    expect(wizard.act("Tieni la bozza")).to_be_visible()
    assert home.ask("GET", f"/api/v1/posts/{wizard.post_id}").body["status"] == "draft"
    assert len(wizard.sent) == 1


_OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll("[class*='footer'] :is(a, button, p)")]
    .map((one) => one.getBoundingClientRect())
    .filter(({ width }) => width > 0);
  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const pairs = boxes.flatMap((one, at) => boxes.slice(at + 1).filter((other) => meet(one, other)));
  const heights = [...document.querySelectorAll("[class*='footer'] button")]
    .map((button) => button.getBoundingClientRect())
    .map(({ top, bottom }) => (top + bottom) / 2);
  const inOneRow = Math.max(...heights) - Math.min(...heights) < 8;
  const beyond = boxes.filter(({ right }) => right > innerWidth).length;
  return { seen: boxes.length, pairs: pairs.length, beyond, inOneRow };
}"""


@pytest.mark.parametrize(("language", "locale"), [("en", "en-GB"), ("es", "es-MX"), ("it", "it-IT")])
def test_on_a_phone_the_footer_overlaps_nothing(
    home: RunningSystem, browse: Browse, language: str, locale: str
) -> None:
    page = browse(PHONE, language=locale)
    sign_in(page, home, language)
    wizard = Wizard(page)
    wizard.begin("Una focaccia")
    for step, seen in ((1, 3), (2, 4), (3, 4), (4, 3)):
        wizard.go(step)
        wizard.saved()
        expect(page.locator("[class*='footer'] button")).to_have_count(seen - 1)
        assert page.evaluate(_OVERLAPS) == {"seen": seen, "pairs": 0, "beyond": 0, "inOneRow": True}

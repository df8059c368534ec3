"""The way into the studio, as anyone first meets it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, Browse
from tests.browser.watched import Watched
from tests.support.axe import assert_accessible
from tests.support.browsing import link_for
from tests.support.house import House


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_is_not_signed_in_is_asked_to(
    browse: Browse, viewport: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    page = browse(viewport, scheme)
    page.goto("/posts")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Fposts$"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the screen"
    shown = page.evaluate("document.documentElement.dataset.mantineColorScheme")
    assert shown == scheme
    assert_accessible(page)


def test_it_speaks_the_browsers_language_and_another_on_demand(browse: Browse) -> None:
    page = browse(language="it-IT")
    page.goto("/sign-in")
    expect(page.get_by_role("heading", name="Accedi")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "it"
    # The radio itself is hidden behind its words.
    page.get_by_text("English").click()
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_scheme_that_was_chosen_stays(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_text("Dark").click()
    page.reload()
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    assert page.evaluate("document.documentElement.dataset.mantineColorScheme") == "dark"
    assert_accessible(page)


def test_its_own_typefaces_are_loaded(page: Page) -> None:
    page.goto("/sign-in")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    faces = page.evaluate(
        "document.fonts.ready.then(() => [...document.fonts].map(({status, family}) => [status, family]))"
    )
    loaded = {family.strip("'\"") for status, family in faces if status == "loaded"}
    assert loaded == {"Figtree Variable", "Bricolage Grotesque Variable"}


def test_an_address_that_leads_nowhere_says_so(page: Page) -> None:
    page.goto("/nowhere")
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    assert_accessible(page)


def test_the_token_leaves_the_address(page: Page, watched: Watched) -> None:
    watched.allow("/api/v1/session")
    page.goto("/sign-in#not-a-token")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/sign-in$"))


def test_a_page_that_asks_another_place_is_noticed(home: House, page: Page, watched: Watched) -> None:
    page.goto("/sign-in")
    page.evaluate("fetch('http://192.0.2.1/').catch(() => null)")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'evil = 1'}))")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">')")
    assert page.evaluate("typeof evil") == "undefined"
    told = "\n".join(watched.faults)
    assert "connect-src" in told
    assert "script-src-elem" in told
    assert "style-src-attr" in told
    watched.faults.clear()


def test_first_sight_is_in_the_browsers_language_and_offers_its_time_zone(home: House, browse: Browse) -> None:
    page = browse(language="it-IT", zone="America/New_York")
    # Making a link runs an event loop, and the browser's is running in this thread.
    with ThreadPoolExecutor(1) as thread:
        link = thread.submit(link_for, home).result()
    page.goto(f"/sign-in#{link}")
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "it"
    expect(page.get_by_text("Tutti gli orari: Europe/Rome")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Usa America/New_York").click()
    expect(page.get_by_text("Tutti gli orari: America/New_York")).to_be_visible()
    expect(page.get_by_role("complementary", name="Fuso orario")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("Tutti gli orari: America/New_York")).to_be_visible()

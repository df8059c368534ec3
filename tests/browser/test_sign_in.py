"""Signing in to the studio, and its first screen."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, Browse
from tests.browser.page_monitor import PageMonitor
from tests.browser.signing_in import new_link
from tests.support.axe import assert_accessible
from tests.support.running_system import RunningSystem


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_without_a_session_the_sign_in_screen_is_shown(
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


def test_the_studio_uses_the_browsers_language_until_another_is_chosen(browse: Browse) -> None:
    page = browse(language="it-IT")
    page.goto("/sign-in")
    expect(page.get_by_role("heading", name="Accedi")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "it"
    # The radio itself is hidden behind its words.
    page.get_by_text("English").click()
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_chosen_color_scheme_is_remembered(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_text("Dark").click()
    page.reload()
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    assert page.evaluate("document.documentElement.dataset.mantineColorScheme") == "dark"
    assert_accessible(page)


def test_the_studios_own_fonts_are_loaded(page: Page) -> None:
    page.goto("/sign-in")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    faces = page.evaluate(
        "document.fonts.ready.then(() => [...document.fonts].map(({status, family}) => [status, family]))"
    )
    loaded = {family.strip("'\"") for status, family in faces if status == "loaded"}
    assert loaded == {"Figtree Variable", "Bricolage Grotesque Variable"}


def test_an_unknown_path_shows_not_found(page: Page) -> None:
    page.goto("/nowhere")
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    assert_accessible(page)


def test_the_sign_in_token_is_removed_from_the_url(page: Page, monitor: PageMonitor) -> None:
    monitor.allow("/api/v1/session")
    page.goto("/sign-in#not-a-token")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/sign-in$"))


def test_requests_to_other_origins_are_detected(home: RunningSystem, page: Page, monitor: PageMonitor) -> None:
    page.goto("/sign-in")
    page.evaluate("fetch('http://192.0.2.1/').catch(() => null)")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'evil = 1'}))")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">')")
    assert page.evaluate("typeof evil") == "undefined"
    told = "\n".join(monitor.faults)
    assert "connect-src" in told
    assert "script-src-elem" in told
    assert "style-src-attr" in told
    monitor.faults.clear()


def test_first_sight_is_in_the_browsers_language_and_offers_its_time_zone(home: RunningSystem, browse: Browse) -> None:
    page = browse(language="it-IT", zone="America/New_York")
    page.goto(f"/sign-in#{new_link(home)}")
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "it"
    expect(page.get_by_text("Tutti gli orari: Europe/Rome")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Usa America/New_York").click()
    expect(page.get_by_text("Tutti gli orari: America/New_York")).to_be_visible()
    expect(page.get_by_role("complementary", name="Fuso orario")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("Tutti gli orari: America/New_York")).to_be_visible()

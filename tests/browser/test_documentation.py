"""The documentation as a running server shows it: nothing from other hosts, search, colours, phones."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, Browse
from tests.browser.page_monitor import PageMonitor
from tests.support.axe import assert_accessible


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_the_documentation_opens_in_the_systems_colours(
    browse: Browse, viewport: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    page = browse(viewport, scheme)
    page.goto("/docs")
    expect(page.get_by_role("heading", name="Araldo", level=1)).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Operating Araldo").last.click()
    expect(page).to_have_title("Operating Araldo - Araldo")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the screen"
    assert page.evaluate("document.body.dataset.mdColorScheme") == {"light": "default", "dark": "slate"}[scheme]


def test_a_page_with_tables_and_code_is_accessible(page: Page) -> None:
    page.goto("/docs/operating/")
    expect(page.get_by_role("heading", name="Operating Araldo")).to_be_visible()
    assert_accessible(page)


def test_search_finds_a_page(page: Page) -> None:
    page.goto("/docs/")
    page.get_by_role("button", name="Search").first.click()
    page.get_by_role("combobox", name="Search").fill("posting slot")
    page.get_by_role("option").first.click()
    expect(page.get_by_role("heading", name="Posting times and free slots")).to_be_visible()


def test_an_unknown_address_leads_back(page: Page, monitor: PageMonitor) -> None:
    monitor.allow("status of 404")
    page.goto("/docs/nowhere/")
    page.get_by_role("link", name="/docs/").first.click()
    expect(page.get_by_role("heading", name="Araldo", level=1)).to_be_visible()

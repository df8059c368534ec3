"""The command palette, the shortcuts and the explanations on first use, by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Browse
from tests.browser.signing_in import sign_in
from tests.support.axe import assert_accessible
from tests.support.running_system import RunningSystem

LANGUAGES = [
    ("en", "en-GB", "Search pages, actions and posts", "Keyboard shortcuts"),
    ("it", "it-IT", "Cerca pagine, azioni e post", "Scorciatoie da tastiera"),
    ("es", "es-ES", "Buscar páginas, acciones y publicaciones", "Atajos de teclado"),
]


def sign_in_and_wait(page: Page, home: RunningSystem, language: str = "en") -> Page:
    """Sign in, and wait for the page: keys that are pressed before are for nobody."""
    studio = sign_in(page, home, language)
    studio.goto("/")
    expect(studio.locator("[aria-keyshortcuts='Control+K']")).to_be_visible()
    return studio


def test_the_palette_finds_a_post_by_keyboard(home: RunningSystem, page: Page) -> None:
    draft = home.ask("POST", "/api/v1/posts", {"content": "Crostata di albicocche", "platforms": ["facebook"]})
    studio = sign_in_and_wait(page, home)
    studio.keyboard.press("Control+k")
    field = studio.get_by_role("combobox")
    expect(field).to_be_focused()
    studio.keyboard.type("crosta")
    option = studio.get_by_role("option", name=re.compile("Crostata di albicocche"))
    expect(option).to_have_attribute("aria-selected", "true")
    assert_accessible(studio)
    studio.keyboard.press("Enter")
    expect(studio).to_have_url(f"{home.url}/posts/{draft.body['job_id']}")
    expect(studio.get_by_role("heading", level=1)).to_be_focused()


def test_escape_closes_the_palette_and_returns_the_focus(home: RunningSystem, page: Page) -> None:
    studio = sign_in_and_wait(page, home)
    link = studio.get_by_role("link", name="Calendar")
    link.focus()
    studio.keyboard.press("/")
    expect(studio.get_by_role("combobox")).to_be_focused()
    studio.keyboard.press("Escape")
    expect(studio.get_by_role("combobox")).to_have_count(0)
    expect(link).to_be_focused()


def test_keys_lead_to_pages_and_start_a_post_where_they_type_nothing(home: RunningSystem, page: Page) -> None:
    studio = sign_in_and_wait(page, home)
    studio.keyboard.press("g")
    studio.keyboard.press("p")
    expect(studio).to_have_url(f"{home.url}/posts")
    studio.get_by_role("searchbox").focus()
    studio.keyboard.type("gc?")
    expect(studio.get_by_role("searchbox")).to_have_value("gc?")
    expect(studio.get_by_role("dialog")).to_have_count(0)
    expect(studio).to_have_url(re.compile("q=gc%3F$"))
    studio.get_by_role("heading", level=1).focus()
    studio.keyboard.press("c")
    expect(studio).to_have_url(f"{home.url}/posts/new")
    expect(studio.get_by_role("textbox", name="Text", exact=True)).to_have_value("")


@pytest.mark.parametrize(("language", "locale", "search", "shortcuts"), LANGUAGES)
def test_palette_and_sheet_are_accessible(
    home: RunningSystem, browse: Browse, language: str, locale: str, search: str, shortcuts: str
) -> None:
    studio = sign_in_and_wait(browse(DESKTOP, "dark", locale), home, language)
    studio.keyboard.press("?")
    sheet = studio.get_by_role("dialog", name=shortcuts)
    expect(sheet.get_by_role("switch")).to_be_checked()
    assert_accessible(studio)
    studio.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    studio.set_viewport_size(PHONE)
    assert studio.evaluate("document.documentElement.scrollWidth <= innerWidth")
    studio.get_by_role("button", name=search).click()
    expect(studio.get_by_role("combobox")).to_be_focused()
    assert_accessible(studio)
    assert studio.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", ["/calendar", "/settings"])
def test_an_explanation_is_shown_until_it_is_read(home: RunningSystem, page: Page, path: str) -> None:
    studio = sign_in_and_wait(page, home)
    studio.goto(path)
    read = studio.get_by_role("button", name="Got it")
    expect(read).to_be_visible()
    assert_accessible(studio)
    read.focus()
    studio.keyboard.press("Enter")
    expect(read).to_have_count(0)
    expect(studio.get_by_role("heading", level=1)).to_be_focused()
    studio.reload()
    expect(studio.get_by_role("heading", level=1)).to_be_visible()
    expect(read).to_have_count(0)

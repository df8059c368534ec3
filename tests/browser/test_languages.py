"""The messages: loaded with each screen and in each language before they are shown."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.signing_in import sign_in
from tests.support.running_system import RunningSystem

# Notes every text that is a key, e.g. `list.search`, also when it is there for one frame only; no host, `x.example`.
_NOTE_KEYS = r"""
window.shownKeys = [];
new MutationObserver(() => {
  window.shownKeys.push(...(document.body?.textContent.match(/\b[a-z]+(\.(?!example\b)[a-z][A-Za-z]+)+\b/g) ?? []));
}).observe(document, {subtree: true, childList: true, characterData: true});
"""


def test_no_key_is_shown_while_screens_and_languages_are_loaded(home: RunningSystem, page: Page) -> None:
    page.add_init_script(_NOTE_KEYS)
    studio = sign_in(page, home)
    studio.goto("/")
    pages = studio.get_by_role("navigation", name="Pages")
    for name in ("Calendar", "Posts"):
        pages.get_by_role("link", name=name).click()
        expect(studio.get_by_role("heading", level=1)).to_have_text(name)
    studio.get_by_role("button", name=re.compile("language, appearance")).click()
    studio.get_by_role("radiogroup", name="Language").get_by_text("Italiano").click()
    expect(studio.get_by_role("heading", level=1)).to_have_text("Post")
    studio.keyboard.press("Escape")
    pages = studio.get_by_role("navigation", name="Pagine")
    for name in ("Account", "Calendario", "Impostazioni", "Immagini"):
        pages.get_by_role("link", name=name).click()
        expect(studio.get_by_role("heading", level=1)).to_have_text(name)
    studio.get_by_role("link", name="Crea post").click()
    expect(studio.get_by_role("heading", level=1)).to_have_text("Nuovo post")
    assert studio.evaluate("window.shownKeys") == []

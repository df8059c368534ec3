"""The brand in a browser: sample cards follow what is typed, and the brand is saved."""

from __future__ import annotations

from io import BytesIO

from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import PHONE, Browse
from tests.browser.page_monitor import PageMonitor
from tests.browser.signing_in import sign_in
from tests.support.axe import assert_accessible
from tests.support.running_system import RunningSystem


def test_the_sample_cards_follow_what_is_typed_and_the_brand_is_saved(home: RunningSystem, page: Page) -> None:
    sign_in(page, home).goto("/brand")
    cards = page.get_by_role("list", name="How cards look").get_by_role("img")
    expect(cards).to_have_count(6)
    first = page.get_by_alt_text("Card in the style Professional, 1:1")
    plain = first.get_attribute("src")
    assert plain is not None
    page.get_by_label("Name", exact=True).fill("Costa Viva")
    page.get_by_role("switch", name="Your own colours").check()
    page.get_by_label("Main colour", exact=True).fill("#7a1fa2")
    expect(first).not_to_have_attribute("src", plain)
    # Nothing is stored before it is saved.
    assert home.ask("GET", "/api/v1/brand").body["name"] == ""
    page.get_by_text("16:9", exact=True).click()
    expect(page.get_by_alt_text("Card in the style Bold, 16:9")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Save the brand").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    saved = home.ask("GET", "/api/v1/brand").body
    assert (saved["name"], saved["colors"]) == ("Costa Viva", ["#7a1fa2", "#ffcb5c"])


def test_the_logo_is_uploaded_and_removed_on_a_phone(home: RunningSystem, browse: Browse) -> None:
    page = sign_in(browse(PHONE, "dark", "it-IT"), home, "it")
    page.goto("/settings")
    page.get_by_role("link", name="Marchio").click()
    buffer = BytesIO()
    Image.new("RGBA", (300, 200), (255, 120, 0, 128)).save(buffer, "PNG")
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Carica un logo").click()
    logo: FilePayload = {"name": "logo.png", "mimeType": "image/png", "buffer": buffer.getvalue()}
    choosing.value.set_files(logo)
    expect(page.get_by_alt_text("Il logo scelto")).to_be_visible()
    page.get_by_role("button", name="Salva il marchio").click()
    expect(page.get_by_text("Salvato.")).to_be_visible()
    assert home.ask("GET", "/api/v1/brand").body["logo"] is not None
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(page)
    page.get_by_role("button", name="Nessun logo").click()
    page.get_by_role("button", name="Salva il marchio").click()
    expect(page.get_by_alt_text("Il logo scelto")).to_have_count(0)
    expect(page.get_by_text("Salvato.")).to_be_visible()
    assert home.ask("GET", "/api/v1/brand").body["logo"] is None


def test_a_new_post_begins_with_the_brands_hashtags_and_call_to_action(
    home: RunningSystem, browse: Browse, monitor: PageMonitor
) -> None:
    monitor.allow("422")
    page = sign_in(browse(PHONE, "light", "it-IT"), home, "it")
    page.goto("/brand")
    page.get_by_label("Hashtag", exact=True).fill("mare due-parole")
    page.get_by_label("Invito all'azione").fill("Prenota ora")
    page.get_by_role("button", name="Salva il marchio").click()
    expect(page.get_by_text('L\'hashtag "due-parole" non è valido')).to_be_visible()
    page.get_by_label("Hashtag", exact=True).fill("mare #estate")
    page.get_by_role("button", name="Salva il marchio").click()
    expect(page.get_by_text("Salvato.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(page)

    page.goto("/posts/new")
    expect(page.get_by_label("Invito all'azione")).to_have_value("Prenota ora")
    expect(page.get_by_text("Dal tuo marchio: hashtag e invito all'azione.")).to_be_visible()
    expect(page.get_by_text("Il post non ha testo")).to_have_count(0)
    assert_accessible(page)
    # They alone save nothing.
    assert home.ask("GET", "/api/v1/posts").body["data"] == []
    page.get_by_role("button", name="Togli #estate").click()
    page.get_by_label("Testo", exact=True).fill("Si apre la stagione")
    expect(page.get_by_text("Salvato")).to_be_visible()
    expect(page.get_by_text("Dal tuo marchio: invito all'azione.")).to_be_visible()
    (post,) = home.ask("GET", "/api/v1/posts").body["data"]
    assert (post["content"], post["hashtags"], post["cta"]) == ("Si apre la stagione", ["mare"], "Prenota ora")

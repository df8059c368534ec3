"""The media library in a browser: upload several files, describe, crop, find and delete."""

from __future__ import annotations

from io import BytesIO

from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import PHONE, Browse
from tests.browser.file_drop import drop_file
from tests.browser.page_monitor import PageMonitor
from tests.browser.signing_in import sign_in
from tests.support.axe import assert_accessible
from tests.support.running_system import RunningSystem


def _png(color: str, name: str) -> FilePayload:
    buffer = BytesIO()
    Image.new("RGB", (600, 400), color).save(buffer, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": buffer.getvalue()}


def _upload(page: Page, *files: FilePayload) -> None:
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Upload pictures").click()
    choosing.value.set_files(list(files))


def test_several_files_are_uploaded_and_a_bad_one_says_why(
    home: RunningSystem, page: Page, monitor: PageMonitor
) -> None:
    monitor.allow("status of 422")
    sign_in(page, home).goto("/library")
    broken: FilePayload = {"name": "broken.png", "mimeType": "image/png", "buffer": b"not a picture"}
    text: FilePayload = {"name": "prices.txt", "mimeType": "text/plain", "buffer": b"1 EUR"}
    _upload(page, _png("navy", "sea.png"), broken, text, _png("olive", "hill.png"))
    uploads = page.get_by_role("list", name="Uploads")
    expect(uploads.get_by_role("listitem").filter(has_text="In the library")).to_have_count(2)
    expect(uploads.get_by_role("listitem").filter(has_text="prices.txt")).to_contain_text("This is not a picture.")
    refused = uploads.get_by_role("listitem").filter(has_text="broken.png")
    # The server refused the content: sending it again would not help.
    expect(refused.get_by_role("button")).to_have_count(0)
    expect(page.get_by_text("2 pictures are in the library. 2 could not be uploaded.")).to_be_visible()
    library = page.get_by_role("list", name="Media")
    expect(library.get_by_role("link", name="sea.png")).to_be_visible()
    expect(library.get_by_role("link", name="hill.png")).to_be_visible()
    assert_accessible(page)
    drop_file(page, _png("teal", "dropped.png"))
    expect(library.get_by_role("link", name="dropped.png")).to_be_visible()


def test_a_picture_is_described_found_cropped_and_deleted(home: RunningSystem, page: Page) -> None:
    sign_in(page, home).goto("/library")
    _upload(page, _png("purple", "lighthouse.png"))
    library = page.get_by_role("list", name="Media")
    library.get_by_role("link", name="lighthouse.png").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Description of the picture").fill("A tower at dusk")
    dialog.get_by_role("button", name="Save the description").click()
    expect(dialog.get_by_text("Saved.")).to_be_visible()
    assert_accessible(page)
    dialog.get_by_role("button", name="Crop").click()
    page.get_by_role("button", name="Save as a new picture").click()
    expect(dialog.get_by_text("400 × 400 pixels")).to_be_visible()
    expect(dialog.get_by_label("Description of the picture")).to_have_value("A tower at dusk")
    dialog.get_by_role("button", name="Close").click()
    page.get_by_label("Search by name, description or tag").fill("dusk")
    expect(library.get_by_role("listitem")).to_have_count(2)
    library.get_by_role("link", name="lighthouse-400x400.png").click()
    dialog.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it now").click()
    expect(library.get_by_role("listitem")).to_have_count(1)


def test_pictures_are_tagged_and_filtered_by_tag(home: RunningSystem, page: Page) -> None:
    home.upload(_png("navy", "shore.png")["buffer"], "shore.png", tags="Summer")
    home.upload(_png("olive", "slope.png")["buffer"], "slope.png")
    sign_in(page, home).goto("/library")
    library = page.get_by_role("list", name="Media")
    library.get_by_role("link", name="slope.png").click()
    dialog = page.get_by_role("dialog")
    tags = dialog.get_by_role("list", name="Tags of this picture")
    dialog.get_by_role("button", name="Add the tag Summer").press("Enter")
    expect(tags.get_by_role("listitem")).to_have_text(["Summer"])
    expect(dialog.get_by_label("Tags", exact=True)).to_be_focused()
    page.keyboard.type("Open air, summer, 2026")
    page.keyboard.press("Enter")
    expect(tags.get_by_role("listitem")).to_have_text(["2026", "Open air", "Summer"])
    expect(dialog.get_by_text("Tags saved.")).to_be_visible()
    assert_accessible(page)
    dialog.get_by_role("button", name="Remove the tag 2026").click()
    expect(tags.get_by_role("listitem")).to_have_count(2)
    dialog.get_by_role("button", name="Close").click()
    page.get_by_label("Tag", exact=True).select_option("Open air")
    expect(library.get_by_role("listitem")).to_have_count(1)
    assert "tag=Open" in page.url
    # What is uploaded now has the tag, and so it is shown.
    _upload(page, _png("teal", "pond.png"))
    expect(library.get_by_role("listitem")).to_have_count(2)
    expect(library.get_by_role("link", name="pond.png")).to_contain_text("Open air")
    assert_accessible(page)
    page.get_by_label("Tag", exact=True).select_option("")
    expect(library.get_by_role("link", name="shore.png")).to_be_visible()


def test_a_picture_is_replaced_in_the_posts_that_are_chosen(home: RunningSystem, browse: Browse) -> None:
    page = sign_in(browse(PHONE, "dark", "en-GB"), home)
    old = home.upload(_png("gold", "wheat.png")["buffer"], "wheat.png", alt="A field", tags="Fields").body["id"]
    posts = [
        home.ask("POST", "/api/v1/posts", {"content": text, "platforms": ["facebook"], "images": {"facebook": old}})
        for text in ("Harvest begins", "Harvest ends")
    ]
    page.goto(f"/library?picture={old}")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Replace").click()
    left_out = dialog.get_by_role("checkbox", name="Harvest ends")
    expect(dialog.get_by_role("checkbox", name="Harvest begins")).to_be_checked()
    left_out.press("Space")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with page.expect_file_chooser() as choosing:
        dialog.get_by_role("button", name="Choose a file").click()
    choosing.value.set_files([_png("orange", "barley.png")])
    expect(dialog.get_by_text("barley.png")).to_be_visible()
    dialog.get_by_role("button", name="Replace it in 1 post").click()
    expect(dialog.get_by_text("1 post shows the new picture. The old one stays in the library too.")).to_be_visible()
    assert_accessible(page)
    dialog.get_by_role("button", name="Open the new picture").click()
    expect(dialog.get_by_label("Description of the picture")).to_have_value("A field")
    expect(dialog.get_by_role("link", name="Harvest begins")).to_be_visible()
    expect(dialog.get_by_role("list", name="Tags of this picture")).to_have_text("Fields")
    shown = [home.ask("GET", f"/api/v1/posts/{post.body['job_id']}").body["images"]["facebook"] for post in posts]
    assert (shown[0]["media_id"] == old, shown[1]["media_id"] == old) == (False, True)


def test_a_picture_of_an_unsent_post_is_not_deleted(home: RunningSystem, browse: Browse, monitor: PageMonitor) -> None:
    monitor.allow("status of 409")
    page = sign_in(browse(PHONE, "dark", "it-IT"), home, "it")
    page.goto("/library")
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Carica immagini").click()
    choosing.value.set_files([_png("maroon", "vino.png")])
    link = page.get_by_role("link", name="vino.png")
    expect(link).to_be_visible()
    found = home.ask("GET", "/api/v1/media?q=vino").body["data"][0]
    draft = {"content": "Vino nuovo", "platforms": ["facebook"], "images": {"facebook": found["id"]}}
    assert home.ask("POST", "/api/v1/posts", draft).status == 201
    link.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("link", name="Vino nuovo")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    dialog.get_by_role("button", name="Elimina").click()
    page.get_by_role("button", name="Eliminala ora").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Post non ancora pubblicati")
    assert_accessible(page)
    dialog.get_by_role("link", name="Vino nuovo").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()

"""The wizard's third step: failed pictures, uploads and crops, regeneration."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, Browse, in_own_thread
from tests.browser.page_monitor import PageMonitor
from tests.browser.signing_in import sign_in
from tests.images.pictures import GREEN, WHITE, encode_picture, near, quarters
from tests.support.axe import assert_accessible
from tests.support.image_provider import FakeImageProvider, running_image_provider
from tests.support.running_system import RunningSystem, ask, start_system
from tests.support.waiting import until

POSTS = "/api/v1/posts"


@pytest.fixture(scope="module")
def image_provider() -> Iterator[FakeImageProvider]:
    with running_image_provider() as one:
        yield one


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, image_provider: FakeImageProvider) -> Iterator[RunningSystem]:
    """A system with a picture provider that can fail."""
    images = {"openai_base_url": image_provider.url, "openai_model": "m-1", "at_once": 4}
    with in_own_thread(start_system(tmp_path_factory.mktemp("system"), images=images)) as opened:
        yield opened


Open = Callable[[Page, str], None]


@pytest.fixture
def open_step(home: RunningSystem) -> Open:
    """Return a function that signs in and opens the pictures of a post."""

    def opened(page: Page, post: str) -> None:
        sign_in(page, home, new_user=f"reader of {post}")
        page.goto(f"/posts/{post}/edit?step=3")

    return opened


def draft(home: RunningSystem, *platforms: str, **fields: Any) -> str:
    fields = {"content": "Pane nero", "image_provider": "offline", "platforms": list(platforms), **fields}
    return str(home.ask("POST", POSTS, fields).body["job_id"])


def tile(page: Page, platform: str) -> Locator:
    return page.locator(f'[data-platform="{platform}"]')


def unsigned(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def result(home: RunningSystem, post: str, platform: str) -> dict[str, Any]:
    (found,) = [one for one in home.ask("GET", f"{POSTS}/{post}").body["platforms"] if one["platform"] == platform]
    return dict(found)


def test_a_failed_picture_shows_why_and_is_regenerated_on_request(
    home: RunningSystem, page: Page, image_provider: FakeImageProvider, open_step: Open, monitor: PageMonitor
) -> None:
    image_provider.statuses["guasto"] = 401
    prompts = {"instagram": "guasto"}
    post = draft(home, "facebook", "instagram", image_provider="openai", platform_prompts=prompts)
    open_step(page, post)
    facebook, instagram = tile(page, "facebook"), tile(page, "instagram")
    expect(facebook.get_by_role("status")).to_have_text("Ready")
    expect(facebook.get_by_text("Made by OpenAI")).to_be_visible()
    expect(instagram.get_by_role("status")).to_have_text("Failed")
    expect(instagram.get_by_text("This picture could not be made")).to_be_visible()
    expect(instagram.get_by_text(result(home, post, "instagram")["error"])).to_be_visible()
    assert_accessible(page)
    del image_provider.statuses["guasto"]
    instagram.get_by_role("button", name="Try again").click()
    expect(instagram.get_by_role("status")).to_have_text("Ready")
    expect(instagram.get_by_role("img")).to_be_visible()
    assert image_provider.seen.count("guasto") == 2
    # A model's picture has no words on it until a person wants them there.
    before = unsigned(result(home, post, "facebook")["image_url"])
    facebook.get_by_role("switch", name="The post's text over the picture").check()
    until(lambda: unsigned(result(home, post, "facebook")["image_url"]) != before)
    expect(facebook.get_by_role("img").first).to_have_attribute(
        "src", re.compile(re.escape(unsigned(result(home, post, "facebook")["image_url"])))
    )


def test_ones_own_picture_is_uploaded_cropped_and_published(home: RunningSystem, page: Page, open_step: Open) -> None:
    post = draft(home, "instagram")
    open_step(page, post)
    instagram = tile(page, "instagram")
    expect(instagram.get_by_role("status")).to_have_text("Ready")
    with page.expect_file_chooser() as chooser:
        instagram.get_by_role("button", name="Upload a picture").click()
    photo = FilePayload(name="foto.png", mimeType="image/png", buffer=encode_picture(quarters((1600, 800))))
    chooser.value.set_files(photo)
    expect(instagram.get_by_text("Your own picture").first).to_be_visible()
    instagram.get_by_role("button", name="Crop").click()
    dialog = page.get_by_role("dialog", name="Crop for Instagram")
    area = dialog.get_by_role("application")
    expect(area).to_be_visible()
    assert_accessible(page)
    # Square, of twice its width: to the right half by keys alone.
    area.focus()
    for _ in range(60):
        page.keyboard.press("ArrowLeft")
    dialog.get_by_role("button", name="Use this crop").click()
    expect(dialog).to_have_count(0)
    until(lambda: home.ask("GET", f"{POSTS}/{post}").body["images"]["instagram"]["crop"] is not None)
    crop = home.ask("GET", f"{POSTS}/{post}").body["images"]["instagram"]["crop"]
    assert (crop["w"], crop["h"]) == (pytest.approx(0.5, abs=0.01), pytest.approx(1, abs=0.01))
    assert crop["x"] == pytest.approx(0.5, abs=0.01)
    alt = instagram.get_by_label("Description of the picture")
    alt.fill("Verde e bianco")
    alt.blur()
    until(lambda: result(home, post, "instagram")["image_alt"] == "Verde e bianco")
    home.ask("POST", f"{POSTS}/{post}/publish", {})
    until(lambda: home.ask("GET", f"{POSTS}/{post}").body["status"] == "published")
    shown = Image.open(io.BytesIO(ask("GET", published_picture(home)).raw)).convert("RGB")
    assert shown.size == (1080, 1080)
    assert near(shown.getpixel((540, 200)), GREEN)  # type: ignore[arg-type]  # a tuple: it is RGB
    assert near(shown.getpixel((540, 880)), WHITE)  # type: ignore[arg-type]  # as above


def published_picture(home: RunningSystem) -> str:
    """Return the URL of the published picture, from the sandbox."""
    state = home.meta.state()
    (medium,) = [one for one in state["media"] if one["media_product_type"] == "FEED"]
    return str(medium["media_url"])


def test_a_picture_is_regenerated_and_restored(home: RunningSystem, page: Page, open_step: Open) -> None:
    post = draft(home, "facebook")
    open_step(page, post)
    facebook = tile(page, "facebook")
    expect(facebook.get_by_role("status")).to_have_text("Ready")
    first = facebook.get_by_role("img").first.get_attribute("src")
    facebook.get_by_role("button", name="Make another version").click()
    expect(facebook.get_by_text("The last 2 pictures")).to_be_visible()
    expect(facebook.get_by_role("img").first).not_to_have_attribute("src", first or "")
    facebook.get_by_role("button", name="Designed by Araldo", pressed=False).click()
    expect(facebook.get_by_role("img").first).to_have_attribute("src", first or "")
    facebook.get_by_role("button", name="Lock this picture").click()
    expect(facebook.get_by_role("button", name="Make another version")).to_have_count(0)
    # Locked: another text leaves it as it is. Unlocked: it is told that the text has changed, and follows when asked.
    home.ask("PATCH", f"{POSTS}/{post}", {"content": "Pane bianco"})
    facebook.get_by_role("button", name="Unlock this picture").click()
    expect(facebook.get_by_role("status")).to_have_text("The text has changed")
    facebook.get_by_role("button", name="Update the picture").click()
    expect(facebook.get_by_role("status")).to_have_text("Ready")


def test_one_click_in_the_gallery_makes_that_card_for_all_platforms_or_one(
    home: RunningSystem, page: Page, image_provider: FakeImageProvider, open_step: Open
) -> None:
    post = draft(home, "facebook", "instagram", image_provider="auto")
    asked_before = len(image_provider.seen)
    open_step(page, post)
    gallery = page.get_by_role("region", name="Style", exact=True)
    cards = gallery.get_by_role("button")
    expect(cards).to_have_count(6)
    for card in cards.all():
        # Drawn, and small.
        card.locator("img").wait_for()
        assert card.locator("img").evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 320
    for name in ("facebook", "instagram"):
        expect(tile(page, name).get_by_role("status")).to_have_text("Ready")
    assert_accessible(page)
    asked = len(image_provider.seen)
    assert asked - asked_before <= 2, "a card of the gallery asked a provider"
    gallery.get_by_role("button", name="Bold").click()
    expect(gallery.get_by_role("button", name="Bold", pressed=True)).to_be_visible()
    for name in ("facebook", "instagram"):
        expect(tile(page, name).get_by_text("Designed by Araldo").first).to_be_visible()
        # The picture of before stays in sight.
        expect(tile(page, name).get_by_text("The last 2 pictures")).to_be_visible()
    assert home.ask("GET", f"{POSTS}/{post}").body["image_style"] == "bold"
    gallery.get_by_label("For").select_option("instagram")
    gallery.get_by_role("button", name="Minimal").press("Enter")
    expect(gallery.get_by_role("button", name="Minimal", pressed=True)).to_be_visible()
    styles = [home.ask("GET", f"{POSTS}/{post}/images/{name}").body["style"] for name in ("facebook", "instagram")]
    assert styles == ["bold", "minimal"]
    assert len(image_provider.seen) == asked


def test_slides_are_dragged_and_moved_by_the_arrow_keys(home: RunningSystem, page: Page, open_step: Open) -> None:
    post = draft(home, "facebook", slides=[{"headline": name} for name in ("Uno", "Due", "Tre")])
    open_step(page, post)

    def headlines() -> list[str]:
        return [one["headline"] for one in home.ask("GET", f"{POSTS}/{post}").body["slides"]]

    def slide(number: int) -> Locator:
        return page.get_by_role("listitem").filter(has=page.get_by_text(f"Picture {number}", exact=True))

    slide(3).get_by_text("Picture 3", exact=True).drag_to(slide(1))
    expect(page.get_by_label("Headline").first).to_have_value("Tre")
    assert headlines() == ["Tre", "Uno", "Due"]
    grip = page.get_by_role("button", name=re.compile("^Move picture 1: drag"))
    expect(grip).to_be_enabled()
    grip.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name=re.compile("^Move picture 2: drag"))).to_be_focused()
    expect(page.get_by_label("Headline").first).to_have_value("Uno")
    assert headlines() == ["Uno", "Tre", "Due"]


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "dark"), (PHONE, "light")], ids=["dark", "phone"])
def test_a_carousel_in_every_viewport_and_scheme(
    home: RunningSystem, browse: Browse, open_step: Open, viewport: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    slides = [{"headline": "Uno"}, {"headline": "Due"}]
    post = draft(home, "facebook", "instagram_story", slides=slides)
    page = browse(viewport, scheme)
    open_step(page, post)
    for name in ("facebook", "instagram_story"):
        expect(tile(page, name).get_by_role("status")).to_have_text("Ready")
    tile(page, "instagram_story").get_by_role("switch").check()
    expect(page.get_by_text("Covered by the app's own controls")).to_be_visible()
    expect(tile(page, "facebook").get_by_role("listitem")).to_have_count(2)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the screen"
    page.get_by_role("button", name="Move picture 1 one place later").click()
    until(lambda: [one["headline"] for one in home.ask("GET", f"{POSTS}/{post}").body["slides"]] == ["Due", "Uno"])
    expect(page.get_by_label("Headline").first).to_have_value("Due")

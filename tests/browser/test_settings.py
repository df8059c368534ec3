"""Settings, and the accessibility of every screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, Browse
from tests.browser.signing_in import sign_in
from tests.support.axe import assert_accessible
from tests.support.running_system import RunningSystem, ask


def test_a_key_is_shown_once_works_and_is_revoked_in_the_studio(home: RunningSystem, page: Page) -> None:
    sign_in(page, home).goto("/settings")
    page.get_by_label("What the key is for").fill("Il sito")
    page.get_by_role("button", name="Create a key").click()
    secret = page.get_by_label("The new key").input_value()
    using = {"Authorization": f"Bearer {secret}"}
    assert ask("GET", f"{home.url}/api/v1/posts", headers=using).status == 200
    assert_accessible(page)
    page.reload()
    row = page.get_by_role("listitem").filter(has_text="Il sito")
    expect(row).to_be_visible()
    assert secret not in page.content()
    row.get_by_role("button", name="Revoke the key Il sito").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke it now").click()
    expect(row).to_have_count(0)
    assert ask("GET", f"{home.url}/api/v1/posts", headers=using).status == 401


def test_a_password_is_set_and_the_other_session_ends(home: RunningSystem, page: Page, browse: Browse) -> None:
    other = sign_in(browse(), home)
    sign_in(page, home).goto("/settings")
    expect(page.get_by_role("button", name=re.compile("^Sign out there: ")).first).to_be_visible()
    page.get_by_label("New password").fill("una frase molto segreta")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("The password is set.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Sign out there: "))).to_have_count(0)
    other.goto("/posts")
    other.get_by_label("Name").fill("owner")
    other.get_by_role("textbox", name="Password").fill("una frase molto segreta")
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("heading", name="Posts")).to_be_visible()


def test_another_workspace_is_empty_and_one_can_go_back(home: RunningSystem, page: Page) -> None:
    home.ask("POST", "/api/v1/posts", {"content": "Solo del primo"})
    sign_in(page, home).goto("/settings")
    page.get_by_label("Name of the new workspace").fill("Bottega")
    page.get_by_role("button", name="Create and open it").click()
    expect(page.get_by_text("No posts yet. Begin here: the first post takes two minutes.")).to_be_visible()
    expect(page.get_by_text("Solo del primo")).to_have_count(0)
    page.get_by_label("Workspace", exact=True).select_option(label="Araldo")
    expect(page.get_by_role("link", name="Solo del primo").first).to_be_visible()


@pytest.mark.parametrize(
    ("viewport", "language", "loading", "change"),
    [(DESKTOP, "en", "Loading", "Change the time"), (PHONE, "es", "Cargando", "Cambiar la hora")],
    ids=["desktop", "phone"],
)
def test_every_screen_is_accessible(
    home: RunningSystem, browse: Browse, viewport: ViewportSize, language: str, loading: str, change: str
) -> None:
    reply = home.create(wait=60, content="Per tutti", platforms=["facebook", "instagram"], publish_immediately=True)
    assert reply.body["status"] == "published"
    planned = home.create(content="Domani", schedule_time="2031-01-01T10:00:00Z").body["job_id"]
    page = sign_in(browse(viewport), home, language)
    post = f"/posts/{reply.body['job_id']}"
    for path in (
        "/",
        "/posts",
        "/posts?show=publishing",
        post,
        f"/posts/{planned}",
        "/accounts",
        "/settings",
        "/calendar",
    ):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text(loading)).to_have_count(0)
        _assert_screens_accessible(page, viewport)
    page.goto(f"/posts/{planned}")
    page.get_by_role("button", name=change).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert_accessible(page)


def _assert_screens_accessible(page: Page, viewport: ViewportSize) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} is wider than the screen"
    cut = page.evaluate("[...document.querySelectorAll('nav a')].filter((a) => a.scrollWidth > a.clientWidth).length")
    assert cut == 0, "a label of the navigation does not fit"
    # `make screens` has both schemes at both widths.
    if viewport == PHONE:
        page.emulate_media(color_scheme="dark")
        expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    assert_accessible(page)

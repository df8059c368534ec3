"""Approval in a browser: an editor asks, a client answers by a link without an account, an owner decides."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, Browse
from tests.browser.page_monitor import PageMonitor
from tests.browser.signing_in import sign_in
from tests.browser.test_members import make_link, register
from tests.images.pictures import encode_picture, quarters
from tests.support.axe import assert_accessible
from tests.support.running_system import RunningSystem, ask
from tests.support.waiting import until

SCRIPT = "<img src=x onerror=alert(1)> <script>alert(2)</script>"
NOTE = "solo per noi"


def add_draft(home: RunningSystem, content: str, **fields: Any) -> str:
    """Create a draft with a picture of the library on two platforms, and return its id."""
    medium = home.upload(encode_picture(quarters((900, 900)), "JPEG"), alt="Pane").body["id"]
    body = {
        "content": content,
        "platforms": ["facebook", "instagram"],
        "images": {"facebook": medium, "instagram": medium},
        "image_provider": "none",
        "note": NOTE,
        **fields,
    }
    made = home.ask("POST", "/api/v1/posts", body)
    assert made.status == 201, made.raw
    post_id = str(made.body["job_id"])
    until(lambda: home.ask("GET", f"/api/v1/posts/{post_id}/approval").body["pictures_ready"])
    return post_id


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="Approval")


def make_approval_link(page: Page, note: str) -> str:
    """Make a link on the post's page, and return it."""
    page.get_by_text("Links for people without an account").click()
    page.get_by_label("For whom").fill(note)
    page.get_by_role("button", name="Make a link").click()
    link = panel(page).get_by_label("Link", exact=True).input_value()
    assert "/approval#" in link
    page.get_by_role("button", name="Done").click()
    expect(panel(page).get_by_label("Link", exact=True)).to_have_count(0)
    return link


def test_a_client_sends_back_and_approves_what_an_editor_asks_for(
    home: RunningSystem, browse: Browse, monitor: PageMonitor
) -> None:
    owner, editor, client = sign_in(browse(), home), browse(), browse(PHONE)
    owner.goto("/settings")
    owner.get_by_role("switch", name="Posts go out only when they are approved").check(force=True)
    expect(owner.get_by_role("switch", name="Posts go out only when they are approved")).to_be_enabled()
    register(editor, make_link(owner, "Editor"), "Bruna")
    post_id = add_draft(home, "Pane fresco")
    editor.goto(f"/posts/{post_id}")
    panel(editor).get_by_role("textbox", name="Comment").fill("Va bene?")
    panel(editor).get_by_role("button", name="Request approval").click()
    expect(panel(editor)).to_contain_text("Requested by Bruna")
    expect(panel(editor).get_by_role("button", name="Approve")).to_have_count(0)
    owner.goto("/")
    owner.get_by_role("list", name="Waiting for your approval").get_by_role("link", name="Pane fresco").click()
    link = make_approval_link(owner, "Carla")

    client.goto(link)
    expect(client.get_by_role("heading", name="A post of Araldo for you")).to_be_visible()
    expect(client.get_by_role("figure")).to_have_count(2)
    expect(client.get_by_role("img", name="Pane").first).to_be_visible()
    assert NOTE not in client.content()
    client.get_by_label("Your name").fill("Carla")
    client.get_by_role("textbox", name="Comment").fill(SCRIPT)
    client.get_by_role("button", name="Send back").click()
    expect(client.get_by_role("list", name="Comments")).to_contain_text(SCRIPT)
    expect(client.get_by_role("button", name="Approve")).to_have_count(0)
    expect(panel(editor)).to_contain_text("Sent back by Carla")
    expect(panel(editor).get_by_role("list", name="Comments")).to_contain_text(SCRIPT)

    home.ask("PATCH", f"/api/v1/posts/{post_id}", {"content": "Pane caldo"})
    panel(editor).get_by_role("button", name="Request approval").click()
    expect(panel(editor)).to_contain_text("Requested by Bruna")
    client.reload()
    expect(client.get_by_text("Pane caldo").first).to_be_visible()
    home.ask("PATCH", f"/api/v1/posts/{post_id}", {"content": "Pane nero"})
    client.get_by_label("Your name").fill("Carla")
    monitor.allow("status of 409")
    client.get_by_role("button", name="Approve").click()
    expect(client.get_by_role("alert")).to_contain_text("The post has changed since you saw it")
    expect(client.get_by_text("Pane nero").first).to_be_visible()
    client.get_by_role("button", name="Approve").click()
    expect(client.get_by_text("Approved by Carla")).to_be_visible()
    expect(panel(editor)).to_contain_text("Approved by Carla")

    panel(owner).get_by_role("button", name="Withdraw the link: Carla").click()
    expect(panel(owner).get_by_text("Carla", exact=True)).to_have_count(0)
    monitor.allow("status of 404")
    client.reload()
    expect(client.get_by_role("alert")).to_contain_text("This link was withdrawn or has expired")


def test_an_owner_approves_with_the_keyboard(home: RunningSystem, browse: Browse) -> None:
    post_id = add_draft(home, "Focaccia")
    assert home.ask("POST", f"/api/v1/posts/{post_id}/approval/request").status == 200
    page = sign_in(browse(), home)
    page.goto(f"/posts/{post_id}")
    panel(page).get_by_role("button", name="Approve").focus()
    page.keyboard.press("Enter")
    expect(panel(page)).to_contain_text("Approved by owner")
    page.goto("/posts")
    row = page.get_by_role("listitem").filter(has_text="Focaccia")
    expect(row).to_contain_text("Approved")


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_the_pages_are_accessible(home: RunningSystem, browse: Browse, viewport: ViewportSize, scheme: str) -> None:
    post_id = add_draft(home, f"Grissini {scheme}")
    assert home.ask("POST", f"/api/v1/posts/{post_id}/approval/request", {"comment": "Per voi"}).status == 200
    path, key = f"{home.url}/api/v1/posts/{post_id}/approval/links", {"Authorization": f"Bearer {home.key}"}
    url = ask("POST", path, {"note": "Fabio"}, key).body["url"]
    page = sign_in(browse(viewport, scheme, "it-IT"), home, "it")
    page.goto(f"/posts/{post_id}")
    expect(page.get_by_role("region", name="Approvazione")).to_contain_text("Fabio")
    client = browse(viewport, scheme, "es-ES")
    client.goto(url)
    expect(client.get_by_role("heading", name="Una publicación de")).to_be_visible()
    expect(client.get_by_role("button", name="Aprobar")).to_be_visible()
    for one in (page, client):
        assert one.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert_accessible(one)
    page.goto("/settings")
    expect(page.get_by_role("heading", name="Approvazione")).to_be_visible()
    assert_accessible(page)

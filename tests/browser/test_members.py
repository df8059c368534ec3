"""Members in a browser: invited by a link, with what their role allows, and gone at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, Browse
from tests.browser.page_monitor import PageMonitor
from tests.browser.signing_in import sign_in
from tests.support.axe import assert_accessible
from tests.support.running_system import RunningSystem

PASSWORD = "cavallo batteria graffetta"


def make_link(page: Page, role: str, note: str = "") -> str:
    """Make an invitation on the members' page, and return its link."""
    page.goto("/settings/members")
    page.get_by_label("Role", exact=True).select_option(label=role)
    page.get_by_label("For whom").fill(note)
    page.get_by_role("button", name="Create an invitation link").click()
    link = page.get_by_label("Invitation link").input_value()
    assert "/invitation#" in link
    page.get_by_role("button", name="I have saved it").click()
    expect(page.get_by_label("Invitation link")).to_have_count(0)
    assert link not in page.content()
    return link


def register(page: Page, link: str, name: str) -> None:
    page.goto(link)
    assert page.evaluate("location.hash") == ""
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill("bruna@example.com")
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Create account and join").click()
    expect(page.get_by_role("heading", name="Home")).to_be_visible()


def test_an_editor_is_invited_writes_changes_no_settings_and_is_removed_at_once(
    home: RunningSystem, browse: Browse, monitor: PageMonitor
) -> None:
    owner, editor = sign_in(browse(), home), browse()
    link = make_link(owner, "Editor", "bruna@example.com")
    expect(owner.get_by_role("list", name="Not used yet")).to_contain_text("bruna@example.com")
    editor.goto(link)
    expect(editor.get_by_text("owner invites you as an editor")).to_be_visible()
    assert_accessible(editor)
    register(editor, link, "Bruna")
    expect(editor.get_by_role("link", name="Create post").first).to_be_visible()
    editor.get_by_role("link", name="Settings").click()
    expect(editor.get_by_text("Owners change its settings")).to_be_visible()
    expect(editor.get_by_role("heading", name="Password")).to_be_visible()
    expect(editor.get_by_role("heading", name="API keys")).to_have_count(0)
    editor.goto("/settings/webhooks")
    expect(editor.get_by_text("Owners change its settings")).to_be_visible()
    expect(editor.get_by_role("heading", name="Webhooks")).to_have_count(0)
    owner.reload()
    bruna = owner.get_by_role("list", name="People").get_by_role("listitem").filter(has_text="Bruna")
    expect(bruna).to_contain_text("bruna@example.com")
    bruna.get_by_role("button", name="Remove Bruna").click()
    owner.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(bruna).to_have_count(0)
    monitor.allow("status of 401")
    editor.get_by_role("link", name="Posts").click()
    expect(editor.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_viewer_reads_and_is_offered_nothing_else(home: RunningSystem, browse: Browse, monitor: PageMonitor) -> None:
    home.ask("POST", "/api/v1/posts", {"content": "Pane fresco", "platforms": ["facebook"]})
    viewer = browse()
    register(viewer, make_link(sign_in(browse(), home), "Viewer"), "Carlo")
    expect(viewer.get_by_role("link", name="Create post")).to_have_count(0)
    viewer.get_by_role("link", name="Posts").click()
    # Home, which stays until the list is there, has a link of this name, too.
    expect(viewer.get_by_role("heading", level=1, name="Posts")).to_be_visible()
    viewer.get_by_role("link", name="Pane fresco").click()
    expect(viewer.get_by_role("heading", name="Pane fresco")).to_be_visible()
    actions = viewer.get_by_role("group", name="What you can do with this post")
    expect(actions.get_by_role("button")).to_have_count(0)
    viewer.goto("/posts/new")
    expect(viewer.get_by_text("In this workspace you can read, but not change anything.")).to_be_visible()
    viewer.goto("/accounts")
    expect(viewer.get_by_text("In this workspace you can read, but not change anything.")).to_be_visible()
    expect(viewer.get_by_role("button", name="Disconnect")).to_have_count(0)
    # The link was used.
    monitor.allow("status of 404")


def test_an_owner_changes_a_role_with_the_keyboard(home: RunningSystem, browse: Browse) -> None:
    owner, other = sign_in(browse(), home), browse()
    register(other, make_link(owner, "Viewer"), "Dora")
    owner.reload()
    button = owner.get_by_role("button", name="Change role: Dora")
    button.focus()
    owner.keyboard.press("Enter")
    dialog = owner.get_by_role("dialog", name="Change the role of Dora")
    dialog.get_by_label("Role", exact=True).focus()
    owner.keyboard.press("E")
    expect(dialog.get_by_text("Read, write and publish")).to_be_visible()
    owner.keyboard.press("Tab")
    owner.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()
    dora = owner.get_by_role("list", name="People").get_by_role("listitem").filter(has_text="Dora")
    expect(dora).to_contain_text("Editor")
    other.reload()
    expect(other.get_by_role("link", name="Create post").first).to_be_visible()


def test_the_only_owner_stays_and_a_used_link_says_what_to_do(
    home: RunningSystem, browse: Browse, monitor: PageMonitor
) -> None:
    owner, late = sign_in(browse(), home), browse()
    monitor.allow("status of 409")
    owner.goto("/settings/members")
    owner.get_by_role("button", name="Remove owner").click()
    owner.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(owner.get_by_role("alert")).to_contain_text("Make someone else an owner first.")
    owner.get_by_role("button", name="Keep them here").click()
    link = make_link(owner, "Viewer", "Elio")
    owner.get_by_role("button", name="Withdraw the invitation: Elio").click()
    expect(owner.get_by_text("Elio")).to_have_count(0)
    monitor.allow("status of 404")
    late.goto(link)
    expect(late.get_by_role("alert")).to_contain_text("Ask the person who invited you for another.")


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_the_pages_are_accessible(home: RunningSystem, browse: Browse, viewport: ViewportSize, scheme: str) -> None:
    page = sign_in(browse(), home)
    link = make_link(page, "Owner", "Fabio")
    page = sign_in(browse(viewport, scheme, "it-IT"), home, "it")
    page.goto("/settings/members")
    expect(page.get_by_role("list", name="Non ancora usati")).to_contain_text("Fabio")
    for button in (None, "Cambia ruolo: owner", "Rimuovi owner"):
        if button is not None:
            page.get_by_role("button", name=button).click()
            expect(page.get_by_role("dialog")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert_accessible(page)
        if button is not None:
            page.keyboard.press("Escape")
    guest = browse(viewport, scheme, "it-IT")
    guest.goto(link)
    expect(guest.get_by_role("heading", level=1)).to_contain_text("Entra in")
    for form in (None, "Ho già un account qui"):
        if form is not None:
            guest.get_by_role("button", name=form).click()
        assert guest.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert_accessible(guest)

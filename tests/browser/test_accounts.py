"""Accounts in the studio: connect by log-in and token, and reconnect."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.page_monitor import PageMonitor
from tests.browser.signing_in import sign_in
from tests.support.axe import assert_accessible
from tests.support.running_system import RunningSystem


@pytest.fixture
def studio(page: Page, home: RunningSystem, monitor: PageMonitor) -> Page:
    # The log-in is Meta's page, here the sandbox's.
    monitor.allow(home.meta.url)
    return sign_in(page, home)


def show_methods(studio: Page) -> None:
    """Open the ways to connect accounts of Meta."""
    studio.locator("summary", has_text="Meta").click()


def methods_of_meta(studio: Page) -> Locator:
    return studio.locator("details", has=studio.locator("summary", has_text="Meta")).first


def end_all_access(home: RunningSystem) -> None:
    for token in home.meta.state()["tokens"]:
        home.meta.control("tokens/kill", {"access_token": token["access_token"], "subcode": 463})


def test_a_waiting_post_is_published_after_reconnecting_its_account(home: RunningSystem, studio: Page) -> None:
    end_all_access(home)
    post = home.create(wait=60, publish_immediately=True).body
    assert post["platforms"][0]["state"] == "needs_reconnect"
    studio.goto(f"/posts/{post['job_id']}")
    studio.get_by_role("link", name="Reconnect the account").click()
    lost = studio.get_by_role("listitem", name="Studio Demo")
    expect(lost.get_by_text("Needs attention")).to_be_visible()
    assert_accessible(studio)
    lost.get_by_role("button", name="Reconnect").click()
    # It was connected by a token, which is asked for first; the login is the other way.
    again = studio.get_by_role("dialog", name="Reconnect Studio Demo")
    expect(again.get_by_role("textbox", name="Access token")).to_be_visible()
    assert_accessible(studio)
    again.get_by_text("Log in to Meta", exact=True).click()
    again.get_by_role("button", name="Connect with Meta").click()
    # The log-in's own page.
    studio.get_by_role("button", name="Continue").click()
    expect(studio).to_have_url(re.compile(rf"{re.escape(home.url)}/accounts/connect/con_\w+$"))
    # The Page that one came to connect again is ticked already.
    expect(studio.get_by_role("checkbox", name=re.compile("Studio Demo"))).to_be_checked()
    studio.get_by_role("button", name="Connect what is selected").click()
    expect(studio).to_have_url(re.compile(rf"/posts/{post['job_id']}$"))
    expect(studio.get_by_text("Published everywhere: 1 of 1")).to_be_visible(timeout=30_000)
    assert len(home.meta.published_ids()) == 1


def test_a_login_url_from_a_key_asks_for_consent_and_completes(home: RunningSystem, studio: Page) -> None:
    studio.goto(home.ask("POST", "/api/v1/connections", {"service": "meta"}).body["login_url"])
    expect(studio.get_by_role("heading", name="Connect your accounts to “Araldo”?")).to_be_visible()
    assert_accessible(studio)
    studio.get_by_role("button", name="Continue").click()
    # From our form through our redirect to the service's own page.
    expect(studio).to_have_url(re.compile(rf"{re.escape(home.meta.url)}/"))
    studio.get_by_role("button", name="Continue").click()
    expect(studio.get_by_role("heading", name="What do you want to connect?")).to_be_visible()
    studio.get_by_role("checkbox", name=re.compile("Studio Demo")).check()
    studio.get_by_role("button", name="Connect").click()
    expect(studio.get_by_role("heading", name="Connected")).to_be_visible()


def test_a_page_without_publishing_rights_cannot_be_selected(home: RunningSystem, studio: Page) -> None:
    home.meta.control("pages", {"name": "Sola lettura", "instagram_username": "sola", "tasks": ["ANALYZE"]})
    studio.goto("/accounts")
    show_methods(studio)
    methods_of_meta(studio).get_by_text("Use an access token instead").click()
    studio.get_by_role("textbox", name="Access token").fill(home.meta.mint())
    studio.get_by_role("button", name="Find the Pages").click()
    expect(studio.get_by_role("checkbox", name="Sola lettura + @sola")).to_be_disabled()
    expect(studio.get_by_text("Ask a Page admin to give it to you in Meta Business Suite")).to_be_visible()
    assert_accessible(studio)


def test_declining_shows_a_message_and_allows_another_try(studio: Page) -> None:
    studio.goto("/accounts")
    show_methods(studio)
    studio.get_by_role("button", name="Connect with Meta").click()
    studio.get_by_role("button", name="Cancel").click()
    expect(studio.get_by_text("Not connected")).to_be_visible()
    assert_accessible(studio)
    expect(studio.get_by_role("button", name="Connect with Meta")).to_be_visible()


def test_a_pasted_token_opens_pages_to_choose_and_one_becomes_the_default(home: RunningSystem, studio: Page) -> None:
    home.meta.control("pages", {"name": "Altra Pagina"})
    studio.goto("/accounts")
    show_methods(studio)
    methods_of_meta(studio).get_by_text("Use an access token instead").click()
    studio.get_by_role("textbox", name="Access token").fill(home.meta.mint())
    studio.get_by_role("button", name="Find the Pages").click()
    demo_page = studio.get_by_role("checkbox", name=re.compile("Studio Demo"))
    expect(demo_page).to_be_checked()
    expect(studio.get_by_text("No Instagram business account is linked to this Page")).to_be_visible()
    assert_accessible(studio)
    demo_page.uncheck()
    studio.get_by_role("checkbox", name="Altra Pagina").check()
    studio.get_by_role("button", name="Connect what is selected").click()
    other = studio.get_by_role("listitem", name="Altra Pagina")
    other.get_by_role("button", name="Make it the default").click()
    expect(other.get_by_text("Default")).to_be_visible()
    other.get_by_role("button", name="Check the access").click()
    expect(other.get_by_text("Checked just now: it works.")).to_be_visible()


def test_disconnecting_names_what_is_scheduled_and_reconnecting_resumes_it(home: RunningSystem, studio: Page) -> None:
    accounts = home.ask("GET", "/api/v1/accounts").body["data"]
    (account_id,) = (one["id"] for one in accounts if one["name"] == "Studio Demo")
    post = home.create(
        content="Il concerto di marzo",
        schedule_time="2031-03-04T10:00:00+01:00",
        accounts={"facebook": account_id},
    ).body
    studio.goto("/accounts")
    account = studio.get_by_role("listitem", name="Studio Demo")
    account.get_by_role("button", name="Disconnect").click()
    dialog = studio.get_by_role("dialog", name="Disconnect Studio Demo?")
    expect(dialog.get_by_text("1 publication will wait")).to_be_visible()
    expect(dialog.get_by_text("Il concerto di marzo")).to_be_visible()
    expect(dialog.get_by_role("button", name="Keep it connected")).to_be_focused()
    assert_accessible(studio)
    studio.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    account.get_by_role("button", name="Disconnect").press("Enter")
    dialog.get_by_role("button", name="Disconnect").press("Enter")
    expect(studio.get_by_text("Disconnected: Studio Demo.")).to_be_visible()
    expect(studio.get_by_text("remove it under Business integrations")).to_be_visible()
    expect(account).to_be_hidden()
    assert home.ask("GET", f"/api/v1/posts/{post['job_id']}").body["status"] == "needs_reconnect"
    show_methods(studio)
    studio.get_by_role("button", name="Connect with Meta").click()
    studio.get_by_role("button", name="Continue").click()
    studio.get_by_role("checkbox", name=re.compile("Studio Demo")).check()
    studio.get_by_role("button", name="Connect what is selected").click()
    expect(account).to_be_visible()
    assert home.ask("GET", f"/api/v1/posts/{post['job_id']}").body["status"] == "scheduled"

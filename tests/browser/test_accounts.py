"""Accounts: connected by the log-in and by a token, and connected again when their access has ended."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.entering import enter
from tests.browser.watched import Watched
from tests.support.axe import assert_accessible
from tests.support.house import House


@pytest.fixture
def inside(page: Page, home: House, watched: Watched) -> Page:
    # The log-in is Meta's page, here the sandbox's.
    watched.allow(home.meta.url)
    return enter(page, home)


def end_all_access(home: House) -> None:
    for token in home.meta.state()["tokens"]:
        home.meta.control("tokens/kill", {"access_token": token["access_token"], "subcode": 463})


def test_a_post_whose_account_was_lost_goes_out_once_it_is_connected_again(home: House, inside: Page) -> None:
    end_all_access(home)
    post = home.create(wait=60, publish_immediately=True).body
    assert post["platforms"][0]["state"] == "needs_reconnect"
    inside.goto(f"/posts/{post['job_id']}")
    inside.get_by_role("link", name="Reconnect the account").click()
    lost = inside.get_by_role("listitem", name="Studio Demo")
    expect(lost.get_by_text("Needs attention")).to_be_visible()
    assert_accessible(inside)
    lost.get_by_role("button", name="Reconnect").click()
    # The log-in's own page.
    inside.get_by_role("button", name="Continue").click()
    expect(inside).to_have_url(re.compile(rf"{re.escape(home.url)}/accounts/connect/con_\w+$"))
    # The Page that one came to connect again is ticked already.
    expect(inside.get_by_role("checkbox", name=re.compile("Studio Demo"))).to_be_checked()
    inside.get_by_role("button", name="Connect 1 Page").click()
    expect(inside).to_have_url(re.compile(rf"/posts/{post['job_id']}$"))
    expect(inside.get_by_text("Published everywhere: 1 of 1")).to_be_visible(timeout=30_000)
    assert len(home.meta.out()) == 1


def test_an_address_begun_with_a_key_asks_for_consent_and_leads_through_the_log_in(home: House, inside: Page) -> None:
    inside.goto(home.ask("POST", "/api/v1/accounts/connect/meta").body["dialog_url"])
    expect(inside.get_by_role("heading", name="Connect to “Araldo”?")).to_be_visible()
    assert_accessible(inside)
    inside.get_by_role("button", name="Continue").click()
    # From our form through our redirect to the service's own page.
    expect(inside).to_have_url(re.compile(rf"{re.escape(home.meta.url)}/"))
    inside.get_by_role("button", name="Continue").click()
    expect(inside.get_by_role("heading", name="Which Pages?")).to_be_visible()
    inside.get_by_role("checkbox", name=re.compile("Studio Demo")).check()
    inside.get_by_role("button", name="Connect").click()
    expect(inside.get_by_role("heading", name="Connected")).to_be_visible()


def test_a_page_that_may_only_be_looked_at_cannot_be_ticked(home: House, inside: Page) -> None:
    home.meta.control("pages", {"name": "Sola lettura", "instagram_username": "sola", "tasks": ["ANALYZE"]})
    inside.goto("/accounts")
    inside.get_by_text("Use an access token instead").click()
    inside.get_by_role("textbox", name="Access token").fill(home.meta.mint())
    inside.get_by_role("button", name="Find the Pages").click()
    expect(inside.get_by_role("checkbox", name="Sola lettura + @sola")).to_be_disabled()
    expect(inside.get_by_text("a Page admin can give it to you in Meta Business Suite")).to_be_visible()
    assert_accessible(inside)


def test_who_declines_is_told_and_may_begin_again(inside: Page) -> None:
    inside.goto("/accounts")
    inside.get_by_role("button", name="Connect with Meta").click()
    inside.get_by_role("button", name="Cancel").click()
    expect(inside.get_by_text("Not connected")).to_be_visible()
    assert_accessible(inside)
    expect(inside.get_by_role("button", name="Connect with Meta")).to_be_visible()


def test_a_pasted_token_opens_pages_to_choose_and_one_becomes_the_default(home: House, inside: Page) -> None:
    home.meta.control("pages", {"name": "Altra Pagina"})
    inside.goto("/accounts")
    inside.get_by_text("Use an access token instead").click()
    inside.get_by_role("textbox", name="Access token").fill(home.meta.mint())
    inside.get_by_role("button", name="Find the Pages").click()
    studio = inside.get_by_role("checkbox", name=re.compile("Studio Demo"))
    expect(studio).to_be_checked()
    expect(inside.get_by_text("No Instagram business account is linked to this Page")).to_be_visible()
    assert_accessible(inside)
    studio.uncheck()
    inside.get_by_role("checkbox", name="Altra Pagina").check()
    inside.get_by_role("button", name="Connect 1 Page").click()
    other = inside.get_by_role("listitem", name="Altra Pagina")
    other.get_by_role("button", name="Make it the default").click()
    expect(other.get_by_text("Default")).to_be_visible()
    other.get_by_role("button", name="Check the access").click()
    expect(other.get_by_text("Checked just now: it works.")).to_be_visible()

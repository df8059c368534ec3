"""Posting times, webhooks and the audit log in a browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, Browse
from tests.browser.signing_in import sign_in
from tests.support.axe import assert_accessible
from tests.support.running_system import RunningSystem


def test_posting_times_are_typed_as_people_write_them(home: RunningSystem, page: Page) -> None:
    account = home.ask("GET", "/api/v1/accounts").body["data"][0]
    sign_in(page, home).goto("/settings/posting-times")
    panel = page.get_by_role("region").filter(has_text=account["name"]).first
    monday = panel.get_by_label("Monday")
    save = panel.get_by_role("button", name="Save the posting times")
    monday.fill("noon")
    expect(panel.get_by_text("Write times as 9:00, 18:30.")).to_be_visible()
    expect(save).to_be_disabled()
    monday.fill("18.30, 9")
    save.click()
    expect(panel.get_by_text("Saved.")).to_be_visible()
    expect(monday).to_have_value("09:00, 18:30")
    stored = home.ask("GET", f"/api/v1/accounts/{account['id']}/posting-times").body
    assert (stored["source"], stored["times"]["mon"]) == ("own", ["09:00", "18:30"])


def test_a_webhook_is_created_tested_sent_again_and_deleted(home: RunningSystem, page: Page) -> None:
    sign_in(page, home).goto("/settings/webhooks")
    page.get_by_label("Address").fill("https://araldo.invalid/hook")
    page.get_by_label("What it is for").fill("Shop")
    page.get_by_role("button", name="Create the webhook").click()
    secret = page.get_by_label("Secret for checking the signatures").input_value()
    assert secret.startswith("whsec_")
    page.get_by_role("button", name="I have saved it").click()
    assert secret not in page.content()
    panel = page.get_by_role("region", name="Shop")
    panel.get_by_role("button", name="Send a test").click()
    row = panel.get_by_role("listitem")
    expect(row).to_contain_text("Failed")
    with page.expect_response(re.compile("/redeliver$")) as answer:
        row.get_by_role("button", name="Send again: test of").click()
    assert answer.value.status == 202
    panel.get_by_role("button", name="Pause").click()
    expect(panel.get_by_text("Paused")).to_be_visible()
    assert_accessible(page)
    panel.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it now").click()
    expect(panel).to_have_count(0)
    assert home.ask("GET", "/api/v1/webhooks").body["data"] == []


def test_the_audit_log_shows_the_sign_in_and_is_filtered(home: RunningSystem, page: Page) -> None:
    sign_in(page, home).goto("/settings/audit")
    log = page.get_by_role("list", name="What happened in this workspace")
    expect(log.get_by_text("Signed in").first).to_be_visible()
    page.get_by_label("Show").select_option(label="Posts and pictures")
    expect(log.get_by_text("Signed in")).to_have_count(0)


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_the_pages_are_accessible(home: RunningSystem, browse: Browse, viewport: ViewportSize, scheme: str) -> None:
    page = sign_in(browse(viewport, scheme, "it-IT"), home, "it")
    for path in ("/settings/posting-times", "/settings/webhooks", "/settings/audit", "/library", "/brand"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text("Caricamento")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than the screen"
        assert_accessible(page)

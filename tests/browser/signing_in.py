"""Sign in to the studio as the owner, with a one-time link."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import Page, expect

from tests.support.browsing import create_sign_in_link
from tests.support.running_system import RunningSystem


def sign_in(page: Page, home: RunningSystem, language: str = "en") -> Page:
    """Sign in, set the user's language, and return the page at the home screen."""
    # The link is made on an event loop of its own, and playwright keeps one in this thread.
    with ThreadPoolExecutor(1) as in_own_thread:
        link = in_own_thread.submit(create_sign_in_link, home).result()
    page.goto(f"/sign-in#{link}")
    expect(page.get_by_role("navigation").first).to_be_visible()
    token = page.request.get("/api/v1/session").json()["csrf_token"]
    page.request.patch("/api/v1/session", data={"language": language}, headers={"X-CSRF-Token": token})
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    return page

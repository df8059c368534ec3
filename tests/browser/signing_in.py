"""Sign in to the studio as the owner, with a one-time link."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import Page

from tests.support.browsing import create_sign_in_link
from tests.support.running_system import RunningSystem


def sign_in(page: Page, home: RunningSystem, language: str = "en", *, new_user: str | None = None) -> Page:
    """Give the page's browser context a session in the language, and return the page, which shows nothing yet.

    Of the owner, or of a user who is made with that name. The screen itself has tests of its own; loading it, and home
    after it, takes a second of processor time.
    """
    session = page.request.post("/api/v1/session", data={"link": new_link(home, new_user)})
    assert session.ok, session.text()
    given = session.json()
    # The user keeps it in all sessions, those of earlier tests too.
    if given["user"]["language"] != language:
        token = {"X-CSRF-Token": given["csrf_token"]}
        changed = page.request.patch("/api/v1/session", data={"language": language}, headers=token)
        assert changed.ok, changed.text()
    return page


def new_link(home: RunningSystem, new_user: str | None = None) -> str:
    """Return the token of a one-time link for the owner, or for a user who is made with that name."""
    # Making it runs an event loop, and playwright's is running in this thread.
    with ThreadPoolExecutor(1) as in_own_thread:
        return in_own_thread.submit(create_sign_in_link, home, new_user or "owner", new=new_user is not None).result()

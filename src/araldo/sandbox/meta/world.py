"""The seeded world: one app, one person, one business, and the Page "Studio Demo" with its Instagram account."""

from __future__ import annotations

from araldo.sandbox.meta.records import App, Business, Instagram, Page, User
from araldo.sandbox.meta.state import MetaState, new_id

APP_ID = "1000000000000001"
APP_SECRET = "sandbox-secret"  # noqa: S105 - a made-up app that exists on this machine only
USER_ID = "10220000000000001"
SYSTEM_USER_ID = "61550000000000001"
BUSINESS_ID = "200000000000001"
PAGE_ID = "100000000000101"
INSTAGRAM_ID = "17841400000000101"

ALL_SCOPES = [
    "public_profile",
    "pages_show_list",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_posts",
    "pages_manage_engagement",
    "business_management",
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_comments",
]


def seed(state: MetaState) -> None:
    """Fill an empty world and commit it."""
    state.apps.save(App(APP_ID, "Sandbox App", APP_SECRET))
    state.users.save(User(USER_ID, "Ada Demo"))
    state.users.save(User(SYSTEM_USER_ID, "Studio Robot", system=True))
    state.pages.save(Page(PAGE_ID, "Studio Demo", "Marketing Agency", "122100000000000101", INSTAGRAM_ID))
    state.instagram.save(Instagram(INSTAGRAM_ID, "studio.demo", "Studio Demo", PAGE_ID))
    state.businesses.save(Business(BUSINESS_ID, "Studio Demo Group", owned_pages=[PAGE_ID]))
    state.commit()


def add_page(
    state: MetaState, name: str, username: str | None, business: str | None, tasks: list[str] | None = None
) -> Page:
    """Add a Page of the seeded person; `business`: "owned" or "client" of the seeded business, or None.

    `tasks`: what the person may do there; None: everything.
    """
    page = Page(new_id("1", 15), name, "Marketing Agency", new_id("1221", 18))
    if tasks is not None:
        page.tasks = tasks
    if username:
        account = Instagram(new_id("17841", 17), username, name, page.id)
        state.instagram.save(account)
        page.instagram = account.id
    state.pages.save(page)
    group = state.businesses[BUSINESS_ID]
    if business == "owned":
        group.owned_pages.append(page.id)
    elif business == "client":
        group.client_pages.append(page.id)
    state.businesses.save(group)
    state.commit()
    return page

"""The edges of people, businesses, Pages and posts that can be read; newest first unless Graph has another order."""

from __future__ import annotations

from typing import Any

from araldo.sandbox import page_nodes as nodes
from araldo.sandbox import tokens
from araldo.sandbox.asks import Ask, Moved, Ref, Rows
from araldo.sandbox.fields import RequestedField
from araldo.sandbox.records import Business, Comment, Page, Photo, Post, User
from araldo.sandbox.replies import bad_parameter


def _posts(ask: Ask, page: Page, published: bool | None) -> Rows:
    found = nodes.posts_of(ask, page, published=published)
    within = ask.period()
    return Rows([Ref(nodes.POST, post) for post in found if within(post.created)])


def published_posts(ask: Ask, page: Page) -> Rows:
    tokens.need_scopes(ask.token, "pages_read_engagement")
    return _posts(ask, page, True)


def feed(ask: Ask, page: Page) -> Rows:
    """Unpublished ones too: `is_published` tells them apart (graph-api.md 2.4)."""
    tokens.need_scopes(ask.token, "pages_read_engagement", "pages_read_user_content")
    return _posts(ask, page, None)


def scheduled_posts(ask: Ask, page: Page) -> Rows:
    tokens.need_scopes(ask.token, "pages_read_engagement")
    waiting = [post for post in nodes.posts_of(ask, page, published=False) if post.content_type == "SCHEDULED"]
    return Rows([Ref(nodes.POST, post) for post in waiting])


def photos(ask: Ask, page: Page) -> Rows:
    """Those that people can see."""
    tokens.need_scopes(ask.token, "pages_read_engagement")
    found = [photo for photo in ask.state.photos if photo.page == page.id and photo.published]
    within = ask.period()
    return Rows([Ref(nodes.PHOTO, photo) for photo in reversed(found) if within(photo.created)])


def stories(ask: Ask, page: Page) -> Rows:
    """Rows without an `id`, archived ones only with the archive on (graph-api.md 2.6)."""
    tokens.need_scopes(ask.token, "pages_read_engagement")
    allowed = {str(status).upper() for status in ask.call.listed("status")} or {"PUBLISHED", "ARCHIVED"}
    if not allowed <= {"PUBLISHED", "ARCHIVED"}:
        raise bad_parameter("Param status must be one of PUBLISHED, ARCHIVED")
    if not ask.state.switches.story_archive:
        allowed -= {"ARCHIVED"}
    within = ask.period()
    found = [story for story in ask.state.stories if story.page == page.id and within(story.created)]
    shown = [Ref(nodes.STORY, story) for story in reversed(found) if nodes.story_status(ask, story) in allowed]
    return Rows(shown, named=False)


def nothing(ask: Ask, node: Post | Photo | Comment) -> Rows:
    """Likes and reactions: nobody is here to leave any."""
    return Rows([])


def attachments(ask: Ask, post: Post) -> dict[str, Any]:
    """What the field of the same name answers, as an edge."""
    shown: dict[str, Any] | None = nodes.POST.fields["attachments"](ask, post, RequestedField("attachments"))
    return shown or {"data": []}


def picture(ask: Ask, node: User | Page) -> dict[str, Any] | Moved:
    """A redirect to the picture itself, unless `redirect` is false."""
    face = nodes.face(ask, node.id)
    return Moved(face["data"]["url"]) if ask.call.flag("redirect", default=True) else face


def accounts(ask: Ask, user: User) -> Rows:
    """The Pages of whoever asks; empty with the switch, as for Pages that a business owns."""
    tokens.need_scopes(ask.token, "pages_show_list")
    if ask.state.switches.accounts_empty:
        return Rows([])
    return Rows([Ref(nodes.LISTED, page) for page in tokens.reach(ask.state, ask.token)])


def businesses(ask: Ask, user: User) -> Rows:
    tokens.need_scopes(ask.token, "business_management")
    return Rows([Ref(nodes.BUSINESS, business) for business in ask.state.businesses])


def owned_pages(ask: Ask, business: Business) -> Rows:
    return _pages_in(ask, business.owned_pages)


def client_pages(ask: Ask, business: Business) -> Rows:
    return _pages_in(ask, business.client_pages)


def _pages_in(ask: Ask, names: list[str]) -> Rows:
    tokens.need_scopes(ask.token, "business_management")
    return Rows([Ref(nodes.LISTED, page) for page in tokens.reach(ask.state, ask.token) if page.id in names])

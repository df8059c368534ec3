"""The readable edges of people, businesses, Pages and posts; newest first unless Graph has another order."""

from __future__ import annotations

from typing import Any

from araldo.sandbox.meta import page_nodes as nodes
from araldo.sandbox.meta import tokens
from araldo.sandbox.meta.call_context import CallContext, EdgeItems, NodeRef, Redirect
from araldo.sandbox.meta.fields import RequestedField
from araldo.sandbox.meta.records import Business, Comment, Page, Photo, Post, User
from araldo.sandbox.meta.replies import bad_parameter


def _posts(context: CallContext, page: Page, published: bool | None) -> EdgeItems:
    found = nodes.posts_of(context, page, published=published)
    within = context.time_filter()
    return EdgeItems([NodeRef(nodes.POST, post) for post in found if within(post.created)])


def published_posts(context: CallContext, page: Page) -> EdgeItems:
    tokens.require_scopes(context.token, "pages_read_engagement")
    return _posts(context, page, True)


def feed(context: CallContext, page: Page) -> EdgeItems:
    """Return unpublished posts too, which `is_published` tells apart (graph-api.md 2.4)."""
    tokens.require_scopes(context.token, "pages_read_engagement", "pages_read_user_content")
    return _posts(context, page, None)


def scheduled_posts(context: CallContext, page: Page) -> EdgeItems:
    tokens.require_scopes(context.token, "pages_read_engagement")
    waiting = [post for post in nodes.posts_of(context, page, published=False) if post.content_type == "SCHEDULED"]
    return EdgeItems([NodeRef(nodes.POST, post) for post in waiting])


def photos(context: CallContext, page: Page) -> EdgeItems:
    """Return the published photos."""
    tokens.require_scopes(context.token, "pages_read_engagement")
    found = [photo for photo in context.state.photos if photo.page == page.id and photo.published]
    within = context.time_filter()
    return EdgeItems([NodeRef(nodes.PHOTO, photo) for photo in reversed(found) if within(photo.created)])


def stories(context: CallContext, page: Page) -> EdgeItems:
    """Return items without an `id`, archived ones only with the archive on (graph-api.md 2.6)."""
    tokens.require_scopes(context.token, "pages_read_engagement")
    allowed = {str(status).upper() for status in context.call.list_param("status")} or {"PUBLISHED", "ARCHIVED"}
    if not allowed <= {"PUBLISHED", "ARCHIVED"}:
        raise bad_parameter("Param status must be one of PUBLISHED, ARCHIVED")
    if not context.state.switches.story_archive:
        allowed -= {"ARCHIVED"}
    within = context.time_filter()
    found = [story for story in context.state.stories if story.page == page.id and within(story.created)]
    shown = [NodeRef(nodes.STORY, story) for story in reversed(found) if nodes.story_status(context, story) in allowed]
    return EdgeItems(shown, named=False)


def empty_list(context: CallContext, node: Post | Photo | Comment) -> EdgeItems:
    """Return no likes and reactions: the sandbox has none."""
    return EdgeItems([])


def attachments(context: CallContext, post: Post) -> dict[str, Any]:
    """Return the field of the same name as an edge."""
    shown: dict[str, Any] | None = nodes.POST.fields["attachments"](context, post, RequestedField("attachments"))
    return shown or {"data": []}


def picture(context: CallContext, node: User | Page) -> dict[str, Any] | Redirect:
    """Redirect to the picture's file, or return its URL as JSON when `redirect` is false."""
    face = nodes.picture_json(context, node.id)
    return Redirect(face["data"]["url"]) if context.call.flag("redirect", default=True) else face


def accounts(context: CallContext, user: User) -> EdgeItems:
    """Return the caller's Pages; empty with a switch, as for Pages that a business owns."""
    tokens.require_scopes(context.token, "pages_show_list")
    if context.state.switches.accounts_empty:
        return EdgeItems([])
    return EdgeItems(
        [NodeRef(nodes.LISTED_PAGE, page) for page in tokens.reachable_pages(context.state, context.token)]
    )


def businesses(context: CallContext, user: User) -> EdgeItems:
    tokens.require_scopes(context.token, "business_management")
    return EdgeItems([NodeRef(nodes.BUSINESS, business) for business in context.state.businesses])


def owned_pages(context: CallContext, business: Business) -> EdgeItems:
    return _pages_in(context, business.owned_pages)


def client_pages(context: CallContext, business: Business) -> EdgeItems:
    return _pages_in(context, business.client_pages)


def _pages_in(context: CallContext, names: list[str]) -> EdgeItems:
    tokens.require_scopes(context.token, "business_management")
    return EdgeItems(
        [
            NodeRef(nodes.LISTED_PAGE, page)
            for page in tokens.reachable_pages(context.state, context.token)
            if page.id in names
        ]
    )

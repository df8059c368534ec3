"""Every kind of node, every edge, what can be written to which, and how a node is found by its id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from araldo.sandbox import comments, instagram, login, media_comments, page_lists, page_nodes, pages, tokens, videos
from araldo.sandbox import instagram_nodes as ig
from araldo.sandbox.asks import Ask, Kind, Lister, Writer
from araldo.sandbox.not_emulated import unknown_root
from araldo.sandbox.records import (
    App,
    Business,
    Comment,
    Container,
    Instagram,
    Media,
    MediaComment,
    Page,
    Photo,
    Post,
    Story,
    User,
)
from araldo.sandbox.replies import GraphError, not_found

KINDS: Mapping[type, Kind] = {
    App: page_nodes.APP,
    User: page_nodes.USER,
    Business: page_nodes.BUSINESS,
    Page: page_nodes.PAGE,
    Photo: page_nodes.PHOTO,
    Post: page_nodes.POST,
    Story: page_nodes.STORY,
    Instagram: ig.ACCOUNT,
    Container: ig.CONTAINER,
    Media: ig.MEDIA,
    Comment: comments.COMMENT,
    MediaComment: media_comments.COMMENT,
}

LISTS: Mapping[tuple[str, str], Lister] = {
    ("User", "accounts"): page_lists.accounts,
    ("User", "permissions"): login.permissions,
    ("User", "businesses"): page_lists.businesses,
    ("User", "picture"): page_lists.picture,
    ("Business", "owned_pages"): page_lists.owned_pages,
    ("Business", "client_pages"): page_lists.client_pages,
    ("Page", "published_posts"): page_lists.published_posts,
    ("Page", "posts"): page_lists.published_posts,
    ("Page", "feed"): page_lists.feed,
    ("Page", "scheduled_posts"): page_lists.scheduled_posts,
    ("Page", "photos"): page_lists.photos,
    ("Page", "stories"): page_lists.stories,
    ("Page", "picture"): page_lists.picture,
    ("Post", "attachments"): page_lists.attachments,
    ("Post", "likes"): page_lists.nothing,
    ("Post", "comments"): comments.on_target,
    ("Post", "reactions"): page_lists.nothing,
    ("Photo", "likes"): page_lists.nothing,
    ("Photo", "comments"): comments.on_target,
    ("Photo", "reactions"): page_lists.nothing,
    ("Comment", "comments"): comments.on_comment,
    ("Comment", "likes"): page_lists.nothing,
    ("Comment", "reactions"): page_lists.nothing,
    ("IGUser", "media"): ig.media,
    ("IGUser", "stories"): ig.stories,
    ("IGUser", "content_publishing_limit"): ig.content_publishing_limit,
    ("IGMedia", "children"): ig.children,
    ("IGMedia", "comments"): media_comments.on_media,
    ("IGComment", "replies"): media_comments.replies,
}


@dataclass(frozen=True, slots=True)
class Write:
    """`makes`: the kind of node whose fields may be asked for in the same call."""

    work: Writer
    makes: Kind | None = None


WRITES: Mapping[tuple[str, str, str], Write] = {
    ("POST", "Page", "photos"): Write(pages.post_photo, page_nodes.PHOTO),
    ("POST", "Page", "feed"): Write(pages.post_feed, page_nodes.POST),
    ("POST", "Page", "photo_stories"): Write(pages.post_photo_story, page_nodes.STORY),
    ("POST", "Page", "videos"): Write(videos.refuse),
    ("POST", "Page", "video_reels"): Write(videos.refuse),
    ("POST", "Page", "video_stories"): Write(videos.refuse),
    ("POST", "IGUser", "media"): Write(instagram.create, ig.CONTAINER),
    ("POST", "IGUser", "media_publish"): Write(instagram.publish, ig.MEDIA),
    ("POST", "Post", ""): Write(pages.update_post),
    ("DELETE", "Post", ""): Write(pages.delete_post),
    ("DELETE", "Photo", ""): Write(pages.delete_photo),
    ("DELETE", "IGMedia", ""): Write(instagram.delete),
    ("POST", "Post", "comments"): Write(comments.post_comment, comments.COMMENT),
    ("POST", "Photo", "comments"): Write(comments.post_comment, comments.COMMENT),
    ("POST", "Comment", "comments"): Write(comments.post_reply, comments.COMMENT),
    ("POST", "Comment", ""): Write(comments.update),
    ("DELETE", "Comment", ""): Write(comments.delete),
    ("POST", "IGMedia", ""): Write(media_comments.update_media),
    ("POST", "IGMedia", "comments"): Write(media_comments.post_comment, media_comments.COMMENT),
    ("POST", "IGComment", "replies"): Write(media_comments.post_reply, media_comments.COMMENT),
    ("POST", "IGComment", ""): Write(media_comments.update),
    ("DELETE", "IGComment", ""): Write(media_comments.delete),
    ("DELETE", "User", "permissions"): Write(login.revoke),
}

# What reading a node by its id takes, for those that are not open to every token that reaches them.
_TO_READ: Mapping[type, tuple[str, ...]] = {
    Post: ("pages_read_engagement",),
    Photo: ("pages_read_engagement",),
    Comment: ("pages_read_engagement",),
    Container: ig.TO_PUBLISH,
    Media: ("instagram_basic",),
    MediaComment: ("instagram_basic", "instagram_manage_comments"),
    Instagram: ("instagram_basic",),
}


def check_read(ask: Ask, record: Any) -> None:
    """:raises GraphError: 10 when a scope is missing; 100/33 with the switch npe_quirk."""
    if isinstance(record, Container) and ask.state.switches.npe_quirk and ask.token.page is not None:
        raise GraphError(100, 33, message="Authorization Error", kind="GraphMethodException")
    tokens.need_scopes(ask.token, *_TO_READ.get(type(record), ()))


def find(ask: Ask, name: str) -> Any:
    """The record by its id, `me` or `app`; 100/33 also when the token may not see it.

    :raises GraphError: 100/33, or the sandbox's own refusal for a name that is no id.
    """
    state, token = ask.state, ask.token
    if name == "me":
        return state.pages[token.page] if token.page is not None else tokens.person(state, token)
    if name in {"app", token.app}:
        return ask.app
    found = _owned(ask, name) or _on_a_page(ask, name)
    if found is None:
        raise unknown_root(ask.call, name) or not_found(name, ask.call.method)
    return found


def _owned(ask: Ask, name: str) -> User | Business | None:
    """Who asks, and the businesses, for people and their robots."""
    user = ask.state.users.get(name)
    if user is not None and ask.token.user == user.id and ask.token.page is None:
        return user
    return ask.state.businesses.get(name) if ask.token.user is not None and ask.token.page is None else None


def _on_a_page(ask: Ask, name: str) -> Any:
    """A Page that the token reaches, and what is on it or on its Instagram account."""
    state = ask.state
    seen = {page.id: page.instagram for page in tokens.reach(state, ask.token)}
    if name in seen:
        return state.pages[name]
    for row in (state.posts.get(name), state.photos.get(name), state.stories.get(name), state.comments.get(name)):
        if row is not None and row.page in seen:
            return row
    account = state.instagram.get(name)
    if account is not None and account.id in seen.values():
        return account
    for made in (state.containers.get(name), state.media.get(name), state.media_comments.get(name)):
        if made is not None and made.instagram in seen.values():
            return made
    return None

"""The lists of all kinds of nodes, readable edges and writes, and finding a node by its id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from araldo.sandbox.meta import (
    comments,
    instagram_writes,
    login,
    media_comments,
    page_lists,
    page_nodes,
    page_writes,
    tokens,
    videos,
)
from araldo.sandbox.meta import instagram_nodes as ig
from araldo.sandbox.meta.call_context import CallContext, Lister, NodeKind, Writer
from araldo.sandbox.meta.not_emulated import unknown_root
from araldo.sandbox.meta.records import (
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
from araldo.sandbox.meta.replies import GraphError, not_found

KINDS: Mapping[type, NodeKind] = {
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
    ("Post", "likes"): page_lists.empty_list,
    ("Post", "comments"): comments.on_target,
    ("Post", "reactions"): page_lists.empty_list,
    ("Photo", "likes"): page_lists.empty_list,
    ("Photo", "comments"): comments.on_target,
    ("Photo", "reactions"): page_lists.empty_list,
    ("Comment", "comments"): comments.on_comment,
    ("Comment", "likes"): page_lists.empty_list,
    ("Comment", "reactions"): page_lists.empty_list,
    ("IGUser", "media"): ig.media,
    ("IGUser", "stories"): ig.stories,
    ("IGUser", "content_publishing_limit"): ig.content_publishing_limit,
    ("IGMedia", "children"): ig.children,
    ("IGMedia", "comments"): media_comments.on_media,
    ("IGComment", "replies"): media_comments.replies,
}


@dataclass(frozen=True, slots=True)
class WriteHandler:
    """A write; `creates`: the kind of node that it creates, whose fields may be requested in the same call."""

    handle: Writer
    creates: NodeKind | None = None


WRITES: Mapping[tuple[str, str, str], WriteHandler] = {
    ("POST", "Page", "photos"): WriteHandler(page_writes.post_photo, page_nodes.PHOTO),
    ("POST", "Page", "feed"): WriteHandler(page_writes.post_feed, page_nodes.POST),
    ("POST", "Page", "photo_stories"): WriteHandler(page_writes.post_photo_story, page_nodes.STORY),
    ("POST", "Page", "videos"): WriteHandler(videos.refuse),
    ("POST", "Page", "video_reels"): WriteHandler(videos.refuse),
    ("POST", "Page", "video_stories"): WriteHandler(videos.refuse),
    ("POST", "IGUser", "media"): WriteHandler(instagram_writes.create_container, ig.CONTAINER),
    ("POST", "IGUser", "media_publish"): WriteHandler(instagram_writes.publish, ig.MEDIA),
    ("POST", "Post", ""): WriteHandler(page_writes.update_post),
    ("DELETE", "Post", ""): WriteHandler(page_writes.delete_post),
    ("DELETE", "Photo", ""): WriteHandler(page_writes.delete_photo),
    ("DELETE", "IGMedia", ""): WriteHandler(instagram_writes.delete_media),
    ("POST", "Post", "comments"): WriteHandler(comments.post_comment, comments.COMMENT),
    ("POST", "Photo", "comments"): WriteHandler(comments.post_comment, comments.COMMENT),
    ("POST", "Comment", "comments"): WriteHandler(comments.post_reply, comments.COMMENT),
    ("POST", "Comment", ""): WriteHandler(comments.update),
    ("DELETE", "Comment", ""): WriteHandler(comments.delete),
    ("POST", "IGMedia", ""): WriteHandler(media_comments.update_media),
    ("POST", "IGMedia", "comments"): WriteHandler(media_comments.post_comment, media_comments.COMMENT),
    ("POST", "IGComment", "replies"): WriteHandler(media_comments.post_reply, media_comments.COMMENT),
    ("POST", "IGComment", ""): WriteHandler(media_comments.update),
    ("DELETE", "IGComment", ""): WriteHandler(media_comments.delete),
    ("DELETE", "User", "permissions"): WriteHandler(login.revoke),
}

# Scopes that reading a node by its id requires; none for other kinds.
_SCOPES_TO_READ: Mapping[type, tuple[str, ...]] = {
    Post: ("pages_read_engagement",),
    Photo: ("pages_read_engagement",),
    Comment: ("pages_read_engagement",),
    Container: ig.TO_PUBLISH,
    Media: ("instagram_basic",),
    MediaComment: ("instagram_basic", "instagram_manage_comments"),
    Instagram: ("instagram_basic",),
}


def require_read_access(context: CallContext, record: Any) -> None:
    """Require what reading a node takes.

    :raises GraphError: 10 when a scope is missing; 100/33 for containers with the switch npe_quirk.
    """
    if isinstance(record, Container) and context.state.switches.npe_quirk and context.token.page is not None:
        raise GraphError(100, 33, message="Authorization Error", kind="GraphMethodException")
    tokens.require_scopes(context.token, *_SCOPES_TO_READ.get(type(record), ()))


def find_record(context: CallContext, name: str) -> Any:
    """Return the record by its id, `me` or `app`.

    :raises GraphError: 100/33 when it does not exist or the token may not see it; the sandbox's own refusal for a name
        that is not an id.
    """
    state, token = context.state, context.token
    if name == "me":
        return state.pages[token.page] if token.page is not None else tokens.find_person(state, token)
    if name in {"app", token.app}:
        return context.app
    found = _find_owned(context, name) or _find_on_page(context, name)
    if found is None:
        raise unknown_root(context.call, name) or not_found(name, context.call.method)
    return found


def _find_owned(context: CallContext, name: str) -> User | Business | None:
    """Return the calling user or a business; both only for tokens of people and system users."""
    user = context.state.users.get(name)
    if user is not None and context.token.user == user.id and context.token.page is None:
        return user
    return context.state.businesses.get(name) if context.token.user is not None and context.token.page is None else None


def _find_on_page(context: CallContext, name: str) -> Any:
    """Return a Page that the token reaches, or an object on it or on its Instagram account."""
    state = context.state
    seen = {page.id: page.instagram for page in tokens.reachable_pages(state, context.token)}
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

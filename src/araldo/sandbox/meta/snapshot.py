"""Return everything that exists, visible or not, for /_sandbox/state, with Graph's field names where it has them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from araldo.sandbox.meta import comments, instagram_nodes, media_comments, page_nodes, tokens, world
from araldo.sandbox.meta.call_context import CallContext, NodeKind
from araldo.sandbox.meta.calls import Call
from araldo.sandbox.meta.fields import RequestedField
from araldo.sandbox.meta.records import Comment, MediaComment, Token
from araldo.sandbox.meta.state import MetaState, format_time

_STAMPED = frozenset({"created", "updated", "ready_at", "published_at"})
_GRAPH_NAMES = {
    "created": "created_time",
    "updated": "updated_time",
    "scheduled": "scheduled_publish_time",
    "app": "app_id",
    "user": "user_id",
    "page": "page_id",
    "instagram": "instagram_id",
}
_COMMENT_NAMES = {"target": "object_id", "media": "media_id", "parent": "parent_id", "photo": "attachment_id"}
_MEDIA = ("permalink", "media_url", "timestamp", "username")


def snapshot(state: MetaState) -> dict[str, list[dict[str, Any]]]:
    """Return a list of each kind of record, in insertion order, after publishing what is due."""
    state.publish_due_posts()
    state.commit()
    context = CallContext(state, Call("GET", "", "", "", {}), Token("", "APP", world.APP_ID, 0, 0, 0))
    return {
        "apps": [_named(app) for app in state.apps],
        "users": [_named(user) for user in state.users],
        "businesses": [_named(business) for business in state.businesses],
        "tokens": [_token(state, token) for token in state.tokens],
        "pages": [_named(page) | {"instagram_business_account": _linked(page.instagram)} for page in state.pages],
        "instagram_accounts": [_named(account) for account in state.instagram],
        "posts": [
            _named(post) | {"attached_media": _attached(post.photos)} | _graph(context, page_nodes.POST, post, _POST)
            for post in state.posts
        ],
        "photos": [
            _named(photo) | _graph(context, page_nodes.PHOTO, photo, ("name", "source")) for photo in state.photos
        ],
        "stories": [
            _named(story) | _graph(context, page_nodes.STORY, story, page_nodes.STORY.default)
            for story in state.stories
        ],
        "containers": [
            _named(made) | {"media_type": made.kind} | _graph(context, instagram_nodes.CONTAINER, made, _CONTAINER)
            for made in state.containers
        ],
        "media": [_named(media) | _graph(context, instagram_nodes.MEDIA, media, _MEDIA) for media in state.media],
        "comments": [
            *(_comment(context, comments.COMMENT, comment, _PAGE_COMMENT) for comment in state.comments),
            *(_comment(context, media_comments.COMMENT, comment, _MEDIA_COMMENT) for comment in state.media_comments),
        ],
    }


_POST = ("is_published", "permalink_url", "full_picture")
_CONTAINER = ("status_code", "status")
_PAGE_COMMENT = ("is_hidden", "permalink_url")
_MEDIA_COMMENT = ("timestamp", "username")


def _graph(context: CallContext, kind: NodeKind, record: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: kind.fields[name](context, record, RequestedField(name)) for name in names}


def _comment(
    context: CallContext, kind: NodeKind, record: Comment | MediaComment, names: tuple[str, ...]
) -> dict[str, Any]:
    """Return a Page's comment on a post or photo (`object_id`), or an Instagram account's on media (`media_id`)."""
    fields = {_COMMENT_NAMES.get(name, name): value for name, value in _named(record).items()}
    return fields | _graph(context, kind, record, names)


def _token(state: MetaState, token: Token) -> dict[str, Any]:
    return _named(token) | {"access_token": token.id, "is_valid": tokens.find_token_error(state, token) is None}


def _linked(account: str | None) -> dict[str, str] | None:
    return None if account is None else {"id": account}


def _attached(names: list[str]) -> list[dict[str, str]]:
    return [{"media_fbid": name} for name in names]


def _named(record: Any) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in asdict(record).items():
        stamped = name in _STAMPED and value is not None
        shown[_GRAPH_NAMES.get(name, name)] = format_time(value) if stamped else value
    return shown

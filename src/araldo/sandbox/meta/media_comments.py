"""Comments of an Instagram account on its own media, and replies: the node, its edges and its writes."""

from __future__ import annotations

import re
from typing import Any

from araldo.sandbox.meta import instagram_nodes as nodes
from araldo.sandbox.meta.call_context import CallContext, EdgeItems, NodeKind, NodeRef, WriteResult
from araldo.sandbox.meta.fields import RequestedField
from araldo.sandbox.meta.records import Media, MediaComment
from araldo.sandbox.meta.replies import bad_parameter
from araldo.sandbox.meta.state import MetaState, format_time, new_id

LONGEST_TEXT = 300
MOST_HASHTAGS, MOST_LINKS = 4, 1
_SCOPES = ("instagram_basic", "instagram_manage_comments")


# -- the node ---------------------------------------------------------------------------------------------------------


def _username(context: CallContext, comment: MediaComment, requested: RequestedField) -> str:
    return context.state.instagram[comment.instagram].username


def _media(context: CallContext, comment: MediaComment, requested: RequestedField) -> NodeRef | None:
    media = context.state.media.get(comment.media)
    return None if media is None else NodeRef(nodes.MEDIA, media)


COMMENT = NodeKind(
    "IGComment",
    ("timestamp", "text"),
    {
        "text": lambda context, comment, requested: comment.text,
        "timestamp": lambda context, comment, requested: format_time(comment.created),
        "username": _username,
        "from": lambda context, comment, requested: {
            "id": comment.instagram,
            "username": _username(context, comment, requested),
        },
        "user": lambda context, comment, requested: {"id": comment.instagram},
        "media": _media,
        "parent_id": lambda context, comment, requested: comment.parent,
        "hidden": lambda context, comment, requested: comment.hidden,
        "like_count": lambda context, comment, requested: 0,
    },
    frozenset({"legacy_instagram_comment_id"}),
)


# -- edges ------------------------------------------------------------------------------------------------------------


def on_media(context: CallContext, media: Media) -> EdgeItems:
    """`GET /{media}/comments`: comments without replies, newest first."""
    nodes.require_account_scopes(context, *_SCOPES)
    found = [comment for comment in nodes.comments_of(context.state, media) if comment.parent is None]
    within = context.time_filter()
    return EdgeItems([NodeRef(COMMENT, comment) for comment in reversed(found) if within(comment.created)])


def replies(context: CallContext, comment: MediaComment) -> EdgeItems:
    """`GET /{comment}/replies`, oldest first."""
    nodes.require_account_scopes(context, *_SCOPES)
    found = [reply for reply in context.state.media_comments if reply.parent == comment.id]
    within = context.time_filter()
    return EdgeItems([NodeRef(COMMENT, reply) for reply in found if within(reply.created)])


# -- writes -----------------------------------------------------------------------------------------------------------


async def post_comment(context: CallContext, media: Media) -> WriteResult:
    """`POST /{media}/comments message=`."""
    return _add(context, media, None)


async def post_reply(context: CallContext, comment: MediaComment) -> WriteResult:
    """`POST /{comment}/replies message=`; a reply to a reply is attached to the comment above."""
    return _add(context, context.state.media[comment.media], comment.parent or comment.id)


def _add(context: CallContext, media: Media, parent: str | None) -> WriteResult:
    nodes.require_account_scopes(context, *_SCOPES)
    text = _text(context)
    if media.media_product_type == "STORY" or media.parent is not None:
        raise bad_parameter("Only feed posts can be commented on, not stories or single items of a carousel")
    if not media.comments_enabled:
        raise bad_parameter("Comments are turned off for this media")
    made = MediaComment(
        new_id("18", 17), media.instagram, context.token.app, context.state.now(), media.id, text, parent=parent
    )
    context.state.media_comments.save(made)
    context.record_created("comment", made.id, visible=True)
    return WriteResult(NodeRef(COMMENT, made), {"id": made.id})


def _text(context: CallContext) -> str:
    """Return the text after validating Meta's documented limits; the error messages are the sandbox's own."""
    text = context.call.required("message")
    if not text.strip():
        raise bad_parameter("The parameter message is required")
    if len(text) > LONGEST_TEXT:
        raise bad_parameter(f"Param message must be at most {LONGEST_TEXT} characters long")
    if len(re.findall(r"(?<!\w)#\w", text)) > MOST_HASHTAGS:
        raise bad_parameter(f"Param message must contain at most {MOST_HASHTAGS} hashtags")
    if len(re.findall(r"https?://", text)) > MOST_LINKS:
        raise bad_parameter(f"Param message must contain at most {MOST_LINKS} link")
    if text.isupper():
        raise bad_parameter("Param message must not consist of capital letters alone")
    return text


async def update_media(context: CallContext, media: Media) -> dict[str, Any]:
    """`POST /{media}?comment_enabled=`: turn comments on or off; existing ones stay."""
    nodes.require_account_scopes(context, *_SCOPES)
    if "comment_enabled" not in context.call.params:
        raise bad_parameter("The parameter comment_enabled is required")
    media.comments_enabled = context.call.flag("comment_enabled", default=media.comments_enabled)
    context.state.media.save(media)
    return {"success": True}


async def update(context: CallContext, comment: MediaComment) -> dict[str, Any]:
    """`POST /{comment}?hide=`: hide it, or show it again."""
    nodes.require_account_scopes(context, *_SCOPES)
    if "hide" not in context.call.params:
        raise bad_parameter("The parameter hide is required")
    comment.hidden = context.call.flag("hide", default=comment.hidden)
    context.state.media_comments.save(comment)
    return {"success": True}


async def delete(context: CallContext, comment: MediaComment) -> dict[str, Any]:
    """`DELETE /{comment}`: delete a comment and its replies."""
    nodes.require_account_scopes(context, *_SCOPES)
    for found in context.state.media_comments:
        if comment.id in {found.id, found.parent}:
            context.state.media_comments.remove(found.id)
    return {"success": True}


def remove_from(state: MetaState, media: Media) -> None:
    """Remove the comments on media that is deleted."""
    for comment in nodes.comments_of(state, media):
        state.media_comments.remove(comment.id)

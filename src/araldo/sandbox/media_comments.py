"""Comments of an Instagram account on its own media, and replies to them: shown, listed, taken, hidden, deleted."""

from __future__ import annotations

import re
from typing import Any

from araldo.sandbox import instagram_nodes as nodes
from araldo.sandbox.asks import Ask, Kind, Made, Ref, Rows
from araldo.sandbox.fields import RequestedField
from araldo.sandbox.records import Media, MediaComment
from araldo.sandbox.replies import bad_parameter
from araldo.sandbox.state import State, fresh_id, stamp

LONGEST_TEXT = 300
MOST_HASHTAGS, MOST_LINKS = 4, 1
_SCOPES = ("instagram_basic", "instagram_manage_comments")


# -- the node ---------------------------------------------------------------------------------------------------------


def _username(ask: Ask, comment: MediaComment, one: RequestedField) -> str:
    return ask.state.instagram[comment.instagram].username


def _media(ask: Ask, comment: MediaComment, one: RequestedField) -> Ref | None:
    media = ask.state.media.get(comment.media)
    return None if media is None else Ref(nodes.MEDIA, media)


COMMENT = Kind(
    "IGComment",
    ("timestamp", "text"),
    {
        "text": lambda ask, comment, one: comment.text,
        "timestamp": lambda ask, comment, one: stamp(comment.created),
        "username": _username,
        "from": lambda ask, comment, one: {"id": comment.instagram, "username": _username(ask, comment, one)},
        "user": lambda ask, comment, one: {"id": comment.instagram},
        "media": _media,
        "parent_id": lambda ask, comment, one: comment.parent,
        "hidden": lambda ask, comment, one: comment.hidden,
        "like_count": lambda ask, comment, one: 0,
    },
    frozenset({"legacy_instagram_comment_id"}),
)


# -- edges ------------------------------------------------------------------------------------------------------------


def on_media(ask: Ask, media: Media) -> Rows:
    """`GET /{media}/comments`: those that reply to nothing, newest first."""
    nodes.need_account(ask, *_SCOPES)
    found = [comment for comment in nodes.comments_of(ask.state, media) if comment.parent is None]
    within = ask.period()
    return Rows([Ref(COMMENT, comment) for comment in reversed(found) if within(comment.created)])


def replies(ask: Ask, comment: MediaComment) -> Rows:
    """`GET /{comment}/replies`, oldest first."""
    nodes.need_account(ask, *_SCOPES)
    found = [reply for reply in ask.state.media_comments if reply.parent == comment.id]
    within = ask.period()
    return Rows([Ref(COMMENT, reply) for reply in found if within(reply.created)])


# -- writes -----------------------------------------------------------------------------------------------------------


async def post_comment(ask: Ask, media: Media) -> Made:
    """`POST /{media}/comments message=`."""
    return _add(ask, media, None)


async def post_reply(ask: Ask, comment: MediaComment) -> Made:
    """`POST /{comment}/replies message=`; a reply to a reply goes to the comment above."""
    return _add(ask, ask.state.media[comment.media], comment.parent or comment.id)


def _add(ask: Ask, media: Media, parent: str | None) -> Made:
    nodes.need_account(ask, *_SCOPES)
    text = _text(ask)
    if media.media_product_type == "STORY" or media.parent is not None:
        raise bad_parameter("Only feed posts can be commented on, not stories or single items of a carousel")
    if not media.comments_enabled:
        raise bad_parameter("Comments are turned off for this media")
    made = MediaComment(
        fresh_id("18", 17), media.instagram, ask.token.app, ask.state.now(), media.id, text, parent=parent
    )
    ask.state.media_comments.save(made)
    ask.note("comment", made.id, visible=True)
    return Made(Ref(COMMENT, made), {"id": made.id})


def _text(ask: Ask) -> str:
    """The limits of Meta's reference; the words of the refusals are the sandbox's own."""
    text = ask.call.needed("message")
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


async def update_media(ask: Ask, media: Media) -> dict[str, Any]:
    """`POST /{media}?comment_enabled=`: turn comments on or off; those that are there stay."""
    nodes.need_account(ask, *_SCOPES)
    if "comment_enabled" not in ask.call.params:
        raise bad_parameter("The parameter comment_enabled is required")
    media.comments_enabled = ask.call.flag("comment_enabled", default=media.comments_enabled)
    ask.state.media.save(media)
    return {"success": True}


async def update(ask: Ask, comment: MediaComment) -> dict[str, Any]:
    """`POST /{comment}?hide=`: hide it, or show it again."""
    nodes.need_account(ask, *_SCOPES)
    if "hide" not in ask.call.params:
        raise bad_parameter("The parameter hide is required")
    comment.hidden = ask.call.flag("hide", default=comment.hidden)
    ask.state.media_comments.save(comment)
    return {"success": True}


async def delete(ask: Ask, comment: MediaComment) -> dict[str, Any]:
    """`DELETE /{comment}`: with the replies to it."""
    nodes.need_account(ask, *_SCOPES)
    for found in ask.state.media_comments:
        if comment.id in {found.id, found.parent}:
            ask.state.media_comments.remove(found.id)
    return {"success": True}


def remove_from(state: State, media: Media) -> None:
    """Remove the comments on media that is deleted."""
    for comment in nodes.comments_of(state, media):
        state.media_comments.remove(comment.id)

"""Comments of a Page on its posts and photos, and replies: the node, its edges and its writes."""

from __future__ import annotations

from typing import Any

from araldo.sandbox.meta import page_nodes, tokens, uploads
from araldo.sandbox.meta.call_context import CallContext, EdgeItems, NodeKind, NodeRef, WriteResult
from araldo.sandbox.meta.fields import RequestedField
from araldo.sandbox.meta.not_emulated import refusal
from araldo.sandbox.meta.records import Comment, Page, Photo, Post
from araldo.sandbox.meta.replies import bad_parameter
from araldo.sandbox.meta.state import MetaState, format_time, new_id

LONGEST_MESSAGE = 8000


def comments_on(state: MetaState, target: str) -> list[Comment]:
    """Return the comments on a post or photo, replies among them, oldest first."""
    return [comment for comment in state.comments if comment.target == target]


def replies_to(state: MetaState, comment: Comment) -> list[Comment]:
    """Return the replies to a comment, oldest first."""
    return [reply for reply in state.comments if reply.parent == comment.id]


# -- the node ---------------------------------------------------------------------------------------------------------


def _permalink(context: CallContext, comment: Comment, requested: RequestedField) -> str:
    number = comment.id.split("_")[1]
    post = context.state.posts.get(comment.target)
    if post is None:
        return f"{context.state.public_url}/photo/{comment.target}?comment_id={number}"
    return f"{page_nodes.permalink(context, post)}?comment_id={number}"


def _object(context: CallContext, comment: Comment, requested: RequestedField) -> NodeRef | None:
    post, photo = context.state.posts.get(comment.target), context.state.photos.get(comment.target)
    if post is not None:
        return NodeRef(page_nodes.POST, post)
    return None if photo is None else NodeRef(page_nodes.PHOTO, photo)


def _parent(context: CallContext, comment: Comment, requested: RequestedField) -> NodeRef | None:
    parent = context.state.comments.get(comment.parent)
    return None if parent is None else NodeRef(COMMENT, parent)


def _attachment(context: CallContext, comment: Comment, requested: RequestedField) -> dict[str, Any] | None:
    photo = context.state.photos.get(comment.photo)
    return None if photo is None else page_nodes.photo_attachment(context, photo.id)


COMMENT: NodeKind = NodeKind(
    "Comment",
    ("created_time", "from", "message"),
    {
        "message": lambda context, comment, requested: comment.message,
        "created_time": lambda context, comment, requested: format_time(comment.created),
        "from": lambda context, comment, requested: NodeRef(page_nodes.PAGE, context.state.pages[comment.page]),
        "permalink_url": _permalink,
        "object": _object,
        "parent": _parent,
        "attachment": _attachment,
        "comment_count": lambda context, comment, requested: len(replies_to(context.state, comment)),
        "like_count": page_nodes.zero_count,
        "user_likes": lambda context, comment, requested: False,
        "is_hidden": lambda context, comment, requested: comment.hidden,
        "is_private": lambda context, comment, requested: False,
        "can_comment": lambda context, comment, requested: True,
        "can_hide": lambda context, comment, requested: True,
        "can_like": lambda context, comment, requested: True,
        "can_remove": lambda context, comment, requested: True,
        "can_reply_privately": lambda context, comment, requested: False,
        "application": lambda context, comment, requested: {
            "id": comment.app,
            "name": context.state.apps[comment.app].name,
        },
    },
    frozenset({"admin_creator", "live_broadcast_timestamp", "message_tags", "private_reply_conversation"}),
)


# -- edges ------------------------------------------------------------------------------------------------------------


def on_target(context: CallContext, target: Post | Photo) -> EdgeItems:
    """`GET /{post}/comments`: comments without replies, or all with `filter=stream`."""
    found = comments_on(context.state, target.id)
    if context.call.text("filter").lower() != "stream":
        found = [comment for comment in found if comment.parent is None]
    return _listed(context, found)


def on_comment(context: CallContext, comment: Comment) -> EdgeItems:
    return _listed(context, replies_to(context.state, comment))


def _listed(context: CallContext, found: list[Comment]) -> EdgeItems:
    tokens.require_scopes(context.token, "pages_read_engagement")
    if context.call.text("order").lower().startswith("reverse"):
        found = found[::-1]
    within = context.time_filter()
    return EdgeItems([NodeRef(COMMENT, comment) for comment in found if within(comment.created)])


# -- writes -----------------------------------------------------------------------------------------------------------


async def post_comment(context: CallContext, target: Post | Photo) -> WriteResult:
    """`POST /{post}/comments`: a text, a photo, or both."""
    return await _add(context, context.state.pages[target.page], target.id, None)


async def post_reply(context: CallContext, comment: Comment) -> WriteResult:
    """`POST /{comment}/comments`."""
    return await _add(context, context.state.pages[comment.page], comment.target, comment.id)


async def _add(context: CallContext, page: Page, target: str, parent: str | None) -> WriteResult:
    tokens.require_page_token_to_comment(context.token, page)
    message = _message(context)
    # As at Meta, the id is the post's number and a number of its own.
    name = f"{target.split('_')[-1]}_{new_id('1', 16)}"
    photo = await _photo(context, page, name)
    if not message.strip() and photo is None:
        raise bad_parameter("A comment needs a message or an attachment")
    if target not in context.state.posts and target not in context.state.photos:  # deleted while a photo was on its way
        raise bad_parameter("What was to be commented on is gone")
    if photo is not None:
        context.state.photos.save(photo)
    now = context.state.now()
    made = Comment(
        name, page.id, context.token.app, now, target, message, parent, photo.id if photo is not None else None
    )
    context.state.comments.save(made)
    context.record_created("comment", made.id, visible=True)
    return WriteResult(NodeRef(COMMENT, made), {"id": made.id})


def _message(context: CallContext) -> str:
    message = context.call.text("message")
    if len(message) > LONGEST_MESSAGE:
        raise bad_parameter(f"Param message must be at most {LONGEST_MESSAGE} characters long")
    return message


async def _photo(context: CallContext, page: Page, comment: str) -> Photo | None:
    """Return the comment's photo, new or uploaded before; a new one is not saved yet."""
    if context.call.text("attachment_share_url"):
        raise refusal(context.call, "the parameter attachment_share_url of a comment")
    name = context.call.text("attachment_id")
    if name:
        known = context.state.photos.get(name)
        if known is None or known.page != page.id:
            raise bad_parameter(f"Invalid parameter: attachment_id {name} does not exist")
        return known
    if not context.call.text("attachment_url") and uploads.uploaded_file(context.call) is None:
        return None
    picture = await uploads.read_picture(context, "attachment_url")
    photo = Photo(new_id("122", 18), page.id, context.token.app, context.state.now(), picture.width, picture.height)
    photo.published, photo.spent_by = True, comment
    context.state.disk.put_picture(photo.id, picture.jpeg)
    return photo


async def update(context: CallContext, comment: Comment) -> dict[str, Any]:
    """`POST /{comment}`: another `message`, or `is_hidden`."""
    tokens.require_page_token_to_comment(context.token, context.state.pages[comment.page])
    hidden = context.call.flag("is_hidden", default=comment.hidden)
    if "message" in context.call.params:
        message = _message(context)
        if not message.strip() and comment.photo is None:
            raise bad_parameter("A comment needs a message or an attachment")
        comment.message = message
    comment.hidden = hidden
    context.state.comments.save(comment)
    return {"success": True}


async def delete(context: CallContext, comment: Comment) -> dict[str, Any]:
    """`DELETE /{comment}`: delete a comment and its replies."""
    tokens.require_page_token_to_comment(context.token, context.state.pages[comment.page])
    _remove(context.state, comment)
    return {"success": True}


def _remove(state: MetaState, comment: Comment) -> None:
    for reply in replies_to(state, comment):
        _remove(state, reply)
    state.comments.remove(comment.id)


def remove_from(state: MetaState, target: str) -> None:
    """Remove the comments on a post or photo that is deleted."""
    for comment in comments_on(state, target):
        state.comments.remove(comment.id)

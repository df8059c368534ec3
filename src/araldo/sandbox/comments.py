"""Comments of a Page on its posts and photos, and replies to them: as Graph shows, lists, takes and deletes them."""

from __future__ import annotations

from typing import Any

from araldo.sandbox import page_nodes, tokens, uploads
from araldo.sandbox.asks import Ask, Kind, Made, Ref, Rows
from araldo.sandbox.fields import RequestedField
from araldo.sandbox.not_emulated import refusal
from araldo.sandbox.records import Comment, Page, Photo, Post
from araldo.sandbox.replies import bad_parameter
from araldo.sandbox.state import State, fresh_id, stamp

LONGEST_MESSAGE = 8000


def comments_on(state: State, target: str) -> list[Comment]:
    """Return the comments on a post or photo, replies among them, oldest first."""
    return [comment for comment in state.comments if comment.target == target]


def replies_to(state: State, comment: Comment) -> list[Comment]:
    """Return the replies to a comment, oldest first."""
    return [reply for reply in state.comments if reply.parent == comment.id]


# -- the node ---------------------------------------------------------------------------------------------------------


def _permalink(ask: Ask, comment: Comment, one: RequestedField) -> str:
    number = comment.id.split("_")[1]
    post = ask.state.posts.get(comment.target)
    if post is None:
        return f"{ask.state.public_url}/photo/{comment.target}?comment_id={number}"
    return f"{page_nodes.permalink(ask, post)}?comment_id={number}"


def _object(ask: Ask, comment: Comment, one: RequestedField) -> Ref | None:
    post, photo = ask.state.posts.get(comment.target), ask.state.photos.get(comment.target)
    if post is not None:
        return Ref(page_nodes.POST, post)
    return None if photo is None else Ref(page_nodes.PHOTO, photo)


def _parent(ask: Ask, comment: Comment, one: RequestedField) -> Ref | None:
    parent = ask.state.comments.get(comment.parent)
    return None if parent is None else Ref(COMMENT, parent)


def _attachment(ask: Ask, comment: Comment, one: RequestedField) -> dict[str, Any] | None:
    photo = ask.state.photos.get(comment.photo)
    return None if photo is None else page_nodes.photo_attachment(ask, photo.id)


COMMENT: Kind = Kind(
    "Comment",
    ("created_time", "from", "message"),
    {
        "message": lambda ask, comment, one: comment.message,
        "created_time": lambda ask, comment, one: stamp(comment.created),
        "from": lambda ask, comment, one: Ref(page_nodes.PAGE, ask.state.pages[comment.page]),
        "permalink_url": _permalink,
        "object": _object,
        "parent": _parent,
        "attachment": _attachment,
        "comment_count": lambda ask, comment, one: len(replies_to(ask.state, comment)),
        "like_count": page_nodes.nobody,
        "user_likes": lambda ask, comment, one: False,
        "is_hidden": lambda ask, comment, one: comment.hidden,
        "is_private": lambda ask, comment, one: False,
        "can_comment": lambda ask, comment, one: True,
        "can_hide": lambda ask, comment, one: True,
        "can_like": lambda ask, comment, one: True,
        "can_remove": lambda ask, comment, one: True,
        "can_reply_privately": lambda ask, comment, one: False,
        "application": lambda ask, comment, one: {"id": comment.app, "name": ask.state.apps[comment.app].name},
    },
    frozenset({"admin_creator", "live_broadcast_timestamp", "message_tags", "private_reply_conversation"}),
)


# -- edges ------------------------------------------------------------------------------------------------------------


def on_target(ask: Ask, target: Post | Photo) -> Rows:
    """`GET /{post}/comments`: those that reply to nothing, or all of them with `filter=stream`."""
    found = comments_on(ask.state, target.id)
    if ask.call.text("filter").lower() != "stream":
        found = [comment for comment in found if comment.parent is None]
    return _listed(ask, found)


def on_comment(ask: Ask, comment: Comment) -> Rows:
    return _listed(ask, replies_to(ask.state, comment))


def _listed(ask: Ask, found: list[Comment]) -> Rows:
    tokens.need_scopes(ask.token, "pages_read_engagement")
    if ask.call.text("order").lower().startswith("reverse"):
        found = found[::-1]
    within = ask.period()
    return Rows([Ref(COMMENT, comment) for comment in found if within(comment.created)])


# -- writes -----------------------------------------------------------------------------------------------------------


async def post_comment(ask: Ask, target: Post | Photo) -> Made:
    """`POST /{post}/comments`: a text, a photo, or both."""
    return await _add(ask, ask.state.pages[target.page], target.id, None)


async def post_reply(ask: Ask, comment: Comment) -> Made:
    """`POST /{comment}/comments`."""
    return await _add(ask, ask.state.pages[comment.page], comment.target, comment.id)


async def _add(ask: Ask, page: Page, target: str, parent: str | None) -> Made:
    tokens.need_page_to_comment(ask.token, page)
    message = _message(ask)
    # As at Meta, the number of the post and one of its own.
    name = f"{target.split('_')[-1]}_{fresh_id('1', 16)}"
    photo = await _photo(ask, page, name)
    if not message.strip() and photo is None:
        raise bad_parameter("A comment needs a message or an attachment")
    if target not in ask.state.posts and target not in ask.state.photos:  # deleted while a photo was on its way
        raise bad_parameter("What was to be commented on is gone")
    if photo is not None:
        ask.state.photos.save(photo)
    now = ask.state.now()
    made = Comment(name, page.id, ask.token.app, now, target, message, parent, photo.id if photo is not None else None)
    ask.state.comments.save(made)
    ask.note("comment", made.id, visible=True)
    return Made(Ref(COMMENT, made), {"id": made.id})


def _message(ask: Ask) -> str:
    message = ask.call.text("message")
    if len(message) > LONGEST_MESSAGE:
        raise bad_parameter(f"Param message must be at most {LONGEST_MESSAGE} characters long")
    return message


async def _photo(ask: Ask, page: Page, comment: str) -> Photo | None:
    """The photo that the comment brings, or that was uploaded before; not saved yet."""
    if ask.call.text("attachment_share_url"):
        raise refusal(ask.call, "the parameter attachment_share_url of a comment")
    name = ask.call.text("attachment_id")
    if name:
        known = ask.state.photos.get(name)
        if known is None or known.page != page.id:
            raise bad_parameter(f"Invalid parameter: attachment_id {name} does not exist")
        return known
    if not ask.call.text("attachment_url") and uploads.uploaded_file(ask.call) is None:
        return None
    picture = await uploads.read_picture(ask, "attachment_url")
    photo = Photo(fresh_id("122", 18), page.id, ask.token.app, ask.state.now(), picture.width, picture.height)
    photo.published, photo.spent_by = True, comment
    ask.state.disk.put_picture(photo.id, picture.jpeg)
    return photo


async def update(ask: Ask, comment: Comment) -> dict[str, Any]:
    """`POST /{comment}`: another `message`, or `is_hidden`."""
    tokens.need_page_to_comment(ask.token, ask.state.pages[comment.page])
    hidden = ask.call.flag("is_hidden", default=comment.hidden)
    if "message" in ask.call.params:
        message = _message(ask)
        if not message.strip() and comment.photo is None:
            raise bad_parameter("A comment needs a message or an attachment")
        comment.message = message
    comment.hidden = hidden
    ask.state.comments.save(comment)
    return {"success": True}


async def delete(ask: Ask, comment: Comment) -> dict[str, Any]:
    """`DELETE /{comment}`: with the replies to it."""
    tokens.need_page_to_comment(ask.token, ask.state.pages[comment.page])
    _remove(ask.state, comment)
    return {"success": True}


def _remove(state: State, comment: Comment) -> None:
    for reply in replies_to(state, comment):
        _remove(state, reply)
    state.comments.remove(comment.id)


def remove_from(state: State, target: str) -> None:
    """Remove the comments on a post or photo that is deleted."""
    for comment in comments_on(state, target):
        state.comments.remove(comment.id)

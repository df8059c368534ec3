"""Writes to a Page: photos, posts, stories; errors as in graph-api.md 2."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from araldo.sandbox.meta import comments, tokens, uploads
from araldo.sandbox.meta import page_nodes as nodes
from araldo.sandbox.meta.call_context import CallContext, NodeRef, WriteResult
from araldo.sandbox.meta.not_emulated import refusal
from araldo.sandbox.meta.records import Page, Photo, Post, Story
from araldo.sandbox.meta.replies import GraphError, bad_parameter, not_found
from araldo.sandbox.meta.state import new_id
from araldo.sandbox.meta.times import parse_time

LONGEST_MESSAGE = 63_206
_EARLIEST_S, _DAY_S = 600.0, 86_400.0
_CONTENT_TYPES = frozenset(
    {"ADS_POST", "DRAFT", "INLINE_CREATED", "PUBLISHED", "PUBLISH_PENDING", "REVIEWABLE_BRANDED_CONTENT", "SCHEDULED"}
)
# Parameters that would change the visible post: refused, as ignoring them would publish another post than requested.
_NOT_EMULATED = frozenset({"object_attachment", "child_attachments", "multi_share_optimized"})


async def post_photo(context: CallContext, page: Page) -> WriteResult:
    """`POST /{page}/photos`: by `url` or as a file in a multipart body; published unless `published=false`."""
    call = context.call
    published, scheduled = _publish_options(context)
    no_story = call.flag("no_story", default=False)
    tokens.require_page_token(
        context.token,
        page,
        tokens.NO_PUBLISH_ACTIONS if published and scheduled is None else tokens.UNPUBLISHED_AS_PAGE,
    )
    message = call.text("message") or call.text("caption")
    _check_message(message)
    picture = await uploads.read_picture(context, "url")
    state = context.state
    photo = Photo(new_id("122", 18), page.id, context.token.app, state.now(), picture.width, picture.height)
    photo.message, photo.alt_text, photo.published = message, call.text("alt_text_custom"), published
    state.disk.put_picture(photo.id, picture.jpeg)
    state.photos.save(photo)
    context.record_created("photo", photo.id, visible=published)
    plain: dict[str, Any] = {"id": photo.id}
    if scheduled is not None or (published and not no_story):
        post = _add_post(context, page, message, "", [photo], scheduled)
        plain["post_id"] = post.id
    return WriteResult(NodeRef(nodes.PHOTO, photo), plain)


def _publish_options(context: CallContext) -> tuple[bool, float | None]:
    """Return whether to publish now, and the scheduled time if any; refuse a time outside the window."""
    published = context.call.flag("published", default=True)
    if not context.call.text("scheduled_publish_time"):
        return published, None
    if published:
        raise bad_parameter("You cannot specify a scheduled publish time on a published post")
    return False, _scheduled_time(context)


def _scheduled_time(context: CallContext) -> float | None:
    """Return the scheduled time: at least ten minutes and at most `schedule_max_days` ahead (graph-api.md 2.3)."""
    now = context.state.now()
    scheduled = parse_time(context.call.text("scheduled_publish_time"), "scheduled_publish_time", now)
    latest = now + context.state.switches.schedule_max_days * _DAY_S
    if scheduled is not None and not now + _EARLIEST_S <= scheduled <= latest:
        raise bad_parameter("The specified scheduled publish time is invalid.")
    return scheduled


def _check_message(message: str) -> None:
    if len(message) > LONGEST_MESSAGE:
        raise bad_parameter(f"Param message must be at most {LONGEST_MESSAGE} characters long")


def _check_link(link: str) -> None:
    try:
        parts = urlsplit(link)
    except ValueError:
        parts = None
    if link and (parts is None or parts.scheme not in {"http", "https"} or not parts.hostname):
        raise GraphError(100, 1609005)


async def post_feed(context: CallContext, page: Page) -> WriteResult:
    """`POST /{page}/feed`: text, a link, or photos uploaded before; each photo id is good for one post."""
    call, state = context.call, context.state
    published, scheduled = _publish_options(context)
    content_type = call.text("unpublished_content_type")
    if content_type and content_type not in _CONTENT_TYPES:
        raise bad_parameter("Param unpublished_content_type must be one of the known ones")
    tokens.require_page_token(context.token, page, tokens.NOT_ENOUGH if published else tokens.UNPUBLISHED_AS_PAGE)
    for name in _NOT_EMULATED & set(call.params):
        raise refusal(call, f"the parameter {name} of a post")
    message, link = call.text("message"), call.text("link")
    photos = _attached_photos(context, page)
    if not message.strip() and not link and not photos:
        raise GraphError(197)
    _check_message(message)
    _check_link(link)
    if link and photos:
        raise bad_parameter("link and attached_media cannot be used together")
    if any(photo.spent_by is not None or photo.published for photo in photos):
        raise GraphError(100, 1366051)
    if published and not photos and _repeats_last_post(context, page, message, link):
        raise GraphError(506)
    if photos and scheduled is not None and content_type != "SCHEDULED":
        # As graph-api.md 2.3 warns, Meta answers success but creates a draft that is never published.
        post = _add_post(context, page, message, link, photos, None, content_type="DRAFT")
    else:
        plain_type = "PUBLISHED" if published else "DRAFT"
        post = _add_post(context, page, message, link, photos, scheduled, content_type=plain_type)
    state.posts.save(post)
    return WriteResult(NodeRef(nodes.POST, post), {"id": post.id})


def _attached_photos(context: CallContext, page: Page) -> list[Photo]:
    found = []
    for item in context.call.list_param("attached_media"):
        name = str(item.get("media_fbid", "")) if isinstance(item, dict) else ""
        if not name:
            raise bad_parameter("Param attached_media must be an array of objects with media_fbid")
        photo = context.state.photos.get(name)
        if photo is None or photo.page != page.id:
            raise bad_parameter(f"Invalid parameter: media_fbid {name} does not exist")
        found.append(photo)
    if len({photo.id for photo in found}) != len(found):
        raise bad_parameter("attached_media names one photo twice")
    return found


def _repeats_last_post(context: CallContext, page: Page, message: str, link: str) -> bool:
    last = next(iter(nodes.posts_of(context, page, published=True)), None)
    return last is not None and not last.photos and (last.message, last.link) == (message, link)


def _add_post(
    context: CallContext,
    page: Page,
    message: str,
    link: str,
    photos: list[Photo],
    scheduled: float | None,
    content_type: str = "PUBLISHED",
) -> Post:
    now = context.state.now()
    kind = "SCHEDULED" if scheduled is not None else content_type
    name = f"{page.id}_{new_id('122', 18)}"
    names = [photo.id for photo in photos]
    post = context.state.posts.save(
        Post(name, page.id, context.token.app, now, now, message, link, names, kind, scheduled)
    )
    for photo in photos:
        photo.spent_by, photo.published = post.id, post.is_published
        context.state.photos.save(photo)
    context.record_created("post", post.id, visible=post.is_published)
    return post


async def post_photo_story(context: CallContext, page: Page) -> WriteResult:
    """`POST /{page}/photo_stories photo_id=`: an unpublished photo that nothing has used."""
    tokens.require_page_token(context.token, page)
    name = context.call.required("photo_id")
    photo = context.state.photos.get(name)
    if photo is None or photo.page != page.id:
        raise not_found(name, "POST")
    if photo.spent_by is not None or photo.published:
        raise GraphError(100, 1366051)
    media_id = photo.id if context.state.switches.story_media_id_is_photo_id else new_id("122", 18)
    story = Story(new_id("122", 18), page.id, context.token.app, photo.id, media_id, context.state.now())
    context.state.stories.save(story)
    photo.spent_by, photo.published = story.id, True
    context.state.photos.save(photo)
    context.record_created("story", story.id, visible=True)
    return WriteResult(NodeRef(nodes.STORY, story), {"success": True, "post_id": story.id})


async def update_post(context: CallContext, post: Post) -> dict[str, Any]:
    """Change the `message` or the time, or publish now with `is_published=true`.

    Only the app that created the post may, with the Page's token.
    """
    tokens.require_page_token(context.token, context.state.pages[post.page])
    if post.app != context.token.app:
        raise GraphError(200, message="(#200) Posts can only be edited by the app that created them")
    # Validate everything first, so that a refusal changes nothing.
    _check_message(context.call.text("message"))
    publish_now = context.call.flag("is_published", default=False)
    if context.call.text("scheduled_publish_time"):
        if post.content_type != "SCHEDULED":
            raise bad_parameter("Only a scheduled post can be scheduled anew")
        post.scheduled = _scheduled_time(context)
    post.message = context.call.params.get("message", post.message)
    if publish_now and not post.is_published:
        post.content_type, post.created = "PUBLISHED", context.state.now()
        context.state.show_photos(post)
        context.record_created("post", post.id, visible=True)
    post.updated = context.state.now()
    context.state.posts.save(post)
    return {"success": True}


async def delete_post(context: CallContext, post: Post) -> dict[str, Any]:
    """Delete a post; its photos stay used."""
    tokens.require_page_token(context.token, context.state.pages[post.page], tokens.DELETE_AS_PAGE)
    _remove_post(context, post)
    return {"success": True}


async def delete_photo(context: CallContext, photo: Photo) -> dict[str, Any]:
    """Delete a photo, and its post if that shows this photo alone."""
    tokens.require_page_token(context.token, context.state.pages[photo.page], tokens.DELETE_AS_PAGE)
    post = context.state.posts.get(photo.spent_by)
    if post is not None and post.photos == [photo.id]:
        _remove_post(context, post)
    comments.remove_from(context.state, photo.id)
    context.state.photos.remove(photo.id)
    return {"success": True}


def _remove_post(context: CallContext, post: Post) -> None:
    comments.remove_from(context.state, post.id)
    context.state.posts.remove(post.id)

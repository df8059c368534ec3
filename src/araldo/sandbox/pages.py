"""What a Page does: photos, posts, stories; their errors as in graph-api.md 2."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from araldo.sandbox import comments, tokens, uploads
from araldo.sandbox import page_nodes as nodes
from araldo.sandbox.asks import Ask, Made, Ref
from araldo.sandbox.not_emulated import refusal
from araldo.sandbox.records import Page, Photo, Post, Story
from araldo.sandbox.replies import GraphError, bad_parameter, not_found
from araldo.sandbox.state import fresh_id
from araldo.sandbox.times import moment

LONGEST_MESSAGE = 63_206
_EARLIEST_S, _DAY_S = 600.0, 86_400.0
_CONTENT_TYPES = frozenset(
    {"ADS_POST", "DRAFT", "INLINE_CREATED", "PUBLISHED", "PUBLISH_PENDING", "REVIEWABLE_BRANDED_CONTENT", "SCHEDULED"}
)
# What would be seen in the post; without it, another post than was asked for would be published.
_NOT_EMULATED = frozenset({"object_attachment", "child_attachments", "multi_share_optimized"})


async def post_photo(ask: Ask, page: Page) -> Made:
    """`POST /{page}/photos`: by `url` or as a file in a multipart body; published unless told otherwise."""
    call = ask.call
    published, scheduled = _publishing(ask)
    no_story = call.flag("no_story", default=False)
    tokens.need_page(
        ask.token, page, tokens.NO_PUBLISH_ACTIONS if published and scheduled is None else tokens.UNPUBLISHED_AS_PAGE
    )
    message = call.text("message") or call.text("caption")
    _check_message(message)
    picture = await uploads.read_picture(ask, "url")
    state = ask.state
    photo = Photo(fresh_id("122", 18), page.id, ask.token.app, state.now(), picture.width, picture.height)
    photo.message, photo.alt_text, photo.published = message, call.text("alt_text_custom"), published
    state.disk.put_picture(photo.id, picture.jpeg)
    state.photos.save(photo)
    ask.note("photo", photo.id, visible=published)
    plain: dict[str, Any] = {"id": photo.id}
    if scheduled is not None or (published and not no_story):
        post = _add_post(ask, page, message, "", [photo], scheduled)
        plain["post_id"] = post.id
    return Made(Ref(nodes.PHOTO, photo), plain)


def _publishing(ask: Ask) -> tuple[bool, float | None]:
    """Whether it goes out at once, and else when, if ever; a time outside the window is refused."""
    published = ask.call.flag("published", default=True)
    if not ask.call.text("scheduled_publish_time"):
        return published, None
    if published:
        raise bad_parameter("You cannot specify a scheduled publish time on a published post")
    return False, _time_ahead(ask)


def _time_ahead(ask: Ask) -> float | None:
    """graph-api.md 2.3: at least ten minutes, at most so many days from now."""
    now = ask.state.now()
    scheduled = moment(ask.call.text("scheduled_publish_time"), "scheduled_publish_time", now)
    latest = now + ask.state.switches.schedule_max_days * _DAY_S
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


async def post_feed(ask: Ask, page: Page) -> Made:
    """`POST /{page}/feed`: text, a link, or photos uploaded before; each photo id is good for one post."""
    call, state = ask.call, ask.state
    published, scheduled = _publishing(ask)
    content_type = call.text("unpublished_content_type")
    if content_type and content_type not in _CONTENT_TYPES:
        raise bad_parameter("Param unpublished_content_type must be one of the known ones")
    tokens.need_page(ask.token, page, tokens.NOT_ENOUGH if published else tokens.UNPUBLISHED_AS_PAGE)
    for name in _NOT_EMULATED & set(call.params):
        raise refusal(call, f"the parameter {name} of a post")
    message, link = call.text("message"), call.text("link")
    photos = _attached(ask, page)
    if not message.strip() and not link and not photos:
        raise GraphError(197)
    _check_message(message)
    _check_link(link)
    if link and photos:
        raise bad_parameter("link and attached_media cannot be used together")
    if any(photo.spent_by is not None or photo.published for photo in photos):
        raise GraphError(100, 1366051)
    if published and not photos and _said_just_now(ask, page, message, link):
        raise GraphError(506)
    if photos and scheduled is not None and content_type != "SCHEDULED":
        # The trap of graph-api.md 2.3: success is answered, and a draft is made that never goes live.
        post = _add_post(ask, page, message, link, photos, None, content_type="DRAFT")
    else:
        plain_type = "PUBLISHED" if published else "DRAFT"
        post = _add_post(ask, page, message, link, photos, scheduled, content_type=plain_type)
    state.posts.save(post)
    return Made(Ref(nodes.POST, post), {"id": post.id})


def _attached(ask: Ask, page: Page) -> list[Photo]:
    found = []
    for item in ask.call.listed("attached_media"):
        name = str(item.get("media_fbid", "")) if isinstance(item, dict) else ""
        if not name:
            raise bad_parameter("Param attached_media must be an array of objects with media_fbid")
        photo = ask.state.photos.get(name)
        if photo is None or photo.page != page.id:
            raise bad_parameter(f"Invalid parameter: media_fbid {name} does not exist")
        found.append(photo)
    if len({photo.id for photo in found}) != len(found):
        raise bad_parameter("attached_media names one photo twice")
    return found


def _said_just_now(ask: Ask, page: Page, message: str, link: str) -> bool:
    last = next(iter(nodes.posts_of(ask, page, published=True)), None)
    return last is not None and not last.photos and (last.message, last.link) == (message, link)


def _add_post(
    ask: Ask,
    page: Page,
    message: str,
    link: str,
    photos: list[Photo],
    scheduled: float | None,
    content_type: str = "PUBLISHED",
) -> Post:
    now = ask.state.now()
    kind = "SCHEDULED" if scheduled is not None else content_type
    name = f"{page.id}_{fresh_id('122', 18)}"
    names = [photo.id for photo in photos]
    post = ask.state.posts.save(Post(name, page.id, ask.token.app, now, now, message, link, names, kind, scheduled))
    for photo in photos:
        photo.spent_by, photo.published = post.id, post.is_published
        ask.state.photos.save(photo)
    ask.note("post", post.id, visible=post.is_published)
    return post


async def post_photo_story(ask: Ask, page: Page) -> Made:
    """`POST /{page}/photo_stories photo_id=`: an unpublished photo that nothing has used."""
    tokens.need_page(ask.token, page)
    name = ask.call.needed("photo_id")
    photo = ask.state.photos.get(name)
    if photo is None or photo.page != page.id:
        raise not_found(name, "POST")
    if photo.spent_by is not None or photo.published:
        raise GraphError(100, 1366051)
    media_id = photo.id if ask.state.switches.story_media_id_is_photo_id else fresh_id("122", 18)
    story = Story(fresh_id("122", 18), page.id, ask.token.app, photo.id, media_id, ask.state.now())
    ask.state.stories.save(story)
    photo.spent_by, photo.published = story.id, True
    ask.state.photos.save(photo)
    ask.note("story", story.id, visible=True)
    return Made(Ref(nodes.STORY, story), {"success": True, "post_id": story.id})


async def update_post(ask: Ask, post: Post) -> dict[str, Any]:
    """A new `message`, another time, or `is_published=true` for one that waits.

    By the app that made it, with the Page's token.
    """
    tokens.need_page(ask.token, ask.state.pages[post.page])
    if post.app != ask.token.app:
        raise GraphError(200, message="(#200) Posts can only be edited by the app that created them")
    # Everything that can be refused comes first: a refusal changes nothing.
    _check_message(ask.call.text("message"))
    publish_now = ask.call.flag("is_published", default=False)
    if ask.call.text("scheduled_publish_time"):
        if post.content_type != "SCHEDULED":
            raise bad_parameter("Only a scheduled post can be scheduled anew")
        post.scheduled = _time_ahead(ask)
    post.message = ask.call.params.get("message", post.message)
    if publish_now and not post.is_published:
        post.content_type, post.created = "PUBLISHED", ask.state.now()
        ask.state.show_photos(post)
        ask.note("post", post.id, visible=True)
    post.updated = ask.state.now()
    ask.state.posts.save(post)
    return {"success": True}


async def delete_post(ask: Ask, post: Post) -> dict[str, Any]:
    """Gone for people; its photos stay used."""
    tokens.need_page(ask.token, ask.state.pages[post.page], tokens.DELETE_AS_PAGE)
    _remove_post(ask, post)
    return {"success": True}


async def delete_photo(ask: Ask, photo: Photo) -> dict[str, Any]:
    """A post of this photo alone goes with it."""
    tokens.need_page(ask.token, ask.state.pages[photo.page], tokens.DELETE_AS_PAGE)
    post = ask.state.posts.get(photo.spent_by)
    if post is not None and post.photos == [photo.id]:
        _remove_post(ask, post)
    comments.remove_from(ask.state, photo.id)
    ask.state.photos.remove(photo.id)
    return {"success": True}


def _remove_post(ask: Ask, post: Post) -> None:
    comments.remove_from(ask.state, post.id)
    ask.state.posts.remove(post.id)

"""People, businesses, Pages, posts, photos and stories as Graph shows them."""

from __future__ import annotations

from typing import Any

from araldo.sandbox.meta import empty_fields, instagram_nodes, tokens
from araldo.sandbox.meta.call_context import CallContext, NodeKind, NodeRef
from araldo.sandbox.meta.fields import RequestedField
from araldo.sandbox.meta.records import Page, Photo, Post, Story
from araldo.sandbox.meta.state import format_time

STORY_LIFE_S = 86_400.0


def picture_url(context: CallContext, name: str) -> str:
    return f"{context.state.public_url}/pictures/{name}.jpg"


def posts_of(context: CallContext, page: Page, *, published: bool | None) -> list[Post]:
    """Newest first."""
    found = [post for post in context.state.posts if post.page == page.id and published in {None, post.is_published}]
    return sorted(found, key=lambda post: post.created)[::-1]


# -- nodes ------------------------------------------------------------------------------------------------------------


def _instagram(context: CallContext, page: Page, requested: RequestedField) -> NodeRef | None:
    account = context.state.instagram.get(page.instagram)
    return None if account is None else NodeRef(instagram_nodes.ACCOUNT, account)


def _page_token(context: CallContext, page: Page, requested: RequestedField) -> str | None:
    if "pages_show_list" not in context.token.scopes:
        return None
    return tokens.page_token(context.state, context.token, page).id


def picture_json(context: CallContext, name: str) -> dict[str, Any]:
    """Return the picture of a person, Page or account, in one size for every `type`."""
    url = f"{context.state.public_url}/pictures/{name}.svg"
    return {"data": {"height": 50, "is_silhouette": False, "url": url, "width": 50}}


def zero_count(context: CallContext, node: Any, requested: RequestedField) -> int:
    """Return 0: the sandbox has no likes and followers."""
    return 0


PAGE = NodeKind(
    "Page",
    ("name",),
    {
        "name": lambda context, page, requested: page.name,
        "username": lambda context, page, requested: page.name.replace(" ", ""),
        "name_with_location_descriptor": lambda context, page, requested: page.name,
        "category": lambda context, page, requested: page.category,
        "category_list": lambda context, page, requested: [{"id": "2253", "name": page.category}],
        "tasks": lambda context, page, requested: page.tasks,
        "access_token": _page_token,
        "link": lambda context, page, requested: f"{context.state.public_url}/{page.id}",
        "picture": lambda context, page, requested: picture_json(context, page.id),
        "instagram_business_account": _instagram,
        "connected_instagram_account": _instagram,
        "is_published": lambda context, page, requested: True,
        "has_transitioned_to_new_page_experience": lambda context, page, requested: True,
        "verification_status": lambda context, page, requested: "not_verified",
        "fan_count": zero_count,
        "followers_count": zero_count,
    },
    empty_fields.PAGE | empty_fields.PAGE_EDGES,
    empty_fields.PAGE_EDGES,
)
LISTED_PAGE = NodeKind(
    "Page", ("access_token", "category", "category_list", "name", "id", "tasks"), PAGE.fields, PAGE.empty
)

USER = NodeKind(
    "User",
    ("name",),
    {
        "name": lambda context, user, requested: user.name,
        "first_name": lambda context, user, requested: user.name.split(" ")[0],
        "last_name": lambda context, user, requested: user.name.split(" ")[-1],
        "picture": lambda context, user, requested: picture_json(context, user.id),
    },
    empty_fields.USER,
)
BUSINESS = NodeKind(
    "Business", ("name",), {"name": lambda context, business, requested: business.name}, empty_fields.BUSINESS
)
APP = NodeKind(
    "Application",
    ("category", "link", "name"),
    {
        "category": lambda context, app, requested: "Business",
        "link": lambda context, app, requested: f"{context.state.public_url}/",
        "name": lambda context, app, requested: app.name,
    },
    empty_fields.APP,
)


def _images(context: CallContext, photo: Photo, requested: RequestedField) -> list[dict[str, Any]]:
    return [{"height": photo.height, "source": picture_url(context, photo.id), "width": photo.width}]


def _page_story_id(context: CallContext, photo: Photo, requested: RequestedField) -> str | None:
    return photo.spent_by if context.state.switches.page_story_id_filled and photo.published else None


def _owner(context: CallContext, thing: Photo | Post, requested: RequestedField) -> NodeRef:
    return NodeRef(PAGE, context.state.pages[thing.page])


PHOTO = NodeKind(
    "Photo",
    ("created_time", "name"),
    {
        "created_time": lambda context, photo, requested: format_time(photo.created),
        "updated_time": lambda context, photo, requested: format_time(photo.created),
        "name": lambda context, photo, requested: photo.message or None,
        "alt_text_custom": lambda context, photo, requested: photo.alt_text or None,
        "alt_text": lambda context, photo, requested: photo.alt_text or None,
        "images": _images,
        "picture": lambda context, photo, requested: picture_url(context, photo.id),
        "source": lambda context, photo, requested: picture_url(context, photo.id),
        "link": lambda context, photo, requested: f"{context.state.public_url}/photo/{photo.id}",
        "width": lambda context, photo, requested: photo.width,
        "height": lambda context, photo, requested: photo.height,
        "from": _owner,
        "page_story_id": _page_story_id,
    },
    empty_fields.PHOTO | empty_fields.PHOTO_EDGES,
    empty_fields.PHOTO_EDGES,
)


def permalink(context: CallContext, post: Post) -> str:
    """Return a permalink with the Page's public number, as New Pages have: it cannot be built from the id."""
    number = context.state.pages[post.page].public_number
    return f"{context.state.public_url}/{number}/posts/{post.id.split('_')[1]}"


def _attachments(context: CallContext, post: Post, requested: RequestedField) -> dict[str, Any] | None:
    shown = [photo_attachment(context, name) for name in post.photos if name in context.state.photos]
    if len(shown) > 1:
        target = {"id": post.id.split("_")[1], "url": permalink(context, post)}
        album = {"media_type": "album", "type": "album", "target": target, "url": target["url"]}
        return {"data": [album | {"media": shown[0]["media"], "subattachments": {"data": shown}}]}
    if shown:
        return {"data": shown}
    if post.link:
        return {"data": [{"media_type": "link", "type": "share", "target": {"url": post.link}, "url": post.link}]}
    return None


def photo_attachment(context: CallContext, name: str) -> dict[str, Any]:
    photo = context.state.photos[name]
    url = f"{context.state.public_url}/photo/{name}"
    image = {"height": photo.height, "src": picture_url(context, name), "width": photo.width}
    return ({"description": photo.message} if photo.message else {}) | {
        "media_type": "photo",
        "type": "photo",
        "media": {"image": image},
        "target": {"id": name, "url": url},
        "url": url,
    }


def _scheduled(context: CallContext, post: Post, requested: RequestedField) -> int | None:
    return int(post.scheduled) if post.scheduled is not None and not post.is_published else None


POST = NodeKind(
    "Post",
    ("created_time", "message"),
    {
        "message": lambda context, post, requested: post.message or None,
        "created_time": lambda context, post, requested: format_time(post.created),
        "updated_time": lambda context, post, requested: format_time(post.updated),
        "permalink_url": lambda context, post, requested: permalink(context, post),
        "is_published": lambda context, post, requested: post.is_published,
        "scheduled_publish_time": _scheduled,
        "attachments": _attachments,
        "full_picture": lambda context, post, requested: picture_url(context, post.photos[0]) if post.photos else None,
        "picture": lambda context, post, requested: picture_url(context, post.photos[0]) if post.photos else None,
        "is_hidden": lambda context, post, requested: False,
        "subscribed": lambda context, post, requested: False,
        "story": lambda context, post, requested: None,
        "link": lambda context, post, requested: post.link or None,
        "from": _owner,
        "status_type": lambda context, post, requested: "added_photos" if post.photos else "mobile_status_update",
        "application": lambda context, post, requested: {"id": post.app, "name": context.state.apps[post.app].name},
    },
    empty_fields.POST | empty_fields.POST_EDGES,
    empty_fields.POST_EDGES,
)

STORY = NodeKind(
    "Story",
    ("post_id", "status", "creation_time", "media_type", "media_id", "url"),
    {
        "post_id": lambda context, story, requested: story.id,
        "status": lambda context, story, requested: story_status(context, story),
        "creation_time": lambda context, story, requested: str(int(story.created)),
        "media_type": lambda context, story, requested: "photo",
        "media_id": lambda context, story, requested: story.media_id,
        "url": lambda context, story, requested: f"{context.state.public_url}/stories/{story.id}",
    },
)


def story_status(context: CallContext, story: Story) -> str:
    return "PUBLISHED" if context.state.now() - story.created < STORY_LIFE_S else "ARCHIVED"

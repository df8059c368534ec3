"""People, businesses, Pages, posts, photos and stories as Graph shows them."""

from __future__ import annotations

from typing import Any

from araldo.sandbox import empty_fields, instagram_nodes, tokens
from araldo.sandbox.asks import Ask, Kind, Ref
from araldo.sandbox.fields import RequestedField
from araldo.sandbox.records import Page, Photo, Post, Story
from araldo.sandbox.state import stamp

STORY_LIFE_S = 86_400.0


def picture_url(ask: Ask, name: str) -> str:
    return f"{ask.state.public_url}/pictures/{name}.jpg"


def posts_of(ask: Ask, page: Page, *, published: bool | None) -> list[Post]:
    """Newest first."""
    found = [post for post in ask.state.posts if post.page == page.id and published in {None, post.is_published}]
    return sorted(found, key=lambda post: post.created)[::-1]


# -- nodes ------------------------------------------------------------------------------------------------------------


def _instagram(ask: Ask, page: Page, one: RequestedField) -> Ref | None:
    account = ask.state.instagram.get(page.instagram)
    return None if account is None else Ref(instagram_nodes.ACCOUNT, account)


def _page_token(ask: Ask, page: Page, one: RequestedField) -> str | None:
    if "pages_show_list" not in ask.token.scopes:
        return None
    return tokens.page_token(ask.state, ask.token, page).id


def face(ask: Ask, name: str) -> dict[str, Any]:
    """The picture of a person, Page or account; one size, whatever `type` was asked for."""
    url = f"{ask.state.public_url}/pictures/{name}.svg"
    return {"data": {"height": 50, "is_silhouette": False, "url": url, "width": 50}}


def nobody(ask: Ask, node: Any, one: RequestedField) -> int:
    """Nobody is here to like or to follow."""
    return 0


PAGE = Kind(
    "Page",
    ("name",),
    {
        "name": lambda ask, page, one: page.name,
        "username": lambda ask, page, one: page.name.replace(" ", ""),
        "name_with_location_descriptor": lambda ask, page, one: page.name,
        "category": lambda ask, page, one: page.category,
        "category_list": lambda ask, page, one: [{"id": "2253", "name": page.category}],
        "tasks": lambda ask, page, one: page.tasks,
        "access_token": _page_token,
        "link": lambda ask, page, one: f"{ask.state.public_url}/{page.id}",
        "picture": lambda ask, page, one: face(ask, page.id),
        "instagram_business_account": _instagram,
        "connected_instagram_account": _instagram,
        "is_published": lambda ask, page, one: True,
        "has_transitioned_to_new_page_experience": lambda ask, page, one: True,
        "verification_status": lambda ask, page, one: "not_verified",
        "fan_count": nobody,
        "followers_count": nobody,
    },
    empty_fields.PAGE | empty_fields.PAGE_EDGES,
    empty_fields.PAGE_EDGES,
)
LISTED = Kind("Page", ("access_token", "category", "category_list", "name", "id", "tasks"), PAGE.fields, PAGE.empty)

USER = Kind(
    "User",
    ("name",),
    {
        "name": lambda ask, user, one: user.name,
        "first_name": lambda ask, user, one: user.name.split(" ")[0],
        "last_name": lambda ask, user, one: user.name.split(" ")[-1],
        "picture": lambda ask, user, one: face(ask, user.id),
    },
    empty_fields.USER,
)
BUSINESS = Kind("Business", ("name",), {"name": lambda ask, business, one: business.name}, empty_fields.BUSINESS)
APP = Kind(
    "Application",
    ("category", "link", "name"),
    {
        "category": lambda ask, app, one: "Business",
        "link": lambda ask, app, one: f"{ask.state.public_url}/",
        "name": lambda ask, app, one: app.name,
    },
    empty_fields.APP,
)


def _images(ask: Ask, photo: Photo, one: RequestedField) -> list[dict[str, Any]]:
    return [{"height": photo.height, "source": picture_url(ask, photo.id), "width": photo.width}]


def _page_story_id(ask: Ask, photo: Photo, one: RequestedField) -> str | None:
    return photo.spent_by if ask.state.switches.page_story_id_filled and photo.published else None


def _owner(ask: Ask, thing: Photo | Post, one: RequestedField) -> Ref:
    return Ref(PAGE, ask.state.pages[thing.page])


PHOTO = Kind(
    "Photo",
    ("created_time", "name"),
    {
        "created_time": lambda ask, photo, one: stamp(photo.created),
        "updated_time": lambda ask, photo, one: stamp(photo.created),
        "name": lambda ask, photo, one: photo.message or None,
        "alt_text_custom": lambda ask, photo, one: photo.alt_text or None,
        "alt_text": lambda ask, photo, one: photo.alt_text or None,
        "images": _images,
        "picture": lambda ask, photo, one: picture_url(ask, photo.id),
        "source": lambda ask, photo, one: picture_url(ask, photo.id),
        "link": lambda ask, photo, one: f"{ask.state.public_url}/photo/{photo.id}",
        "width": lambda ask, photo, one: photo.width,
        "height": lambda ask, photo, one: photo.height,
        "from": _owner,
        "page_story_id": _page_story_id,
    },
    empty_fields.PHOTO | empty_fields.PHOTO_EDGES,
    empty_fields.PHOTO_EDGES,
)


def permalink(ask: Ask, post: Post) -> str:
    """Under the Page's other number, as on New Pages: nobody can build it from the id."""
    number = ask.state.pages[post.page].public_number
    return f"{ask.state.public_url}/{number}/posts/{post.id.split('_')[1]}"


def _attachments(ask: Ask, post: Post, one: RequestedField) -> dict[str, Any] | None:
    shown = [photo_attachment(ask, name) for name in post.photos if name in ask.state.photos]
    if len(shown) > 1:
        target = {"id": post.id.split("_")[1], "url": permalink(ask, post)}
        album = {"media_type": "album", "type": "album", "target": target, "url": target["url"]}
        return {"data": [album | {"media": shown[0]["media"], "subattachments": {"data": shown}}]}
    if shown:
        return {"data": shown}
    if post.link:
        return {"data": [{"media_type": "link", "type": "share", "target": {"url": post.link}, "url": post.link}]}
    return None


def photo_attachment(ask: Ask, name: str) -> dict[str, Any]:
    photo = ask.state.photos[name]
    url = f"{ask.state.public_url}/photo/{name}"
    image = {"height": photo.height, "src": picture_url(ask, name), "width": photo.width}
    return ({"description": photo.message} if photo.message else {}) | {
        "media_type": "photo",
        "type": "photo",
        "media": {"image": image},
        "target": {"id": name, "url": url},
        "url": url,
    }


def _scheduled(ask: Ask, post: Post, one: RequestedField) -> int | None:
    return int(post.scheduled) if post.scheduled is not None and not post.is_published else None


POST = Kind(
    "Post",
    ("created_time", "message"),
    {
        "message": lambda ask, post, one: post.message or None,
        "created_time": lambda ask, post, one: stamp(post.created),
        "updated_time": lambda ask, post, one: stamp(post.updated),
        "permalink_url": lambda ask, post, one: permalink(ask, post),
        "is_published": lambda ask, post, one: post.is_published,
        "scheduled_publish_time": _scheduled,
        "attachments": _attachments,
        "full_picture": lambda ask, post, one: picture_url(ask, post.photos[0]) if post.photos else None,
        "picture": lambda ask, post, one: picture_url(ask, post.photos[0]) if post.photos else None,
        "is_hidden": lambda ask, post, one: False,
        "subscribed": lambda ask, post, one: False,
        "story": lambda ask, post, one: None,
        "link": lambda ask, post, one: post.link or None,
        "from": _owner,
        "status_type": lambda ask, post, one: "added_photos" if post.photos else "mobile_status_update",
        "application": lambda ask, post, one: {"id": post.app, "name": ask.state.apps[post.app].name},
    },
    empty_fields.POST | empty_fields.POST_EDGES,
    empty_fields.POST_EDGES,
)

STORY = Kind(
    "Story",
    ("post_id", "status", "creation_time", "media_type", "media_id", "url"),
    {
        "post_id": lambda ask, story, one: story.id,
        "status": lambda ask, story, one: story_status(ask, story),
        "creation_time": lambda ask, story, one: str(int(story.created)),
        "media_type": lambda ask, story, one: "photo",
        "media_id": lambda ask, story, one: story.media_id,
        "url": lambda ask, story, one: f"{ask.state.public_url}/stories/{story.id}",
    },
)


def story_status(ask: Ask, story: Story) -> str:
    return "PUBLISHED" if ask.state.now() - story.created < STORY_LIFE_S else "ARCHIVED"

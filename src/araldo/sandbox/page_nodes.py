"""Pages, posts, photos and stories as Graph shows them, and the edges that list them."""

from __future__ import annotations

from typing import Any

from araldo.sandbox import instagram_nodes, tokens
from araldo.sandbox.asks import Ask, Kind, Ref, Rows, within
from araldo.sandbox.fields import Wanted
from araldo.sandbox.records import Business, Page, Photo, Post, Story, User
from araldo.sandbox.replies import bad_parameter
from araldo.sandbox.state import stamp

STORY_LIFE_S = 86_400.0


def picture_url(ask: Ask, name: str) -> str:
    return f"{ask.state.public_url}/pictures/{name}.jpg"


def posts_of(ask: Ask, page: Page, *, published: bool | None) -> list[Post]:
    """Newest first."""
    found = [post for post in ask.state.posts if post.page == page.id and published in {None, post.is_published}]
    return sorted(found, key=lambda post: post.created)[::-1]


# -- nodes ------------------------------------------------------------------------------------------------------------


def _instagram(ask: Ask, page: Page, one: Wanted) -> Ref | None:
    account = ask.state.instagram.get(page.instagram)
    return None if account is None else Ref(instagram_nodes.ACCOUNT, account)


def _page_token(ask: Ask, page: Page, one: Wanted) -> str | None:
    if "pages_show_list" not in ask.token.scopes:
        return None
    return tokens.page_token(ask.state, ask.token, page).id


def _page_picture(ask: Ask, page: Page, one: Wanted) -> dict[str, Any]:
    url = f"{ask.state.public_url}/pictures/{page.id}.svg"
    return {"data": {"height": 50, "is_silhouette": False, "url": url, "width": 50}}


PAGE = Kind(
    "Page",
    ("name",),
    {
        "name": lambda ask, page, one: page.name,
        "category": lambda ask, page, one: page.category,
        "category_list": lambda ask, page, one: [{"id": "2253", "name": page.category}],
        "tasks": lambda ask, page, one: page.tasks,
        "access_token": _page_token,
        "link": lambda ask, page, one: f"{ask.state.public_url}/{page.id}",
        "picture": _page_picture,
        "instagram_business_account": _instagram,
        "connected_instagram_account": _instagram,
        "published_posts": lambda ask, page, one: _posts(ask, page, True),
        "is_published": lambda ask, page, one: True,
    },
)

USER = Kind(
    "User",
    ("name",),
    {
        "name": lambda ask, user, one: user.name,
        "accounts": lambda ask, user, one: _accounts(ask),
    },
)
BUSINESS = Kind("Business", ("name",), {"name": lambda ask, business, one: business.name})


def _images(ask: Ask, photo: Photo, one: Wanted) -> list[dict[str, Any]]:
    return [{"height": photo.height, "source": picture_url(ask, photo.id), "width": photo.width}]


def _page_story_id(ask: Ask, photo: Photo, one: Wanted) -> str | None:
    return photo.spent_by if ask.state.switches.page_story_id_filled and photo.published else None


def _owner(ask: Ask, thing: Photo | Post, one: Wanted) -> Ref:
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
)


def permalink(ask: Ask, post: Post) -> str:
    """Under the Page's other number, as on New Pages: nobody can build it from the id."""
    number = ask.state.pages[post.page].public_number
    return f"{ask.state.public_url}/{number}/posts/{post.id.split('_')[1]}"


def _attachments(ask: Ask, post: Post, one: Wanted) -> dict[str, Any] | None:
    shown = [_photo_attachment(ask, name) for name in post.photos if name in ask.state.photos]
    if len(shown) > 1:
        target = {"id": post.id.split("_")[1], "url": permalink(ask, post)}
        album = {"media_type": "album", "type": "album", "target": target, "url": target["url"]}
        return {"data": [album | {"media": shown[0]["media"], "subattachments": {"data": shown}}]}
    if shown:
        return {"data": shown}
    if post.link:
        return {"data": [{"media_type": "link", "type": "share", "target": {"url": post.link}, "url": post.link}]}
    return None


def _photo_attachment(ask: Ask, name: str) -> dict[str, Any]:
    photo = ask.state.photos[name]
    url = f"{ask.state.public_url}/photo/{name}"
    image = {"height": photo.height, "src": picture_url(ask, name), "width": photo.width}
    return {
        "media_type": "photo",
        "type": "photo",
        "media": {"image": image},
        "target": {"id": name, "url": url},
        "url": url,
    }


def _scheduled(ask: Ask, post: Post, one: Wanted) -> int | None:
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
        "link": lambda ask, post, one: post.link or None,
        "from": _owner,
        "status_type": lambda ask, post, one: "added_photos" if post.photos else "mobile_status_update",
        "application": lambda ask, post, one: {"id": post.app, "name": ask.state.apps[post.app].name},
    },
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


# -- edges ------------------------------------------------------------------------------------------------------------


def _posts(ask: Ask, page: Page, published: bool | None) -> Rows:
    return Rows([Ref(POST, post) for post in posts_of(ask, page, published=published) if within(ask, post.created)])


async def published_posts(ask: Ask, page: Page) -> Rows:
    tokens.need_scopes(ask.token, "pages_read_engagement")
    return _posts(ask, page, True)


async def feed(ask: Ask, page: Page) -> Rows:
    """Unpublished ones too: `is_published` tells them apart (graph-api.md 2.4)."""
    tokens.need_scopes(ask.token, "pages_read_engagement", "pages_read_user_content")
    return _posts(ask, page, None)


async def scheduled_posts(ask: Ask, page: Page) -> Rows:
    tokens.need_scopes(ask.token, "pages_read_engagement")
    waiting = [post for post in posts_of(ask, page, published=False) if post.content_type == "SCHEDULED"]
    return Rows([Ref(POST, post) for post in waiting])


async def photos(ask: Ask, page: Page) -> Rows:
    """Those that people can see."""
    tokens.need_scopes(ask.token, "pages_read_engagement")
    found = [photo for photo in ask.state.photos if photo.page == page.id and photo.published]
    return Rows([Ref(PHOTO, photo) for photo in reversed(found) if within(ask, photo.created)])


async def stories(ask: Ask, page: Page) -> dict[str, Any]:
    """Rows without an `id`, archived ones only with the archive on (graph-api.md 2.6)."""
    tokens.need_scopes(ask.token, "pages_read_engagement")
    allowed = {str(status).upper() for status in ask.call.listed("status")} or {"PUBLISHED", "ARCHIVED"}
    if not allowed <= {"PUBLISHED", "ARCHIVED"}:
        raise bad_parameter("Param status must be one of PUBLISHED, ARCHIVED")
    if not ask.state.switches.story_archive:
        allowed -= {"ARCHIVED"}
    rows = []
    for story in reversed(list(ask.state.stories)):
        if story.page == page.id and within(ask, story.created) and story_status(ask, story) in allowed:
            rows.append({name: STORY.fields[name](ask, story, Wanted(name)) for name in STORY.default})
    return {"data": rows}


async def accounts(ask: Ask, user: User) -> Rows:
    return _accounts(ask)


def _accounts(ask: Ask) -> Rows:
    """The Pages of whoever asks; empty with the switch, as for Pages that a business owns."""
    tokens.need_scopes(ask.token, "pages_show_list")
    if ask.state.switches.accounts_empty:
        return Rows([])
    return Rows([Ref(_LISTED, page) for page in tokens.reach(ask.state, ask.token)])


async def businesses(ask: Ask, user: User) -> Rows:
    tokens.need_scopes(ask.token, "business_management")
    return Rows([Ref(BUSINESS, business) for business in ask.state.businesses])


async def owned_pages(ask: Ask, business: Business) -> Rows:
    return _pages_in(ask, business.owned_pages)


async def client_pages(ask: Ask, business: Business) -> Rows:
    return _pages_in(ask, business.client_pages)


def _pages_in(ask: Ask, names: list[str]) -> Rows:
    tokens.need_scopes(ask.token, "business_management")
    return Rows([Ref(_LISTED, page) for page in tokens.reach(ask.state, ask.token) if page.id in names])


_LISTED = Kind("Page", ("access_token", "category", "category_list", "name", "id", "tasks"), PAGE.fields)

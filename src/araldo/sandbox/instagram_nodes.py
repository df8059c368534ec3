"""Instagram accounts, containers and media as Graph shows them, and the edges that list them."""

from __future__ import annotations

from typing import Any

from araldo.sandbox import empty_fields, tokens
from araldo.sandbox.asks import Ask, Kind, Ref, Rows
from araldo.sandbox.fields import RequestedField
from araldo.sandbox.records import Container, Instagram, Media, MediaComment
from araldo.sandbox.replies import GraphError, bad_parameter
from araldo.sandbox.state import State, stamp
from araldo.sandbox.times import moment

DAY_S = 86_400.0
TO_PUBLISH = ("instagram_basic", "instagram_content_publish", "pages_read_engagement")
_TEXTS = {
    "IN_PROGRESS": "In Progress: Media is still being processed.",
    "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
    "PUBLISHED": "Published: Media has been successfully published.",
    "EXPIRED": "Expired: The container was not published within 24 hours.",
}


def media_of(ask: Ask, account: Instagram, product_type: str) -> list[Media]:
    """Newest first, a carousel's children left out."""
    return [
        media
        for media in reversed(list(ask.state.media))
        if media.instagram == account.id and media.media_product_type == product_type and media.parent is None
    ]


def published_since(ask: Ask, account: Instagram, since: float) -> int:
    """How much of the quota is used; a carousel is one, and what was deleted afterwards still counts."""
    kinds = {"IMAGE", "CAROUSEL"} | ({"STORIES"} if ask.state.switches.stories_count_toward_quota else set())
    return sum(
        made.instagram == account.id
        and made.kind in kinds
        and not made.carousel_item
        and made.published_at is not None
        and made.published_at > since
        for made in ask.state.containers
    )


def comments_of(state: State, media: Media) -> list[MediaComment]:
    """Return the comments on media, replies among them, oldest first."""
    return [comment for comment in state.media_comments if comment.media == media.id]


def status_code(ask: Ask, container: Container) -> str:
    """By the sandbox's clock; `status_lag_s` keeps a published one FINISHED for a while."""
    now, switches = ask.state.now(), ask.state.switches
    if container.published_at is not None and now - container.published_at >= switches.status_lag_s:
        return "PUBLISHED"
    if container.error is not None:
        return "ERROR"
    if now - container.created >= switches.container_life_s:
        return "EXPIRED"
    waiting = any(status_code(ask, child) == "IN_PROGRESS" for child in _children_of(ask, container))
    return "FINISHED" if now >= container.ready_at and not waiting else "IN_PROGRESS"


def _children_of(ask: Ask, container: Container) -> list[Container]:
    return [ask.state.containers[name] for name in container.children]


def _status(ask: Ask, container: Container, one: RequestedField) -> str:
    code = status_code(ask, container)
    if code == "ERROR":
        return f"Error: Media upload has failed with error code {container.error}"
    return _TEXTS[code]


def _nobody(ask: Ask, node: Any, one: RequestedField) -> int:
    """Nobody is here to like or to follow."""
    return 0


def _business_discovery(ask: Ask, account: Instagram, one: RequestedField) -> Ref:
    """Another account by `.username()`: those of this world are all that there are."""
    username = one.modifiers.get("username", "")
    if not username:
        raise bad_parameter("The parameter username is required")
    for found in ask.state.instagram:
        if found.username.lower() == username.lower().lstrip("@"):
            return Ref(ACCOUNT, found)
    raise GraphError(110, 2207013, about=username)


ACCOUNT: Kind = Kind(
    "IGUser",
    (),
    {
        "username": lambda ask, account, one: account.username,
        "name": lambda ask, account, one: account.name,
        "ig_id": lambda ask, account, one: account.id[-10:].lstrip("0"),
        "media_count": lambda ask, account, one: len(media_of(ask, account, "FEED")),
        "profile_picture_url": lambda ask, account, one: f"{ask.state.public_url}/pictures/{account.id}.svg",
        "account_type": lambda ask, account, one: "BUSINESS",
        "followers_count": _nobody,
        "follows_count": _nobody,
        "business_discovery": _business_discovery,
    },
    empty_fields.ACCOUNT | empty_fields.ACCOUNT_EDGES,
    empty_fields.ACCOUNT_EDGES,
)

CONTAINER = Kind(
    "ShadowIGMediaBuilder",
    (),
    {
        "status_code": lambda ask, container, one: status_code(ask, container),
        "status": _status,
        "copyright_check_status": lambda ask, container, one: {"status": "not_started", "matches_found": False},
    },
    empty_fields.CONTAINER,
)


def permalink(ask: Ask, media: Media) -> str:
    url = ask.state.public_url
    if media.media_product_type == "STORY":
        return f"{url}/stories/{ask.state.instagram[media.instagram].username}/{media.id}"
    return f"{url}/p/{media.shortcode}/"


def _media_url(ask: Ask, media: Media, one: RequestedField) -> str | None:
    picture = media.picture
    if picture is None and media.children:
        first = ask.state.media.get(media.children[0])
        picture = first.picture if first is not None else None
    return f"{ask.state.public_url}/pictures/{picture}.jpg" if picture is not None else None


MEDIA: Kind = Kind(
    "IGMedia",
    (),
    {
        "caption": lambda ask, media, one: media.caption or None,
        "permalink": lambda ask, media, one: permalink(ask, media),
        "shortcode": lambda ask, media, one: media.shortcode,
        "media_type": lambda ask, media, one: media.media_type,
        "media_product_type": lambda ask, media, one: media.media_product_type,
        "timestamp": lambda ask, media, one: stamp(media.created),
        "media_url": _media_url,
        "alt_text": lambda ask, media, one: media.alt_text or None,
        "username": lambda ask, media, one: ask.state.instagram[media.instagram].username,
        "owner": lambda ask, media, one: {"id": media.instagram},
        "ig_id": lambda ask, media, one: media.id[-12:].lstrip("0"),
        "is_comment_enabled": lambda ask, media, one: media.comments_enabled,
        "like_count": _nobody,
        "comments_count": lambda ask, media, one: len(comments_of(ask.state, media)),
    },
    empty_fields.MEDIA | empty_fields.MEDIA_EDGES,
    empty_fields.MEDIA_EDGES,
)


# -- edges ------------------------------------------------------------------------------------------------------------


def media(ask: Ask, account: Instagram) -> Rows:
    """Stories are not in it (graph-api.md 3.5)."""
    _may_list(ask)
    within = ask.period()
    return Rows([Ref(MEDIA, each) for each in media_of(ask, account, "FEED") if within(each.created)])


def stories(ask: Ask, account: Instagram) -> Rows:
    """Those of the last 24 hours."""
    _may_list(ask)
    fresh = [each for each in media_of(ask, account, "STORY") if ask.state.now() - each.created < DAY_S]
    return Rows([Ref(MEDIA, each) for each in fresh if ask.listed_yet(each.created)])


def _may_list(ask: Ask) -> None:
    need_account(ask, "instagram_basic")


def need_account(ask: Ask, *scopes: str) -> None:
    """These scopes, and either of two for the Page (graph-api.md 1.6)."""
    page_scope = "pages_show_list" if "pages_show_list" in ask.token.scopes else "pages_read_engagement"
    tokens.need_scopes(ask.token, *scopes, page_scope)


def children(ask: Ask, parent: Media) -> Rows:
    return Rows([Ref(MEDIA, ask.state.media[name]) for name in parent.children if name in ask.state.media])


def content_publishing_limit(ask: Ask, account: Instagram) -> dict[str, Any]:
    """Over a moving 24 hours, or since `since` if that is later (graph-api.md 3.6)."""
    tokens.need_scopes(ask.token, *TO_PUBLISH)
    day_ago = ask.state.now() - DAY_S
    since = moment(ask.call.text("since"), "since", ask.state.now())
    if since is not None and since < day_ago - 1:
        raise bad_parameter("Param since must be within the last 24 hours")
    row: dict[str, Any] = {"quota_usage": published_since(ask, account, day_ago if since is None else since)}
    if "config" in ask.call.fields():
        row["config"] = {"quota_total": ask.state.switches.quota_total, "quota_duration": int(DAY_S)}
    return {"data": [row]}

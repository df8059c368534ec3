"""Instagram accounts, containers and media as Graph shows them, and the edges that list them."""

from __future__ import annotations

from typing import Any

from araldo.sandbox import tokens
from araldo.sandbox.asks import Ask, Kind, Ref, Rows, listed_yet, moment, within
from araldo.sandbox.fields import Wanted
from araldo.sandbox.records import Container, Instagram, Media
from araldo.sandbox.replies import bad_parameter
from araldo.sandbox.state import stamp

DAY_S = 86_400.0
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
    """How many posts count toward the quota; a carousel is one."""
    counted = media_of(ask, account, "FEED")
    if ask.state.switches.stories_count_toward_quota:
        counted = counted + media_of(ask, account, "STORY")
    return sum(media.created > since for media in counted)


def status_code(ask: Ask, container: Container) -> str:
    """By the sandbox's clock; `status_lag_s` keeps a published one FINISHED for a while."""
    now, switches = ask.state.now(), ask.state.switches
    if container.published_at is not None and now - container.published_at >= switches.status_lag_s:
        return "PUBLISHED"
    if container.error is not None:
        return "ERROR"
    if now - container.created >= switches.container_life_s:
        return "EXPIRED"
    return "FINISHED" if now >= container.ready_at else "IN_PROGRESS"


def _status(ask: Ask, container: Container, one: Wanted) -> str:
    code = status_code(ask, container)
    if code == "ERROR":
        return f"Error: Media upload has failed with error code {container.error}"
    return _TEXTS[code]


ACCOUNT = Kind(
    "IGUser",
    (),
    {
        "username": lambda ask, account, one: account.username,
        "name": lambda ask, account, one: account.name,
        "ig_id": lambda ask, account, one: account.id[-10:].lstrip("0"),
        "media_count": lambda ask, account, one: len(media_of(ask, account, "FEED")),
        "profile_picture_url": lambda ask, account, one: f"{ask.state.public_url}/pictures/{account.id}.svg",
        "media": lambda ask, account, one: _feed(ask, account),
    },
)

CONTAINER = Kind(
    "ShadowIGMediaBuilder",
    (),
    {
        "status_code": lambda ask, container, one: status_code(ask, container),
        "status": _status,
        "copyright_check_status": lambda ask, container, one: {"status": "not_started", "matches_found": False},
        "video_status": lambda ask, container, one: None,
    },
)


def permalink(ask: Ask, media: Media) -> str:
    url = ask.state.public_url
    if media.media_product_type == "STORY":
        return f"{url}/stories/{ask.state.instagram[media.instagram].username}/{media.id}"
    return f"{url}/p/{media.shortcode}/"


def _media_url(ask: Ask, media: Media, one: Wanted) -> str | None:
    picture = media.picture
    if picture is None and media.children:
        first = ask.state.media.get(media.children[0])
        picture = first.picture if first is not None else None
    return f"{ask.state.public_url}/pictures/{picture}.jpg" if picture is not None else None


def _children(ask: Ask, media: Media, one: Wanted) -> Rows:
    return Rows([Ref(MEDIA, ask.state.media[name]) for name in media.children])


def _like_count(ask: Ask, media: Media, one: Wanted) -> int:
    """Nobody is here to like anything."""
    return 0


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
        "children": _children,
        "like_count": _like_count,
        "comments_count": _like_count,
    },
)


# -- edges ------------------------------------------------------------------------------------------------------------


async def media(ask: Ask, account: Instagram) -> Rows:
    """Stories are not in it (graph-api.md 3.5)."""
    tokens.need_scopes(ask.token, "instagram_basic")
    return _feed(ask, account)


def _feed(ask: Ask, account: Instagram) -> Rows:
    return Rows([Ref(MEDIA, each) for each in media_of(ask, account, "FEED") if within(ask, each.created)])


async def stories(ask: Ask, account: Instagram) -> Rows:
    """Those of the last 24 hours."""
    tokens.need_scopes(ask.token, "instagram_basic")
    fresh = [each for each in media_of(ask, account, "STORY") if ask.state.now() - each.created < DAY_S]
    return Rows([Ref(MEDIA, each) for each in fresh if listed_yet(ask, each.created)])


async def children(ask: Ask, parent: Media) -> Rows:
    return Rows([Ref(MEDIA, ask.state.media[name]) for name in parent.children])


async def content_publishing_limit(ask: Ask, account: Instagram) -> dict[str, Any]:
    """Over a moving 24 hours, or since `since` if that is later (graph-api.md 3.6)."""
    tokens.need_scopes(ask.token, "instagram_basic", "instagram_content_publish")
    day_ago = ask.state.now() - DAY_S
    since = moment(ask.call.text("since"), "since") or day_ago
    if since < day_ago - 1:
        raise bad_parameter("Param since must be within the last 24 hours")
    row: dict[str, Any] = {"quota_usage": published_since(ask, account, since)}
    if "config" in ask.call.text("fields"):
        row["config"] = {"quota_total": ask.state.switches.quota_total, "quota_duration": int(DAY_S)}
    return {"data": [row]}

"""Instagram accounts, containers and media as Graph shows them, and the edges that list them."""

from __future__ import annotations

from typing import Any

from araldo.sandbox.meta import empty_fields, tokens
from araldo.sandbox.meta.call_context import CallContext, EdgeItems, NodeKind, NodeRef
from araldo.sandbox.meta.fields import RequestedField
from araldo.sandbox.meta.records import Container, Instagram, Media, MediaComment
from araldo.sandbox.meta.replies import GraphError, bad_parameter
from araldo.sandbox.meta.state import MetaState, format_time
from araldo.sandbox.meta.times import parse_time

DAY_S = 86_400.0
TO_PUBLISH = ("instagram_basic", "instagram_content_publish", "pages_read_engagement")
_TEXTS = {
    "IN_PROGRESS": "In Progress: Media is still being processed.",
    "FINISHED": "FinishedPicture: Media has been uploaded and it is ready to be published.",
    "PUBLISHED": "Published: Media has been successfully published.",
    "EXPIRED": "Expired: The container was not published within 24 hours.",
}


def media_of(context: CallContext, account: Instagram, product_type: str) -> list[Media]:
    """Return an account's media, newest first, without the children of carousels."""
    return [
        media
        for media in reversed(list(context.state.media))
        if media.instagram == account.id and media.media_product_type == product_type and media.parent is None
    ]


def published_since(context: CallContext, account: Instagram, since: float) -> int:
    """Return how much of the quota is used; a carousel counts as one, and deleted media still count."""
    kinds = {"IMAGE", "CAROUSEL"} | ({"STORIES"} if context.state.switches.stories_count_toward_quota else set())
    return sum(
        made.instagram == account.id
        and made.kind in kinds
        and not made.carousel_item
        and made.published_at is not None
        and made.published_at > since
        for made in context.state.containers
    )


def comments_of(state: MetaState, media: Media) -> list[MediaComment]:
    """Return the comments on media, replies among them, oldest first."""
    return [comment for comment in state.media_comments if comment.media == media.id]


def status_code(context: CallContext, container: Container) -> str:
    """Return a container's status by the sandbox's clock; `status_lag_s` keeps a published one FINISHED for a while."""
    now, switches = context.state.now(), context.state.switches
    if container.published_at is not None and now - container.published_at >= switches.status_lag_s:
        return "PUBLISHED"
    if container.error is not None:
        return "ERROR"
    if now - container.created >= switches.container_life_s:
        return "EXPIRED"
    waiting = any(status_code(context, child) == "IN_PROGRESS" for child in _children_of(context, container))
    return "FINISHED" if now >= container.ready_at and not waiting else "IN_PROGRESS"


def _children_of(context: CallContext, container: Container) -> list[Container]:
    return [context.state.containers[name] for name in container.children]


def _status(context: CallContext, container: Container, requested: RequestedField) -> str:
    code = status_code(context, container)
    if code == "ERROR":
        return f"Error: Media upload has failed with error code {container.error}"
    return _TEXTS[code]


def _zero_count(context: CallContext, node: Any, requested: RequestedField) -> int:
    """Return 0: the sandbox has no likes and followers."""
    return 0


def _business_discovery(context: CallContext, account: Instagram, requested: RequestedField) -> NodeRef:
    """Return another account of this world by `.username()`."""
    username = requested.modifiers.get("username", "")
    if not username:
        raise bad_parameter("The parameter username is required")
    for found in context.state.instagram:
        if found.username.lower() == username.lower().lstrip("@"):
            return NodeRef(ACCOUNT, found)
    raise GraphError(110, 2207013, about=username)


ACCOUNT: NodeKind = NodeKind(
    "IGUser",
    (),
    {
        "username": lambda context, account, requested: account.username,
        "name": lambda context, account, requested: account.name,
        "ig_id": lambda context, account, requested: account.id[-10:].lstrip("0"),
        "media_count": lambda context, account, requested: len(media_of(context, account, "FEED")),
        "profile_picture_url": lambda context, account, requested: (
            f"{context.state.public_url}/pictures/{account.id}.svg"
        ),
        "account_type": lambda context, account, requested: "BUSINESS",
        "followers_count": _zero_count,
        "follows_count": _zero_count,
        "business_discovery": _business_discovery,
    },
    empty_fields.ACCOUNT | empty_fields.ACCOUNT_EDGES,
    empty_fields.ACCOUNT_EDGES,
)

CONTAINER = NodeKind(
    "ShadowIGMediaBuilder",
    (),
    {
        "status_code": lambda context, container, requested: status_code(context, container),
        "status": _status,
        "copyright_check_status": lambda context, container, requested: {
            "status": "not_started",
            "matches_found": False,
        },
    },
    empty_fields.CONTAINER,
)


def permalink(context: CallContext, media: Media) -> str:
    url = context.state.public_url
    if media.media_product_type == "STORY":
        return f"{url}/stories/{context.state.instagram[media.instagram].username}/{media.id}"
    return f"{url}/p/{media.shortcode}/"


def _media_url(context: CallContext, media: Media, requested: RequestedField) -> str | None:
    picture = media.picture
    if picture is None and media.children:
        first = context.state.media.get(media.children[0])
        picture = first.picture if first is not None else None
    return f"{context.state.public_url}/pictures/{picture}.jpg" if picture is not None else None


MEDIA: NodeKind = NodeKind(
    "IGMedia",
    (),
    {
        "caption": lambda context, media, requested: media.caption or None,
        "permalink": lambda context, media, requested: permalink(context, media),
        "shortcode": lambda context, media, requested: media.shortcode,
        "media_type": lambda context, media, requested: media.media_type,
        "media_product_type": lambda context, media, requested: media.media_product_type,
        "timestamp": lambda context, media, requested: format_time(media.created),
        "media_url": _media_url,
        "alt_text": lambda context, media, requested: media.alt_text or None,
        "username": lambda context, media, requested: context.state.instagram[media.instagram].username,
        "owner": lambda context, media, requested: {"id": media.instagram},
        "ig_id": lambda context, media, requested: media.id[-12:].lstrip("0"),
        "is_comment_enabled": lambda context, media, requested: media.comments_enabled,
        "like_count": _zero_count,
        "comments_count": lambda context, media, requested: len(comments_of(context.state, media)),
    },
    empty_fields.MEDIA | empty_fields.MEDIA_EDGES,
    empty_fields.MEDIA_EDGES,
)


# -- edges ------------------------------------------------------------------------------------------------------------


def media(context: CallContext, account: Instagram) -> EdgeItems:
    """List an account's media, which does not include stories (graph-api.md 3.5)."""
    _may_list(context)
    within = context.time_filter()
    return EdgeItems([NodeRef(MEDIA, each) for each in media_of(context, account, "FEED") if within(each.created)])


def stories(context: CallContext, account: Instagram) -> EdgeItems:
    """List the stories of the last 24 hours."""
    _may_list(context)
    fresh = [each for each in media_of(context, account, "STORY") if context.state.now() - each.created < DAY_S]
    return EdgeItems([NodeRef(MEDIA, each) for each in fresh if context.is_listed(each.created)])


def _may_list(context: CallContext) -> None:
    require_account_scopes(context, "instagram_basic")


def require_account_scopes(context: CallContext, *scopes: str) -> None:
    """Require these scopes, and either of two for the Page (graph-api.md 1.6)."""
    page_scope = "pages_show_list" if "pages_show_list" in context.token.scopes else "pages_read_engagement"
    tokens.require_scopes(context.token, *scopes, page_scope)


def children(context: CallContext, parent: Media) -> EdgeItems:
    return EdgeItems(
        [NodeRef(MEDIA, context.state.media[name]) for name in parent.children if name in context.state.media]
    )


def content_publishing_limit(context: CallContext, account: Instagram) -> dict[str, Any]:
    """Return the quota over the last 24 hours, or since `since` if that is later (graph-api.md 3.6)."""
    tokens.require_scopes(context.token, *TO_PUBLISH)
    day_ago = context.state.now() - DAY_S
    since = parse_time(context.call.text("since"), "since", context.state.now())
    if since is not None and since < day_ago - 1:
        raise bad_parameter("Param since must be within the last 24 hours")
    row: dict[str, Any] = {"quota_usage": published_since(context, account, day_ago if since is None else since)}
    if "config" in context.call.fields():
        row["config"] = {"quota_total": context.state.switches.quota_total, "quota_duration": int(DAY_S)}
    return {"data": [row]}

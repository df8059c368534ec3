"""Instagram: containers that take a picture in, their publishing, feeds, stories and the quota."""

from __future__ import annotations

import io
import re
import secrets
import string

from PIL import Image, UnidentifiedImageError

from araldo.sandbox.calls import Call, Holder, require_scopes
from araldo.sandbox.fetch import NotFetched, fetch
from araldo.sandbox.replies import GraphError, nothing_there, page_of, parse_fields, pick
from araldo.sandbox.state import Thing, World, graph_time

_DAY = 86_400
_CAPTION_MAX, _HASHTAGS_MAX, _MENTIONS_MAX = 2_200, 30, 20
_IMAGE_MAX_BYTES = 8 * 1024 * 1024
_CONTAINERS_A_DAY = 400
_NARROWEST, _WIDEST = 0.8, 1.91
_LETTERS = string.ascii_letters + string.digits + "-_"


def _may_publish(account: Thing, holder: Holder) -> None:
    if holder.type == "PAGE" and holder.subject != account["_page_id"]:
        raise nothing_there(account["id"], "post")
    if holder.type == "APP":
        raise GraphError(200, "(#200) A user or page access token is required")
    require_scopes(holder, "instagram_basic", "instagram_content_publish", "pages_read_engagement")


async def create_container(world: World, call: Call, holder: Holder, account: Thing) -> Thing:
    _may_publish(account, holder)
    kind = call.params.get("media_type", "IMAGE")
    if kind not in {"IMAGE", "STORIES"}:
        raise _error(100, 2207023, f"The media type {kind} is unknown.", "Unknown media type")
    caption = call.params.get("caption", "") if kind == "IMAGE" else ""
    _check_caption(caption)
    recent = [one for one in _containers(world, account) if one["_created"] > world.now() - _DAY]
    if len(recent) >= _CONTAINERS_A_DAY:
        raise _error(9, 2207042, "You reached maximum number of posts that is allowed to be published.", "Limit")
    url = call.params.get("image_url")
    if not url:
        raise GraphError(100, "(#100) The parameter image_url is required")
    data = await _downloaded(url)
    _check_picture(world, data, url, feed=kind == "IMAGE")
    now = world.now()
    container: Thing = {
        "id": world.new_id("1788"),
        "image_url": url.split("?")[0],
        "caption": caption,
        "media_type": kind,
        "alt_text": call.params.get("alt_text"),
        "_account_id": account["id"],
        "_created": now,
        "_ready_at": now + float(world.settings["container_delay_s"]),
        "_picture": world.keep_picture(data),
        "_media_id": None,
        "_published_at": None,
        "_flaps": int(world.settings["not_ready_flaps"]),
    }
    world.table("containers")[container["id"]] = container
    call.made.append(container["id"])
    return {"id": container["id"]}


def _check_caption(caption: str) -> None:
    if len(caption) > _CAPTION_MAX:
        said = (
            f"The submitted image's caption was {len(caption)} characters long. The maximum number of characters"
            f" permitted for a caption is {_CAPTION_MAX}."
        )
        raise _error(36004, 2207010, "The caption is too long.", "Caption too long", said)
    if len(re.findall(r"#\w", caption)) > _HASHTAGS_MAX:
        raise _error(100, 2207040, f"Cannot use more than {_HASHTAGS_MAX} tags per created media.", "Too many tags")
    if len(re.findall(r"(?<!\w)@\w", caption)) > _MENTIONS_MAX:
        raise _error(100, 2207040, f"Cannot use more than {_MENTIONS_MAX} tags per created media.", "Too many tags")


async def _downloaded(url: str) -> bytes:
    try:
        got = await fetch(url, timeout_s=15)
    except NotFetched as failed:
        if failed.slow:
            raise _error(-2, 2207003, "It takes too long to download the media.", "Timeout") from failed
        raise _not_media(url) from failed
    if got.status != 200 or not got.content_type.startswith("image/"):
        raise _not_media(url)
    return got.body


def _not_media(url: str) -> GraphError:
    return _error(
        9004,
        2207052,
        "Only photo or video can be accepted as media type.",
        "Media download has failed. The media URI doesn't meet our requirements.",
        f"The media could not be fetched from this URL: {url.split('?')[0]}. Please check the limitations section.",
    )


def _check_picture(world: World, data: bytes, url: str, *, feed: bool) -> None:
    if len(data) > _IMAGE_MAX_BYTES:
        raise _error(
            36000,
            2207004,
            "The image size is too large.",
            "Image size too large",
            "The image is too large to download. It should be less than 8 MiB.",
        )
    try:
        picture = Image.open(io.BytesIO(data))
        picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as broken:
        raise _bad_ratio("0") from broken
    allowed = {"JPEG", "PNG"} if world.settings["accept_png"] else {"JPEG"}
    if picture.format not in allowed:
        said = f"The image format {picture.format} is not supported. Supported formats are: JPEG."
        raise _error(36001, 2207005, "The image format is not supported.", "Invalid Image Format", said)
    ratio = picture.width / picture.height
    if feed and not _NARROWEST - 0.005 <= ratio <= _WIDEST + 0.005:
        raise _bad_ratio(f"{ratio:.2f}")


def _bad_ratio(ratio: str) -> GraphError:
    said = (
        f"The submitted image with aspect ratio {ratio} cannot be published. Please submit an image with a valid"
        " aspect ratio."
    )
    return _error(36003, 2207009, "The aspect ratio is not supported.", "Invalid aspect ratio", said)


def _error(code: int, subcode: int, message: str, title: str, said: str | None = None) -> GraphError:
    return GraphError(code, message, subcode=subcode, title=title, said=said or message, transient=False, status=400)


def status_of(world: World, container: Thing) -> tuple[str, str]:
    now = world.now()
    published = container["_published_at"]
    if published is not None and now >= published + float(world.settings["status_lag_s"]):
        return "PUBLISHED", "Published: Media has been successfully published."
    if published is None and now >= container["_created"] + _DAY:
        return "EXPIRED", "Expired: The container was not published within 24 hours and has expired."
    if now < container["_ready_at"]:
        return "IN_PROGRESS", "In Progress: Media is still being processed."
    return "FINISHED", "Finished: Media has been uploaded and it is ready to be published."


def container_view(world: World, call: Call, holder: Holder, container: Thing) -> Thing:
    if holder.type == "PAGE" and world.settings["page_token_refused_on_containers"]:
        raise nothing_there(container["id"])
    account = world.table("instagram_accounts")[container["_account_id"]]
    if holder.type == "PAGE" and holder.subject != account["_page_id"]:
        raise nothing_there(container["id"])
    status_code, status = status_of(world, container)
    view = {"id": container["id"], "status_code": status_code, "status": status}
    return dict(pick(view, parse_fields(call.params.get("fields", ""))))


def publish(world: World, call: Call, holder: Holder, account: Thing) -> Thing:
    _may_publish(account, holder)
    container_id = call.params.get("creation_id", "")
    container = world.table("containers").get(container_id)
    if container is None or container["_account_id"] != account["id"]:
        raise _error(
            24,
            2207006,
            "The requested resource does not exist",
            "Media not found",
            f"The media with {container_id} cannot be found.",
        )
    if container["_media_id"] is not None:
        if world.settings["republish"] == "return_same_id":
            return {"id": container["_media_id"]}
        raise _error(9004, 2207008, "Media already published", "Already published")
    status, _ = status_of(world, container)
    if status == "EXPIRED":
        raise _error(
            24,
            2207008,
            "The media builder does not exist or has expired.",
            "Expired",
            f"The media builder with creation id = {container_id} does not exist or has been expired.",
        )
    if status == "IN_PROGRESS" or container["_flaps"] > 0:
        if status == "FINISHED":
            container["_flaps"] -= 1
        raise _error(
            9007,
            2207027,
            "Media ID is not available",
            "Cannot Publish",
            "The media is not ready for publishing, please wait for a moment",
        )
    if _quota_usage(world, account) >= int(world.settings["quota_total"]):
        raise _error(
            9,
            2207042,
            "Application request limit reached",
            "Limit reached",
            "You reached maximum number of posts that is allowed to be published by Content Publishing API.",
        )
    media = _media_from(world, account, container)
    call.made.append(media["id"])
    return {"id": media["id"]}


def _media_from(world: World, account: Thing, container: Thing) -> Thing:
    story = container["media_type"] == "STORIES"
    media_id = world.new_id("1801")
    shortcode = "".join(secrets.choice(_LETTERS) for _ in range(11))
    where = f"stories/{account['username']}/{media_id}" if story else f"p/{shortcode}/"
    media: Thing = {
        "id": media_id,
        "caption": container["caption"] or None,
        "media_type": "IMAGE",
        "media_product_type": "STORY" if story else "FEED",
        "permalink": f"{world.public_url}/{where}",
        "shortcode": shortcode,
        "timestamp": graph_time(world.now()),
        "username": account["username"],
        "alt_text": container["alt_text"],
        "media_url": world.picture_url(container["_picture"]),
        "owner": {"id": account["id"]},
        "container": container["id"],
        "_account_id": account["id"],
        "_created": world.now(),
        "_picture": container["_picture"],
    }
    world.table("media")[media_id] = media
    container["_media_id"] = media_id
    container["_published_at"] = world.now()
    return media


def list_media(world: World, call: Call, holder: Holder, account: Thing, url: str, *, stories: bool) -> Thing:
    """Newest first; the feed leaves stories out, and stories are there for a day."""
    _may_read(account, holder)
    since = float(call.params.get("since") or 0)
    oldest = max(since, world.now() - _DAY) if stories else since
    wanted = "STORY" if stories else "FEED"
    found = [
        media
        for media in reversed(world.table("media").values())
        if media["_account_id"] == account["id"]
        and media["media_product_type"] == wanted
        and media["_created"] >= oldest
    ]
    cut, paging = page_of(found, call.params, url)
    fields = parse_fields(call.params.get("fields", ""))
    return {"data": [pick(media_view(media), fields) for media in cut], **paging}


def _may_read(account: Thing, holder: Holder) -> None:
    if holder.type == "PAGE" and holder.subject != account["_page_id"]:
        raise nothing_there(account["id"])
    require_scopes(holder, "instagram_basic")


def media_view(media: Thing) -> Thing:
    return {name: value for name, value in media.items() if not name.startswith("_") and name != "container"}


def publishing_limit(world: World, call: Call, holder: Holder, account: Thing) -> Thing:
    _may_read(account, holder)
    entry = {
        "quota_usage": _quota_usage(world, account),
        "config": {"quota_total": int(world.settings["quota_total"]), "quota_duration": _DAY},
    }
    return {"data": [pick(entry, parse_fields(call.params.get("fields", "")), ("quota_usage",))]}


def _quota_usage(world: World, account: Thing) -> int:
    return sum(
        media["_account_id"] == account["id"] and media["_created"] > world.now() - _DAY
        for media in world.table("media").values()
    )


def _containers(world: World, account: Thing) -> list[Thing]:
    return [one for one in world.table("containers").values() if one["_account_id"] == account["id"]]

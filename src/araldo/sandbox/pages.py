"""Facebook Pages: photos, posts, and the lists of them."""

from __future__ import annotations

import io
import json
import re
from typing import Any

from PIL import Image, UnidentifiedImageError

from araldo.sandbox.calls import Call, Holder, require_scopes
from araldo.sandbox.fetch import NotFetched, fetch
from araldo.sandbox.replies import GraphError, nothing_there, page_of, parse_fields, pick, truth
from araldo.sandbox.state import Thing, World, graph_time

_PHOTO_MAX_BYTES = 10 * 1024 * 1024
_FORMATS = {"JPEG", "PNG", "GIF", "BMP", "TIFF"}
_MESSAGE_MAX = 63_206


def _as_the_page(page: Thing, holder: Holder, why: str) -> None:
    if holder.type != "PAGE" or holder.subject != page["id"]:
        raise GraphError(200, f"(#200) {why}")
    require_scopes(holder, "pages_manage_posts", "pages_read_engagement")


async def add_photo(world: World, call: Call, holder: Holder, page: Thing) -> Thing:
    published = truth(call.params.get("published"), True)
    why = (
        "The permission(s) publish_actions are not available. It has been deprecated."
        if published
        else "Unpublished posts must be posted to a page as the page itself."
    )
    _as_the_page(page, holder, why)
    data = call.files.get("source")
    if data is None and "url" in call.params:
        try:
            data = (await fetch(call.params["url"], timeout_s=10)).body
        except NotFetched as failed:
            raise GraphError(324, "(#324) Missing or invalid image file") from failed
    if data is None or len(data) > _PHOTO_MAX_BYTES:
        raise GraphError(324, "(#324) Missing or invalid image file")
    try:
        picture = Image.open(io.BytesIO(data))
        picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as broken:
        raise GraphError(324, "(#324) Missing or invalid image file") from broken
    if picture.format not in _FORMATS:
        raise GraphError(324, "(#324) Missing or invalid image file")
    photo: Thing = {
        "id": world.new_id("122"),
        "created_time": graph_time(world.now()),
        "width": picture.width,
        "height": picture.height,
        "alt_text_custom": call.params.get("alt_text_custom"),
        "published": published,
        "_page_id": page["id"],
        "_picture": world.keep_picture(data),
        "_used": False,
    }
    world.table("photos")[photo["id"]] = photo
    call.made.append(photo["id"])
    if not published:
        return {"id": photo["id"]}
    post = _publish(world, call, page, call.params.get("message") or call.params.get("caption") or "", [photo["id"]])
    return {"id": photo["id"], "post_id": post["id"]}


def add_post(world: World, call: Call, holder: Holder, page: Thing) -> Thing:
    _as_the_page(page, holder, "The permission(s) publish_actions are not available. It has been deprecated.")
    message = call.params.get("message", "")
    photo_ids = _attached(call)
    _check_post(world, page, message, photo_ids, call)
    post = _publish(world, call, page, message, photo_ids, link=call.params.get("link"))
    fields = parse_fields(call.params.get("fields", ""))
    return dict(pick(post_view(world, post), fields)) if fields else {"id": post["id"]}


def _attached(call: Call) -> list[str]:
    """`attached_media` as one JSON array, or as `attached_media[0]`, `[1]`, ... with an object each."""
    texts = [call.params[name] for name in sorted(call.params) if re.fullmatch(r"attached_media\[\d+\]", name)]
    try:
        entries: list[Any] = [json.loads(text) for text in texts]
        if "attached_media" in call.params:
            entries = json.loads(call.params["attached_media"])
        return [str(entry["media_fbid"]) for entry in entries]
    except (ValueError, KeyError, TypeError) as bad:
        raise GraphError(100, "(#100) param attached_media must be an array.") from bad


def _check_post(world: World, page: Thing, message: str, photo_ids: list[str], call: Call) -> None:
    if not message and not photo_ids and not call.params.get("link"):
        raise GraphError(197, "The post is empty. Please enter a message to share.")
    if len(message) > _MESSAGE_MAX:
        raise GraphError(100, "(#100) The status you are trying to publish is too long.")
    for photo_id in photo_ids:
        photo = world.table("photos").get(photo_id)
        if photo is None or photo["_page_id"] != page["id"]:
            raise nothing_there(photo_id, "post")
        if photo["_used"] or photo["published"]:
            raise GraphError(100, "These photos were already posted.", subcode=1366051, title="Already posted")
    before = [post for post in world.table("posts").values() if post["_page_id"] == page["id"]]
    if before and not photo_ids and message == before[-1]["message"] and not before[-1]["attached_media"]:
        raise GraphError(506, "(#506) Duplicate status message")


def _publish(
    world: World, call: Call, page: Thing, message: str, photo_ids: list[str], link: str | None = None
) -> Thing:
    number = world.new_id("122")
    post: Thing = {
        "id": f"{page['id']}_{number}",
        "message": message,
        "created_time": graph_time(world.now()),
        "is_published": True,
        "permalink_url": f"{world.public_url}/{page['_permalink_id']}/posts/{number}",
        "attached_media": photo_ids,
        "link": link,
        "_page_id": page["id"],
        "_created": world.now(),
    }
    for photo_id in photo_ids:
        world.table("photos")[photo_id]["_used"] = True
        world.table("photos")[photo_id]["page_story_id"] = post["id"]
    world.table("posts")[post["id"]] = post
    call.made.append(post["id"])
    return post


def published_posts(world: World, call: Call, holder: Holder, page: Thing, url: str) -> Thing:
    if holder.type != "PAGE":
        require_scopes(holder, "pages_read_engagement")
    since = float(call.params.get("since") or 0)
    until = float(call.params.get("until") or "inf")
    posts = [
        post
        for post in reversed(world.table("posts").values())
        if post["_page_id"] == page["id"] and post["is_published"] and since <= post["_created"] <= until
    ]
    cut, paging = page_of(posts, call.params, url)
    fields = parse_fields(call.params.get("fields", ""))
    data = [pick(post_view(world, post), fields, ("id", "message", "created_time")) for post in cut]
    return {"data": data, **paging}


def post_view(world: World, post: Thing) -> Thing:
    shown = [_attachment(world, photo_id) for photo_id in post["attached_media"]]
    view = {name: value for name, value in post.items() if not name.startswith("_") and name != "attached_media"}
    if not view["message"]:
        view["message"] = None
    if len(shown) > 1:
        album = {"media_type": "album", "target": {"id": post["id"].split("_")[1]}, "subattachments": {"data": shown}}
        return {**view, "attachments": {"data": [album]}}
    return {**view, "attachments": {"data": shown} if shown else None}


def _attachment(world: World, photo_id: str) -> Thing:
    photo = world.table("photos")[photo_id]
    source = world.picture_url(photo["_picture"])
    media = {"image": {"height": photo["height"], "width": photo["width"], "src": source}}
    return {"media_type": "photo", "type": "photo", "media": media, "target": {"id": photo_id, "url": source}}


def photo_view(world: World, photo: Thing) -> Thing:
    view = {name: value for name, value in photo.items() if not name.startswith("_")}
    source = world.picture_url(photo["_picture"])
    return {**view, "images": [{"width": photo["width"], "height": photo["height"], "source": source}]}


def delete_post(world: World, holder: Holder, post: Thing) -> Thing:
    _as_the_page({"id": post["_page_id"]}, holder, "Page token is required to delete posts on page")
    del world.table("posts")[post["id"]]
    return {"success": True}

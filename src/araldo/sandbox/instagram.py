"""What an Instagram account does: containers, and publishing them; their errors as in graph-api.md 3."""

from __future__ import annotations

import asyncio
import re
import secrets
from typing import Any

from araldo.sandbox import instagram_nodes as nodes
from araldo.sandbox import media_comments, pictures, tokens
from araldo.sandbox.asks import Ask, Made, Ref
from araldo.sandbox.download import TooLarge, TooSlow, Unreachable, fetch
from araldo.sandbox.not_emulated import refusal
from araldo.sandbox.records import Container, Instagram, Media
from araldo.sandbox.replies import GraphError, bad_parameter
from araldo.sandbox.state import fresh_id

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_VIDEO = frozenset({"VIDEO", "REELS"})


async def create(ask: Ask, account: Instagram) -> Made:
    """`POST /{ig}/media`: a container for one image, a story, or a carousel of earlier ones."""
    _may_publish(ask, account)
    state = ask.state
    kind = _kind(ask)
    caption = _caption(ask, story=kind == "STORIES")
    _check_tags(ask, kind)
    children = _children(ask, account) if kind == "CAROUSEL" else []
    name = fresh_id("17", 17)
    error = None
    _check_number(ask, account)
    if kind != "CAROUSEL":
        error = await _keep_picture(ask, name, story=kind == "STORIES")
        # Others may have been made while the picture was on its way.
        _check_number(ask, account)
    now = state.now()
    container = Container(
        name,
        account.id,
        ask.token.app,
        now,
        now + state.switches.container_delay_s,
        kind,
        caption,
        ask.call.text("alt_text"),
        ask.call.flag("is_carousel_item", default=False),
        children,
        error,
        state.switches.not_ready_after_finished,
    )
    state.containers.save(container)
    ask.note("container", name)
    return Made(Ref(nodes.CONTAINER, container), {"id": name})


def _check_number(ask: Ask, account: Instagram) -> None:
    since = ask.state.now() - nodes.DAY_S
    recent = sum(one.instagram == account.id and one.created > since for one in ask.state.containers)
    if recent >= ask.state.switches.container_limit:
        raise GraphError(9, 2207042)


def _may_publish(ask: Ask, account: Instagram) -> None:
    tokens.need_scopes(ask.token, *nodes.TO_PUBLISH)
    if not tokens.may_publish(ask.state.pages[account.page]):
        raise GraphError(10)


def _kind(ask: Ask) -> str:
    asked = ask.call.text("media_type").upper()
    if asked in _VIDEO or ask.call.text("video_url") or ask.call.text("upload_type"):
        raise refusal(ask.call, "video and resumable upload")
    if asked in {"", "IMAGE"}:
        return "IMAGE"
    if asked not in {"STORIES", "CAROUSEL"}:
        raise GraphError(100, 2207023, about=asked)
    return asked


def _caption(ask: Ask, *, story: bool) -> str:
    text = ask.call.text("caption")
    if story and text and ask.state.switches.story_caption == "reject":
        raise bad_parameter("param caption is not allowed for stories")
    if story or ask.call.flag("is_carousel_item", default=False):
        return ""
    if len(text) > 2200:
        raise GraphError(36004, 2207010, about=len(text))
    if len(re.findall(r"(?<!\w)@\w", text)) > 20:
        raise GraphError(100, 2207040, about=20)
    if len(re.findall(r"(?<!\w)#\w", text)) > 30:
        raise GraphError(100, 2207040, about=30)
    return text


def _check_tags(ask: Ask, kind: str) -> None:
    call = ask.call
    if len(call.text("alt_text")) > 1000:
        raise bad_parameter("Param alt_text must be at most 1000 characters long")
    child = call.flag("is_carousel_item", default=False)
    collaborators = call.listed("collaborators")
    if collaborators and (kind == "STORIES" or child):
        raise bad_parameter("param collaborators is not allowed")
    location = call.text("location_id")
    if location and (child or not location.isdecimal()):
        raise bad_parameter("INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID")
    if len(call.listed("product_tags")) > 5:
        raise GraphError(100, 2207037, about=5)
    if len(collaborators) > 3:
        raise bad_parameter("Param collaborators must have at most 3 items")
    for tag in call.listed("user_tags"):
        _check_user_tag(tag, needs_place=kind == "IMAGE")


def _check_user_tag(tag: Any, *, needs_place: bool) -> None:
    if not isinstance(tag, dict) or not tag.get("username"):
        raise bad_parameter("Param user_tags must be an array of objects with username")
    for axis in ("x", "y"):
        if axis not in tag and not needs_place:
            continue
        if not isinstance(tag.get(axis), int | float) or not 0 <= tag[axis] <= 1:
            raise bad_parameter(f"Param user_tags: {axis} must be between 0.0 and 1.0")


def _children(ask: Ask, account: Instagram) -> list[str]:
    names = [str(name) for name in ask.call.listed("children")]
    if not 2 <= len(names) <= 10:
        raise GraphError(100, 2207028)
    for name in names:
        child = ask.state.containers.get(name)
        if child is None or child.instagram != account.id:
            raise GraphError(24, 2207008, about=name)
        if not child.carousel_item:
            raise bad_parameter(f"Media {name} was not created with is_carousel_item")
    return names


async def _keep_picture(ask: Ask, name: str, *, story: bool) -> int | None:
    """Keeps it under the container's name; what is wrong with it is raised, or returned as an error subcode."""
    url = ask.call.needed("image_url")
    try:
        picture = await _picture(ask, url, story=story)
    except GraphError as error:
        if ask.state.switches.image_errors == "create":
            raise
        return error.subcode
    ask.state.disk.put_picture(name, picture.jpeg)
    return None


async def _picture(ask: Ask, url: str, *, story: bool) -> pictures.Picture:
    switches = ask.state.switches
    try:
        fetched = await fetch(url, limit=pictures.INSTAGRAM_LARGEST, timeout_s=switches.fetch_timeout_s)
    except TooSlow:
        raise GraphError(-2, 2207003) from None
    except TooLarge:
        raise GraphError(36000, 2207004) from None
    except Unreachable:
        raise GraphError(9004, 2207052, about=url) from None
    if not fetched.content_type.startswith("image/"):
        raise GraphError(9004, 2207052, about=url)
    picture = await asyncio.to_thread(pictures.read, fetched.data)
    return pictures.check_for_instagram(picture, switches, story=story)


async def publish(ask: Ask, account: Instagram) -> Made:
    """`POST /{ig}/media_publish creation_id=`: the one visible write. One container never makes two media."""
    _may_publish(ask, account)
    name = ask.call.needed("creation_id")
    container = ask.state.containers.get(name)
    if container is None or container.instagram != account.id:
        raise GraphError(24, 2207008, about=name)
    if container.media is not None:
        return _again(ask, container)
    _check_ready(ask, container)
    if nodes.published_since(ask, account, ask.state.now() - nodes.DAY_S) >= ask.state.switches.quota_total:
        raise GraphError(9, 2207042)
    media = _make(ask, container, None)
    ask.note("media", media.id, visible=True)
    return Made(Ref(nodes.MEDIA, media), {"id": media.id})


def _again(ask: Ask, container: Container) -> Made:
    """Meta documents nothing for this (graph-api.md 3.5): the switch `republish` says which belief holds."""
    belief = ask.state.switches.republish
    media = ask.state.media.get(container.media)
    if belief == "return_same_id" and media is not None:
        return Made(Ref(nodes.MEDIA, media), {"id": media.id})
    raise GraphError(9007, 2207027) if belief == "not_ready" else GraphError(9004, 2207008)


def _check_ready(ask: Ask, container: Container) -> None:
    if container.carousel_item:
        raise bad_parameter("A carousel item cannot be published by itself")
    status = nodes.status_code(ask, container)
    if status in {"EXPIRED", "ERROR"}:
        raise GraphError(24, 2207008, about=container.id)
    children = [ask.state.containers[name] for name in container.children]
    if any(nodes.status_code(ask, child) != "FINISHED" for child in children) or status != "FINISHED":
        raise GraphError(9007, 2207027)
    if container.refusals_left > 0:
        container.refusals_left -= 1
        ask.state.containers.save(container)
        raise GraphError(9007, 2207027)


def _make(ask: Ask, container: Container, parent: str | None) -> Media:
    state = ask.state
    now = state.now()
    name = fresh_id("18", 17)
    names = container.children
    if names and state.switches.drop_carousel_child:
        names = names[:-1]
    children = [_make(ask, state.containers[child], name).id for child in names]
    media = Media(
        name,
        container.instagram,
        container.id,
        now,
        "D" + "".join(secrets.choice(_LETTERS) for _ in range(10)),
        "CAROUSEL_ALBUM" if children else "IMAGE",
        "STORY" if container.kind == "STORIES" else "FEED",
        container.caption,
        container.alt_text,
        None if children else container.id,
        children,
        parent,
    )
    container.media, container.published_at = media.id, now
    state.containers.save(container)
    return state.media.save(media)


async def delete(ask: Ask, media: Media) -> dict[str, Any]:
    """With its children and its comments. The container stays PUBLISHED."""
    _may_publish(ask, ask.state.instagram[media.instagram])
    media_comments.remove_from(ask.state, media)
    for name in [*media.children, media.id]:
        ask.state.media.remove(name)
    return {"success": True}

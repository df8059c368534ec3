"""Writes to an Instagram account: create, publish and delete; errors as in graph-api.md 3."""

from __future__ import annotations

import asyncio
import re
import secrets
from typing import Any

from araldo.sandbox.common import pictures
from araldo.sandbox.common.download import PictureTooLarge, PictureTooSlow, PictureUnreachable, fetch_picture
from araldo.sandbox.common.pictures import DecodedPicture
from araldo.sandbox.meta import instagram_nodes as nodes
from araldo.sandbox.meta import media_comments, picture_rules, tokens
from araldo.sandbox.meta.call_context import CallContext, NodeRef, WriteResult
from araldo.sandbox.meta.not_emulated import refusal
from araldo.sandbox.meta.records import Container, Instagram, Media
from araldo.sandbox.meta.replies import GraphError, bad_parameter
from araldo.sandbox.meta.state import new_id

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_VIDEO = frozenset({"VIDEO", "REELS"})


async def create_container(context: CallContext, account: Instagram) -> WriteResult:
    """`POST /{ig}/media`: create a container for one image, a story, or a carousel of existing containers."""
    _require_publish_rights(context, account)
    state = context.state
    kind = _container_kind(context)
    caption = _caption(context, story=kind == "STORIES")
    _check_tags(context, kind)
    children = _carousel_children(context, account) if kind == "CAROUSEL" else []
    name = new_id("17", 17)
    error = None
    _check_container_limit(context, account)
    if kind != "CAROUSEL":
        error = await _store_picture(context, name, story=kind == "STORIES")
        # Other containers may have been created during the download.
        _check_container_limit(context, account)
    now = state.now()
    container = Container(
        name,
        account.id,
        context.token.app,
        now,
        now + state.switches.container_delay_s,
        kind,
        caption,
        context.call.text("alt_text"),
        context.call.flag("is_carousel_item", default=False),
        children,
        error,
        state.switches.not_ready_after_finished,
    )
    state.containers.save(container)
    context.record_created("container", name)
    return WriteResult(NodeRef(nodes.CONTAINER, container), {"id": name})


def _check_container_limit(context: CallContext, account: Instagram) -> None:
    since = context.state.now() - nodes.DAY_S
    recent = sum(
        container.instagram == account.id and container.created > since for container in context.state.containers
    )
    if recent >= context.state.switches.container_limit:
        raise GraphError(9, 2207042)


def _require_publish_rights(context: CallContext, account: Instagram) -> None:
    tokens.require_scopes(context.token, *nodes.TO_PUBLISH)
    if not tokens.may_publish(context.state.pages[account.page]):
        raise GraphError(10)


def _container_kind(context: CallContext) -> str:
    asked = context.call.text("media_type").upper()
    if asked in _VIDEO or context.call.text("video_url") or context.call.text("upload_type"):
        raise refusal(context.call, "video and resumable upload")
    if asked in {"", "IMAGE"}:
        return "IMAGE"
    if asked not in {"STORIES", "CAROUSEL"}:
        raise GraphError(100, 2207023, about=asked)
    return asked


def _caption(context: CallContext, *, story: bool) -> str:
    text = context.call.text("caption")
    if story and text and context.state.switches.story_caption == "reject":
        raise bad_parameter("param caption is not allowed for stories")
    if story or context.call.flag("is_carousel_item", default=False):
        return ""
    if len(text) > 2200:
        raise GraphError(36004, 2207010, about=len(text))
    if len(re.findall(r"(?<!\w)@\w", text)) > 20:
        raise GraphError(100, 2207040, about=20)
    if len(re.findall(r"(?<!\w)#\w", text)) > 30:
        raise GraphError(100, 2207040, about=30)
    return text


def _check_tags(context: CallContext, kind: str) -> None:
    call = context.call
    if len(call.text("alt_text")) > 1000:
        raise bad_parameter("Param alt_text must be at most 1000 characters long")
    child = call.flag("is_carousel_item", default=False)
    collaborators = call.list_param("collaborators")
    if collaborators and (kind == "STORIES" or child):
        raise bad_parameter("param collaborators is not allowed")
    location = call.text("location_id")
    if location and (child or not location.isdecimal()):
        raise bad_parameter("INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID")
    if len(call.list_param("product_tags")) > 5:
        raise GraphError(100, 2207037, about=5)
    if len(collaborators) > 3:
        raise bad_parameter("Param collaborators must have at most 3 items")
    for tag in call.list_param("user_tags"):
        _check_user_tag(tag, needs_place=kind == "IMAGE")


def _check_user_tag(tag: Any, *, needs_place: bool) -> None:
    if not isinstance(tag, dict) or not tag.get("username"):
        raise bad_parameter("Param user_tags must be an array of objects with username")
    for axis in ("x", "y"):
        if axis not in tag and not needs_place:
            continue
        if not isinstance(tag.get(axis), int | float) or not 0 <= tag[axis] <= 1:
            raise bad_parameter(f"Param user_tags: {axis} must be between 0.0 and 1.0")


def _carousel_children(context: CallContext, account: Instagram) -> list[str]:
    names = [str(name) for name in context.call.list_param("children")]
    if not 2 <= len(names) <= 10:
        raise GraphError(100, 2207028)
    for name in names:
        child = context.state.containers.get(name)
        if child is None or child.instagram != account.id:
            raise GraphError(24, 2207008, about=name)
        if not child.carousel_item:
            raise bad_parameter(f"Media {name} was not created with is_carousel_item")
    return names


async def _store_picture(context: CallContext, name: str, *, story: bool) -> int | None:
    """Store the picture under the container's id; raise its error, or return the subcode for the container's status."""
    url = context.call.required("image_url")
    try:
        picture = await _fetch_picture(context, url, story=story)
    except GraphError as error:
        if context.state.switches.image_errors == "create":
            raise
        return error.subcode
    context.state.disk.put_picture(name, picture.jpeg)
    return None


async def _fetch_picture(context: CallContext, url: str, *, story: bool) -> DecodedPicture:
    timeout_s = context.state.store.settings.fetch_timeout_s
    try:
        fetched = await fetch_picture(
            url, limit=picture_rules.INSTAGRAM_LARGEST, timeout_s=timeout_s, agent=picture_rules.CRAWLER, robots=True
        )
    except PictureTooSlow:
        raise GraphError(-2, 2207003) from None
    except PictureTooLarge:
        raise GraphError(36000, 2207004) from None
    except PictureUnreachable:
        raise GraphError(9004, 2207052, about=url) from None
    if not fetched.content_type.startswith("image/"):
        raise GraphError(9004, 2207052, about=url)
    picture = await asyncio.to_thread(pictures.read, fetched.data)
    return picture_rules.check_for_instagram(picture, context.state.switches, story=story)


async def publish(context: CallContext, account: Instagram) -> WriteResult:
    """`POST /{ig}/media_publish creation_id=`: publish a container, which never creates two media."""
    _require_publish_rights(context, account)
    name = context.call.required("creation_id")
    container = context.state.containers.get(name)
    if container is None or container.instagram != account.id:
        raise GraphError(24, 2207008, about=name)
    if container.media is not None:
        return _republish(context, container)
    _check_ready(context, container)
    if nodes.published_since(context, account, context.state.now() - nodes.DAY_S) >= context.state.switches.quota_total:
        raise GraphError(9, 2207042)
    media = _create_media(context, container, None)
    context.record_created("media", media.id, visible=True)
    return WriteResult(NodeRef(nodes.MEDIA, media), {"id": media.id})


def _republish(context: CallContext, container: Container) -> WriteResult:
    """Answer a second publish as the switch `republish` says: Meta documents nothing for it (graph-api.md 3.5)."""
    belief = context.state.switches.republish
    media = context.state.media.get(container.media)
    if belief == "return_same_id" and media is not None:
        return WriteResult(NodeRef(nodes.MEDIA, media), {"id": media.id})
    raise GraphError(9007, 2207027) if belief == "not_ready" else GraphError(9004, 2207008)


def _check_ready(context: CallContext, container: Container) -> None:
    if container.carousel_item:
        raise bad_parameter("A carousel item cannot be published by itself")
    status = nodes.status_code(context, container)
    if status in {"EXPIRED", "ERROR"}:
        raise GraphError(24, 2207008, about=container.id)
    children = [context.state.containers[name] for name in container.children]
    if any(nodes.status_code(context, child) != "FINISHED" for child in children) or status != "FINISHED":
        raise GraphError(9007, 2207027)
    if container.refusals_left > 0:
        container.refusals_left -= 1
        context.state.containers.save(container)
        raise GraphError(9007, 2207027)


def _create_media(context: CallContext, container: Container, parent: str | None) -> Media:
    state = context.state
    now = state.now()
    name = new_id("18", 17)
    names = container.children
    if names and state.switches.drop_carousel_child:
        names = names[:-1]
    children = [_create_media(context, state.containers[child], name).id for child in names]
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


async def delete_media(context: CallContext, media: Media) -> dict[str, Any]:
    """Delete media with their children and comments. The container stays PUBLISHED."""
    _require_publish_rights(context, context.state.instagram[media.instagram])
    media_comments.remove_from(context.state, media)
    for name in [*media.children, media.id]:
        context.state.media.remove(name)
    return {"success": True}

"""Facebook Pages: unpublished photos first, up to ten, then the post that shows them in their order.

Facts: Pages API "Posts" and the references of /{page}/photos, /{page}/feed and /{page}/published_posts. That photo ids
are single-use (1366051) is field-reported and not promised by Meta, so a look comes before every repeat.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from araldo.errors import OutsideError
from araldo.images.spec import ImageSpec
from araldo.messages import Message
from araldo.platforms.base import (
    Declaration,
    Destination,
    Finding,
    Limits,
    PlatformContext,
    Publication,
    Published,
    Ready,
    Ticket,
    Unknown,
)
from araldo.platforms.meta.graph import SERVICE, Graph, as_json_field
from araldo.platforms.meta.lists import CHECK_REQUESTS_MAX, read_list, whole
from araldo.platforms.meta.photos import Photos
from araldo.platforms.meta.rights import Rights, naming_missing_right
from araldo.platforms.meta.times import since_field, was_created_after

_SHOWN_FIELDS = "attachments{target,subattachments{target}}"
_POST_FIELDS = f"id,message,created_time,permalink_url,is_published,{_SHOWN_FIELDS}"


class FacebookPage:
    declaration = Declaration(
        name="facebook",
        label="Facebook",
        service=SERVICE,
        account_kind="facebook_page",
        limits=Limits(text_max=63_206),
        image=ImageSpec(1200, 675, max_bytes=4_000_000),
        prompt_suffix="professional, landscape",
        preview="feed_card",
        shows_text=True,
        links_clickable=True,
        needs_picture=False,
        needs_public_url=False,
        # Ours, and no limit of Meta's: as many as its other places take, so that one post goes everywhere.
        pictures_max=10,
        scopes=("pages_show_list", "pages_read_engagement", "pages_manage_posts"),
    )

    def __init__(self, context: PlatformContext) -> None:
        self.rights = Rights(context)
        self._graph = Graph(context)
        self._photos = Photos(context)

    @naming_missing_right
    async def prepare(self, to: Destination, publication: Publication) -> Ticket:
        photo_ids = await self._photos.upload_all(to, publication.pictures)
        return Ticket(text=publication.text, handles=photo_ids)

    @naming_missing_right
    async def check(self, to: Destination, ticket: Ticket) -> Finding:
        if ticket.sends == 0 or ticket.sent_since is None:
            return Ready()
        listing = await read_list(
            self._graph,
            f"{to.remote_id}/published_posts",
            to.token,
            requests_max=CHECK_REQUESTS_MAX,
            fields=_POST_FIELDS,
            since=since_field(ticket.sent_since),
        )
        posts = [post for post in listing.items if _could_be(post, ticket) and post.get("id") not in to.taken]
        by_photo = [post for post in posts if set(ticket.handles) & set(_photo_ids(post))]
        if len(by_photo) == 1:
            # A photo of ours proves it, whatever the unread rest of the list holds.
            return _published(by_photo[0], by_text=False)
        if listing.broken is not None:
            listing.raise_if_passing()
            return Unknown(Message("meta.facebook_page.unseen"))
        matches = by_photo or [post for post in posts if _says_the_same(post, ticket)]
        if len(matches) == 1:
            return _published(matches[0], by_text=True)
        if matches:
            return Unknown(Message("meta.facebook_page.several"))
        finding = self._photos.nothing_found(ticket)
        # Words alone have no single-use id: what is not found may still be out, and is never sent twice.
        return (
            Unknown(Message("meta.facebook_page.text_not_found"))
            if isinstance(finding, Ready) and not ticket.handles
            else finding
        )

    @naming_missing_right
    async def publish(self, to: Destination, ticket: Ticket) -> Published:
        # Read after write in one call: the link without a second request.
        form = {"fields": "id,permalink_url"}
        if ticket.text:
            form["message"] = ticket.text
        if ticket.handles:
            form["attached_media"] = as_json_field([{"media_fbid": photo_id} for photo_id in ticket.handles])
        post = await self._graph.send_visible_write(f"{to.remote_id}/feed", to.token, form, ticket.send_before)
        remote_id = post.get("id")
        return Published(None if remote_id is None else str(remote_id), post.get("permalink_url"))

    async def link(self, to: Destination, remote_id: str) -> str | None:
        try:
            post = await self._graph.read(remote_id, to.token, fields="permalink_url")
        except OutsideError:
            return None
        link = post.get("permalink_url")
        return None if link is None else str(link)

    async def pictures_shown(self, to: Destination, remote_id: str) -> int | None:
        try:
            post = await self._graph.read(remote_id, to.token, fields=_SHOWN_FIELDS)
            # No attachments: a text alone.
            return len(list(_pictures_of(post))) if "attachments" in post else 0
        except OutsideError:
            return None


def _published(post: Mapping[str, Any], *, by_text: bool) -> Published:
    return Published(str(post["id"]), post.get("permalink_url"), by_text=by_text, sure=not by_text)


def _could_be(post: Mapping[str, Any], ticket: Ticket) -> bool:
    return (
        "id" in post
        and post.get("is_published", True)
        and was_created_after(post.get("created_time"), ticket.sent_since)
    )


def _says_the_same(post: Mapping[str, Any], ticket: Ticket) -> bool:
    """By its words; but what shows photos, and none of ours, is another post that says the same."""
    shows_others = bool(ticket.handles) and any(True for _ in _photo_ids(post))
    return bool(ticket.text) and post.get("message") == ticket.text and not shows_others


def _pictures_of(post: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What people see: the attachment of one photo; of an album, which is an attachment too, the photos in it."""
    for attachment in whole(post["attachments"]):
        several = attachment.get("subattachments")
        yield from [attachment] if several is None else whole(several)


def _photo_ids(post: Mapping[str, Any]) -> Iterator[str]:
    """Ids of all photos that a post shows: one hangs on the attachment itself, several on its subattachments."""
    for attachment in _inside(post, "attachments"):
        for shown in (attachment, *_inside(attachment, "subattachments")):
            target = shown.get("target")
            if isinstance(target, Mapping) and target.get("id") is not None:
                yield str(target["id"])


def _inside(node: Mapping[str, Any], edge: str) -> list[Mapping[str, Any]]:
    """What an edge inside a node lists; nothing where it was left out or is null."""
    data = (node.get(edge) or {}).get("data") or []
    return [item for item in data if isinstance(item, Mapping)]

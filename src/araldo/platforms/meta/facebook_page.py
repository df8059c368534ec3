"""Facebook Page posts: upload up to ten unpublished photos, then publish the post that shows them in order.

Facts: Pages API "Posts" and the references of /{page}/photos, /{page}/feed and /{page}/published_posts. That photo ids
are single-use (1366051) is field-reported and not promised by Meta, so a check comes before every repeat.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from araldo.errors import OutsideError
from araldo.images.spec import ImageSpec
from araldo.messages import Message
from araldo.platforms.base import (
    CheckResult,
    Declaration,
    Destination,
    Fold,
    PlatformContext,
    Publication,
    Published,
    Ready,
    Ticket,
    UnknownStatus,
)
from araldo.platforms.counting import TextLimits
from araldo.platforms.empty_checks import confirm_absence
from araldo.platforms.meta.app import SERVICE
from araldo.platforms.meta.graph import GraphClient, encode_json_field
from araldo.platforms.meta.lists import CHECK_REQUESTS_MAX, complete_items, read_list
from araldo.platforms.meta.photos import PhotoUploader
from araldo.platforms.meta.rights import RightsInspector, names_missing_right
from araldo.platforms.meta.times import since_field, was_created_after
from araldo.platforms.meta.tokens import page_token

_SHOWN_FIELDS = "attachments{target,subattachments{target}}"
_POST_FIELDS = f"id,message,created_time,permalink_url,is_published,{_SHOWN_FIELDS}"


class FacebookPage:
    declaration = Declaration(
        name="facebook",
        label="Facebook",
        service=SERVICE,
        account_kind="facebook_page",
        limits=TextLimits(text_max=63_206),
        image=ImageSpec(1200, 675, max_bytes=4_000_000),
        prompt_suffix="professional, landscape",
        preview="feed_card",
        # Not documented, and different from screen to screen.
        fold=Fold(characters=480, lines=5),
        shows_text=True,
        links_clickable=True,
        needs_picture=False,
        needs_public_url=False,
        # Our limit, not Meta's: as many as Instagram takes, so that one post fits both.
        pictures_max=10,
        scopes=("pages_show_list", "pages_read_engagement", "pages_manage_posts"),
    )

    def __init__(self, context: PlatformContext) -> None:
        self.rights = RightsInspector(context)
        self._clock = context.clock
        self._check_gap_s = context.check_gap_s
        self._graph = GraphClient(context)
        self._photos = PhotoUploader(context)

    @names_missing_right
    async def prepare(self, destination: Destination, publication: Publication, key: str) -> Ticket:
        photo_ids = await self._photos.upload_all(destination, publication.pictures)
        return Ticket.of(publication, ids=photo_ids)

    @names_missing_right
    async def check(self, destination: Destination, ticket: Ticket) -> CheckResult:
        if ticket.sends == 0 or ticket.sent_since is None:
            return Ready()
        listing = await read_list(
            self._graph,
            f"{destination.remote_id}/published_posts",
            page_token(destination),
            requests_max=CHECK_REQUESTS_MAX,
            fields=_POST_FIELDS,
            since=since_field(ticket.sent_since),
        )
        posts = [
            post
            for post in listing.items
            if _is_candidate(post, ticket) and post.get("id") not in destination.excluded_ids
        ]
        by_photo = [post for post in posts if set(ticket.ids) & set(_photo_ids(post))]
        if len(by_photo) == 1:
            # A photo that we uploaded is proof, whatever the unread rest of the list holds.
            return _published(by_photo[0], matched_by_text=False)
        if listing.error is not None:
            listing.raise_if_transient()
            return UnknownStatus(Message("meta.facebook_page.list_incomplete"))
        matches = by_photo or [post for post in posts if _has_same_text(post, ticket)]
        if len(matches) == 1:
            return _published(matches[0], matched_by_text=True)
        if matches:
            return UnknownStatus(Message("meta.facebook_page.ambiguous"))
        finding = confirm_absence(ticket, now=self._clock.now(), gap_s=self._check_gap_s)
        # A post of text alone has no single-use id: it may be published although it is not found, so never repeat it.
        return (
            UnknownStatus(Message("meta.facebook_page.text_not_found"))
            if isinstance(finding, Ready) and not ticket.ids
            else finding
        )

    @names_missing_right
    async def publish(self, destination: Destination, ticket: Ticket, publication: Publication) -> Published:
        # `fields` makes the answer include the permalink, which saves a second request.
        form = {"fields": "id,permalink_url"}
        if ticket.text:
            form["message"] = ticket.text
        if ticket.ids:
            form["attached_media"] = encode_json_field([{"media_fbid": photo_id} for photo_id in ticket.ids])
        post = await self._graph.send_visible_write(
            f"{destination.remote_id}/feed", page_token(destination), form, ticket.send_before
        )
        remote_id = post.get("id")
        return Published(None if remote_id is None else str(remote_id), post.get("permalink_url"))

    async def read_permalink(self, destination: Destination, remote_id: str) -> str | None:
        try:
            post = await self._graph.read(remote_id, page_token(destination), fields="permalink_url")
        except OutsideError:
            return None
        link = post.get("permalink_url")
        return None if link is None else str(link)

    async def count_visible_pictures(self, destination: Destination, remote_id: str) -> int | None:
        try:
            post = await self._graph.read(remote_id, page_token(destination), fields=_SHOWN_FIELDS)
            # A post of text alone has no attachments.
            return len(list(_visible_pictures(post))) if "attachments" in post else 0
        except OutsideError:
            return None


def _published(post: Mapping[str, Any], *, matched_by_text: bool) -> Published:
    return Published(
        str(post["id"]), post.get("permalink_url"), matched_by_text=matched_by_text, certain=not matched_by_text
    )


def _is_candidate(post: Mapping[str, Any], ticket: Ticket) -> bool:
    return (
        "id" in post
        and post.get("is_published", True)
        and was_created_after(post.get("created_time"), ticket.sent_since)
    )


def _has_same_text(post: Mapping[str, Any], ticket: Ticket) -> bool:
    """Whether the texts are equal and the post does not show other photos than ours."""
    shows_others = bool(ticket.ids) and any(True for _ in _photo_ids(post))
    return bool(ticket.text) and post.get("message") == ticket.text and not shows_others


def _visible_pictures(post: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the pictures that readers see: an attachment that is one photo, or the photos of one that is an album."""
    for attachment in complete_items(post["attachments"]):
        several = attachment.get("subattachments")
        yield from [attachment] if several is None else complete_items(several)


def _photo_ids(post: Mapping[str, Any]) -> Iterator[str]:
    """Yield the ids of all photos of a post: a single one is in the attachment, several in its subattachments."""
    for attachment in _items_inside(post, "attachments"):
        for shown in (attachment, *_items_inside(attachment, "subattachments")):
            target = shown.get("target")
            if isinstance(target, Mapping) and target.get("id") is not None:
                yield str(target["id"])


def _items_inside(node: Mapping[str, Any], edge: str) -> list[Mapping[str, Any]]:
    """Return the items of an edge inside a node; empty when the edge is missing or null."""
    data = (node.get(edge) or {}).get("data") or []
    return [item for item in data if isinstance(item, Mapping)]

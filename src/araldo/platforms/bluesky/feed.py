"""Bluesky posts: upload up to four pictures, then put the record that shows them, under a key that is ours.

Facts: the lexicons app.bsky.feed.post (300 graphemes, 3,000 bytes), app.bsky.embed.images (4 pictures of at most
2,000,000 bytes), com.atproto.repo.uploadBlob and com.atproto.repo.putRecord. The record's key and its `createdAt` are
those of the first intent to send it, so every repeat puts the same record: a second post cannot come of it. The server
writes to one account's repository one request after another, so this also holds while the request before is processed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from araldo.errors import OutsideError, Rejected
from araldo.images.spec import ImageSpec
from araldo.messages import Message
from araldo.platforms.base import (
    CheckResult,
    Declaration,
    Destination,
    PlatformContext,
    Publication,
    Published,
    Ready,
    Repeatable,
    Shape,
    Ticket,
    UnknownStatus,
)
from araldo.platforms.bluesky.languages import parse_languages
from araldo.platforms.bluesky.record import RecordBuilder
from araldo.platforms.bluesky.settings import SERVICE, settings_of
from araldo.platforms.bluesky.tid import make_tid
from araldo.platforms.bluesky.xrpc import XrpcClient
from araldo.platforms.counting import TextLimits
from araldo.platforms.options import Option

KIND = "bluesky_account"
_POST = "app.bsky.feed.post"
_PICTURE_BYTES_MAX = 2_000_000
# A repeat is safe for ever, but a post that appears days late among others is none that a person expects.
_REPEATABLE = timedelta(days=1)


class BlueskyFeed:
    declaration = Declaration(
        name="bluesky",
        label="Bluesky",
        service=SERVICE,
        account_kind=KIND,
        limits=TextLimits(300, unit="graphemes", bytes_max=3_000),
        image=ImageSpec(1200, 675, max_bytes=_PICTURE_BYTES_MAX),
        prompt_suffix="clean, landscape, readable on a phone",
        preview="feed_card",
        shows_text=True,
        links_clickable=True,
        needs_picture=False,
        needs_public_url=False,
        other_shapes=(
            Shape(ImageSpec(1080, 1080, max_bytes=_PICTURE_BYTES_MAX), "clean, square, readable on a phone"),
            Shape(ImageSpec(1080, 1350, max_bytes=_PICTURE_BYTES_MAX), "clean, portrait 4:5, readable on a phone"),
        ),
        pictures_max=4,
        options=(
            Option(
                "languages",
                "text",
                Message("bluesky.options.languages"),
                Message("bluesky.options.languages_help"),
                text_max=60,
            ),
        ),
    )

    def __init__(self, context: PlatformContext) -> None:
        self._xrpc = XrpcClient(context)
        self._records = RecordBuilder(context, self._xrpc)
        self._app_url = settings_of(context).app_url.rstrip("/")

    async def prepare(self, destination: Destination, publication: Publication, key: str) -> Ticket:
        languages = parse_languages(str(publication.options.get("languages", "")))
        if languages is None:
            raise Rejected(Message("bluesky.options.languages_invalid"), service=SERVICE, code="languages_invalid")
        record = await self._records.build(destination, publication, languages)
        return Ticket.of(publication, state={"record": record, "key": key})

    async def check(self, destination: Destination, ticket: Ticket) -> CheckResult:
        """Read the record by its key, where it is or is not: a list of posts is never searched."""
        if ticket.sends == 0 or ticket.sent_since is None:
            return Ready()
        uri = _uri_of(destination, ticket, ticket.sent_since)
        try:
            found = await self._read(destination, uri)
        except Rejected as refused:
            return UnknownStatus(refused.message)
        if found is None:
            return Repeatable(ticket.sent_since + _REPEATABLE)
        if uri in destination.excluded_ids or found.get("createdAt") != _created_at(ticket.sent_since):
            return UnknownStatus(Message("bluesky.errors.other_record"))
        return Published(uri, self._permalink(uri))

    async def publish(self, destination: Destination, ticket: Ticket, publication: Publication) -> Published:
        if ticket.sent_since is None:
            raise ValueError("a visible write needs an intent, and so the time of the first one")
        uri = _uri_of(destination, ticket, ticket.sent_since)
        record = {**ticket.state["record"], "createdAt": _created_at(ticket.sent_since)}
        await self._xrpc.put_record(
            str(destination.host), destination.credentials, record, uri=uri, send_before=ticket.send_before
        )
        return Published(uri, self._permalink(uri))

    async def read_permalink(self, destination: Destination, remote_id: str) -> str | None:
        """Return the post's URL in the web app, None when the post cannot be read.

        The protocol gives a post a URI and no URL; each app makes its own. Bluesky's has the account's DID, which stays
        when its handle changes, and the record's key: https://docs.bsky.app/docs/advanced-guides/posts.
        """
        found = await self._read_published(destination, remote_id)
        return None if found is None else self._permalink(remote_id)

    async def count_visible_pictures(self, destination: Destination, remote_id: str) -> int | None:
        found = await self._read_published(destination, remote_id)
        if found is None:
            return None
        embed = found.get("embed")
        pictures = embed.get("images", []) if isinstance(embed, dict) else []
        return len(pictures) if isinstance(pictures, list) else None

    async def _read_published(self, destination: Destination, remote_id: str) -> Mapping[str, Any] | None:
        if not remote_id.startswith(f"at://{destination.remote_id}/{_POST}/"):
            return None
        try:
            return await self._read(destination, remote_id)
        except OutsideError:
            return None

    async def _read(self, destination: Destination, uri: str) -> Mapping[str, Any] | None:
        """Return the content of a post's record, None where there is no such record."""
        key = uri.rpartition("/")[2]
        found = await self._xrpc.find_record(str(destination.host), destination.remote_id, _POST, key)
        return None if found is None else found["value"]

    def _permalink(self, uri: str) -> str:
        did, _, key = uri.removeprefix("at://").split("/")
        return f"{self._app_url}/profile/{did}/post/{key}"


def _uri_of(destination: Destination, ticket: Ticket, first_intent: datetime) -> str:
    return f"at://{destination.remote_id}/{_POST}/{make_tid(first_intent, ticket.state['key'])}"


def _created_at(first_intent: datetime) -> str:
    return first_intent.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

"""Posts on Mastodon: upload up to four pictures with their alt texts, then publish the status that shows them.

Sources: content/en/methods/statuses.md and media.md of Mastodon's documentation. app/services/post_status_service.rb
stores the Idempotency-Key for an hour, after it has created the status, and answers a repeat with the same status;
"Record not found" when that one was deleted meanwhile. A picture belongs to one status at most, so a status that shows
ours is proof. Unattached pictures are deleted after a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from araldo.errors import OutsideError
from araldo.images.spec import ImageSpec
from araldo.messages import Message
from araldo.platforms.base import (
    CheckResult,
    Declaration,
    Destination,
    Picture,
    PlatformContext,
    Publication,
    Published,
    Ready,
    Repeatable,
    Shape,
    Ticket,
    TicketUnusable,
    UnknownStatus,
    Waiting,
)
from araldo.platforms.caller import Answer, is_remote_id
from araldo.platforms.counting import TextLimits
from araldo.platforms.mastodon.api import MastodonClient
from araldo.platforms.mastodon.app import SCOPES, SERVICE
from araldo.platforms.mastodon.facts import DESCRIPTION_MAX
from araldo.platforms.mastodon.options import OPTIONS

_KEY_KEPT = timedelta(hours=1)
# How long after its last moment to leave a request may still be processed, and its key not be stored yet: proxies in
# front of Mastodon give up after 60 s.
_PROCESSED_WITHIN = timedelta(seconds=60)
# While a request may be processed, the list is read this often, in seconds.
_LIST_PAUSE_S = 10.0
_LISTED_MAX = "40"
_DELETED = "Record not found"


class MastodonStatus:
    declaration = Declaration(
        name=SERVICE,
        label="Mastodon",
        service=SERVICE,
        account_kind="mastodon_account",
        # Mastodon's own defaults; what an instance says of itself replaces them.
        limits=TextLimits(500, unit="graphemes", url_length=23, mention_domain_counts=False),
        # Every version takes 8 MB; newer ones take 16 MB.
        image=ImageSpec(1200, 675, max_bytes=8_000_000),
        prompt_suffix="professional, landscape",
        other_shapes=(
            Shape(ImageSpec(1080, 1080), "professional, square"),
            Shape(ImageSpec(1080, 1350), "professional, portrait 4:5"),
        ),
        preview="feed_card",
        shows_text=True,
        links_clickable=True,
        needs_picture=False,
        needs_public_url=False,
        pictures_max=4,
        scopes=SCOPES,
        options=OPTIONS,
    )

    def __init__(self, context: PlatformContext) -> None:
        self._client = MastodonClient(context)
        self._clock = context.clock

    async def prepare(self, destination: Destination, publication: Publication, key: str) -> Ticket:
        # One after the other, so that an instance's few uploads in half an hour are not spent on a post that fails.
        ids = [
            await self._upload(destination, picture, number) for number, picture in enumerate(publication.pictures, 1)
        ]
        return Ticket.of(publication, ids=ids, state={"key": key})

    async def check(self, destination: Destination, ticket: Ticket) -> CheckResult:
        if ticket.sent_since is not None and ticket.ids:
            found = await self._find_by_picture(destination, ticket)
            if found is not None:
                return found
        return self._check_sent(ticket) if ticket.sends else await self._check_pictures(destination, ticket)

    async def publish(self, destination: Destination, ticket: Ticket, publication: Publication) -> Published:
        """Publish the status.

        A status that an earlier send published, and that was deleted since, counts as published, without its id.
        """
        answer = await self._client.publish(
            destination.credentials, _status_of(publication, ticket), str(ticket.state["key"]), ticket
        )
        if ticket.sends > 1 and answer.status == 404 and (answer.fields or {}).get("error") == _DELETED:
            return Published()
        base_url = str(destination.host)
        status = self._client.require_success(answer, base_url, visible=True).fields
        if status is None or not is_remote_id(status.get("id")):
            raise self._client.error_of(answer, base_url, visible=True)
        return Published(str(status["id"]), _link_of(status))

    async def read_permalink(self, destination: Destination, remote_id: str) -> str | None:
        status = await self._read_status(destination, remote_id)
        return None if status is None else _link_of(status)

    async def count_visible_pictures(self, destination: Destination, remote_id: str) -> int | None:
        status = await self._read_status(destination, remote_id)
        return None if status is None or "media_attachments" not in status else len(_pictures_of(status))

    async def _upload(self, destination: Destination, picture: Picture, number: int) -> str:
        """Upload a picture, which nobody sees yet; return its id, also while it is still being processed (202)."""
        limit = destination.credentials.facts.get("description_max", DESCRIPTION_MAX)
        answer = await self._client.call(
            "POST",
            destination.credentials,
            "/api/v2/media",
            files={"file": (f"{number}.jpg", picture.data, self.declaration.image.mime)},
            form={"description": _shorten(picture.alt, limit)} if picture.alt else {},
        )
        made = answer.fields
        if made is None or not is_remote_id(made.get("id")):
            raise self._client.error_of(answer, str(destination.host))
        return str(made["id"])

    async def _check_pictures(self, destination: Destination, ticket: Ticket) -> CheckResult:
        """Read the pictures of a ticket that was not sent: 206 while one is being processed."""
        for media_id in ticket.ids:
            credentials = destination.credentials
            answer = await self._client.ask(
                "GET", str(credentials.host), f"/api/v1/media/{media_id}", token=credentials.secrets["token"]
            )
            if answer.status == 206:
                return Waiting()
            if answer.status in {404, 422} and _has_error(answer):
                gone = answer.status == 404
                return TicketUnusable(
                    Message("mastodon.status.picture_gone") if gone else Message("mastodon.status.picture_failed")
                )
            media = self._client.require_success(answer, str(credentials.host)).fields
            if media is None or "url" not in media:
                raise self._client.error_of(answer, str(credentials.host))
            if media["url"] is None:
                return Waiting()
        return Ready()

    def _check_sent(self, ticket: Ticket) -> CheckResult:
        """Return what a send of unknown outcome allows: a repeat with the same key is the check."""
        now, since = self._clock.now(), ticket.sent_since
        if since is None or now >= since + _KEY_KEPT:
            return UnknownStatus(Message("mastodon.status.key_expired"))
        processed_in_s = ((ticket.send_before or now) + _PROCESSED_WITHIN - now).total_seconds()
        if processed_in_s > 0:
            return Waiting(after_s=min(_LIST_PAUSE_S, processed_in_s) if ticket.ids else processed_in_s)
        return Repeatable(until=since + _KEY_KEPT)

    async def _find_by_picture(self, destination: Destination, ticket: Ticket) -> Published | None:
        """Return the account's status that shows a picture of the ticket; None when its newest ones do not."""
        account_id = destination.credentials.facts["account_id"]
        answer = await self._client.call(
            "GET",
            destination.credentials,
            f"/api/v1/accounts/{account_id}/statuses",
            params={"only_media": "true", "limit": _LISTED_MAX},
        )
        statuses = answer.value
        if not isinstance(statuses, list) or not all(isinstance(status, Mapping) for status in statuses):
            raise self._client.error_of(answer, str(destination.host))
        for status in statuses:
            shown = {str(media.get("id")) for media in _pictures_of(status)}
            if shown.intersection(ticket.ids) and status.get("id") not in destination.excluded_ids:
                return Published(str(status.get("id")), _link_of(status))
        return None

    async def _read_status(self, destination: Destination, remote_id: str) -> Mapping[str, Any] | None:
        try:
            return (await self._client.call("GET", destination.credentials, f"/api/v1/statuses/{remote_id}")).fields
        except OutsideError:
            return None


def _status_of(publication: Publication, ticket: Ticket) -> dict[str, Any]:
    options = dict(publication.options)
    warning = options.pop("content_warning", "")
    known: dict[str, Any] = {"status": publication.text, **options}
    if warning:
        known["spoiler_text"] = warning
    if ticket.ids:
        known["media_ids"] = list(ticket.ids)
    return known


def _link_of(status: Mapping[str, Any]) -> str | None:
    link = status.get("url")
    return link if isinstance(link, str) and link.startswith(("https://", "http://")) else None


def _pictures_of(status: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    media = status.get("media_attachments")
    return [one for one in media if isinstance(one, Mapping)] if isinstance(media, list) else []


def _has_error(answer: Answer) -> bool:
    return isinstance((answer.fields or {}).get("error"), str)


def _shorten(text: str, length_max: int) -> str:
    """Return a text of at most that many characters; a longer one ends in "…"."""
    return text if len(text) <= length_max else text[: max(0, length_max - 1)] + "…"

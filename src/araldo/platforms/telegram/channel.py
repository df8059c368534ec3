"""Posts in a channel: a text, a photo with a caption, or an album of up to ten photos.

Facts: core.telegram.org/bots/api, sendMessage (4,096 characters), sendPhoto (caption of 1,024; 10 MB, width and height
at most 10,000 together, ratio at most 20), sendMediaGroup (2 to 10 items). Lengths are in UTF-16 units
(core.telegram.org/api/entities). The bytes travel in the visible write. A bot can neither read what a channel shows nor
name its request, so nothing can tell what became of a lost answer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from araldo.errors import OutsideError
from araldo.http_exchange import Files
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
    Shape,
    Ticket,
    UnknownStatus,
)
from araldo.platforms.counting import TextLimits
from araldo.platforms.options import Option
from araldo.platforms.telegram.bot_api import BotApi
from araldo.platforms.telegram.channels import link_to
from araldo.platforms.telegram.settings import SERVICE, settings_of

ACCOUNT_KIND = "telegram_channel"
# Far below Telegram's 10 MB: all pictures of a post are sent in one request, whose answer must not get lost.
_PICTURE_BYTES = 2_000_000


class TelegramChannel:
    declaration = Declaration(
        name="telegram",
        label="Telegram",
        service=SERVICE,
        account_kind=ACCOUNT_KIND,
        limits=TextLimits(text_max=4096, unit="utf16", text_with_pictures_max=1024),
        image=ImageSpec(1280, 720, max_bytes=_PICTURE_BYTES),
        prompt_suffix="landscape, for a chat",
        other_shapes=(
            Shape(ImageSpec(1080, 1080, max_bytes=_PICTURE_BYTES), "square, for a chat"),
            Shape(ImageSpec(1080, 1350, max_bytes=_PICTURE_BYTES), "portrait, for a chat"),
        ),
        preview="feed_card",
        shows_text=True,
        links_clickable=True,
        needs_picture=False,
        needs_public_url=False,
        pictures_max=10,
        can_check=False,
        options=(
            Option(
                "silent",
                "flag",
                Message("telegram.options.silent"),
                Message("telegram.options.silent_help"),
            ),
            Option(
                "no_link_preview",
                "flag",
                Message("telegram.options.no_link_preview"),
                Message("telegram.options.no_link_preview_help"),
            ),
        ),
    )

    def __init__(self, context: PlatformContext) -> None:
        self._bot_api = BotApi(context)
        self._link_url = settings_of(context).link_url

    async def prepare(self, destination: Destination, publication: Publication, key: str) -> Ticket:
        """Read the channel, so that a lost access is found before anything is sent. Nothing can be uploaded before."""
        await self._bot_api.read(_token(destination), "getChat", chat_id=destination.remote_id)
        return Ticket.of(publication)

    async def check(self, destination: Destination, ticket: Ticket) -> CheckResult:
        return Ready() if ticket.sends == 0 else UnknownStatus(Message("telegram.channel.cannot_check"))

    async def publish(self, destination: Destination, ticket: Ticket, publication: Publication) -> Published:
        method, form, files = _request(publication)
        form |= {"chat_id": destination.remote_id}
        if publication.options.get("silent") is True:
            form |= {"disable_notification": "true"}
        messages = await self._bot_api.send(_token(destination), method, form, files, ticket.send_before)
        # People open an album by its first message.
        number, chat = messages[0]["message_id"], messages[0].get("chat")
        return Published(str(number), link_to(self._link_url, chat, number) if isinstance(chat, dict) else None)

    async def read_permalink(self, destination: Destination, remote_id: str) -> str | None:
        """Return the link in its documented form, by the channel's name of today: the Bot API reads no messages."""
        try:
            chat = await self._bot_api.read(_token(destination), "getChat", chat_id=destination.remote_id)
        except OutsideError:
            return None
        return link_to(self._link_url, chat, remote_id)

    async def count_visible_pictures(self, destination: Destination, remote_id: str) -> int | None:
        """Return None: the Bot API reads no messages."""
        return None


def _token(destination: Destination) -> str:
    return destination.credentials.secrets["token"]


def _request(publication: Publication) -> tuple[str, dict[str, str], Files | None]:
    """Return the method, its parameters and its files. Without parse_mode the text is published as it is written."""
    text, pictures = publication.text, publication.pictures
    if not pictures:
        preview = {"link_preview_options": json.dumps({"is_disabled": True})}
        return "sendMessage", {"text": text} | (preview if publication.options.get("no_link_preview") else {}), None
    if len(pictures) == 1:
        return "sendPhoto", {"caption": text} if text else {}, _files(pictures, "photo")
    media = [{"type": "photo", "media": f"attach://photo{number}"} for number in range(len(pictures))]
    if text:
        # An album shows the caption of its first photo below all of them.
        media[0]["caption"] = text
    return "sendMediaGroup", {"media": json.dumps(media)}, _files(pictures, "photo{}")


def _files(pictures: Sequence[Picture], name: str) -> Files:
    return {
        name.format(number): (f"picture{number}.jpg", picture.data, "image/jpeg")
        for number, picture in enumerate(pictures)
    }

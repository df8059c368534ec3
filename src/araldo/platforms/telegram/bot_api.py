"""Client of the Bot API. The bot's token stands in the path of every URL, so no URL goes into an error or a log.

Source: core.telegram.org/bots/api, "Authorizing your bot" and "Making requests".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from araldo.http_exchange import Files
from araldo.platforms.base import PlatformContext
from araldo.platforms.caller import ServiceCaller
from araldo.platforms.telegram.errors import result_of, unreadable
from araldo.platforms.telegram.settings import SERVICE, settings_of

_TOKEN = re.compile(r"(?P<bot>\d{5,20}):(?P<secret>[A-Za-z0-9_-]{20,100})", re.ASCII)
# A token anywhere in a text, as it is and in a URL; or its secret half, which begins with AA.
TOKEN_PATTERNS = (
    r"(?<!\d)\d{5,20}(?::|%3[Aa])[A-Za-z0-9_-]{30,100}",
    r"(?<![A-Za-z0-9_-])AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])",
)


class BotApi:
    def __init__(self, context: PlatformContext) -> None:
        self._base_url = settings_of(context).api_url
        self._caller = ServiceCaller(context.http, context.clock, SERVICE)

    async def read(self, token: str, method: str, **params: str) -> dict[str, Any]:
        """Call a method that changes nothing, and return its result, an object. Never raises OutcomeUnknown."""
        answer = await self._caller.call("POST", self._url(token, method), secrets=_secrets(token), form=params)
        result = result_of(answer, visible=False)
        if not isinstance(result, dict):
            raise unreadable(answer, visible=False)
        return result

    async def send(
        self, token: str, method: str, form: Mapping[str, str], files: Files | None, send_before: datetime | None
    ) -> list[dict[str, Any]]:
        """Send the one visible write, and return its messages, at least one, each with a `message_id`."""
        answer = await self._caller.send_visible_write(
            "POST",
            self._url(token, method),
            send_before=send_before,
            secrets=_secrets(token),
            form=form,
            files=files,
        )
        result = result_of(answer, visible=True)
        messages = result if isinstance(result, list) else [result]
        if not messages or not all(_is_message(message) for message in messages):
            raise unreadable(answer, visible=True)
        return messages

    def _url(self, token: str, method: str) -> str:
        return f"{self._base_url}/bot{token}/{method}"


def is_token(text: str) -> bool:
    """Return whether a text has the form of a bot's token: the bot's id, a colon, and a secret."""
    return _TOKEN.fullmatch(text) is not None


def bot_id_of(token: str) -> str:
    """Return the id of a token's bot."""
    return token.partition(":")[0]


def _secrets(token: str) -> list[str]:
    """Return the token and its secret half, which is as good as the whole beside the bot's public id."""
    return [token, token.partition(":")[2]]


def _is_message(value: object) -> bool:
    number = value.get("message_id") if isinstance(value, dict) else None
    return isinstance(number, int) and not isinstance(number, bool) and number > 0

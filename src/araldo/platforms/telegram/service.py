"""Telegram: connect a channel by a bot's token, watch the bot's rights there.

Facts: core.telegram.org/bots/api, getMe, getChat, getChatMember, ChatMemberAdministrator;
core.telegram.org/bots/features, "BotFather". A token has no end and cannot be revoked by the Bot API.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from araldo.addresses import is_public_url
from araldo.errors import OutsideError, TryLater, UserError
from araldo.messages import Message
from araldo.platforms.base import PlatformContext
from araldo.platforms.credentials import AccessEnd, Credentials
from araldo.platforms.service import (
    AccountGroup,
    ConnectMethod,
    DiscoveredAccount,
    DiscoveredAccounts,
    Field,
    FormService,
    Inspection,
    ServiceDeclaration,
    SettingsFinding,
)
from araldo.platforms.telegram.bot_api import TOKEN_PATTERNS, BotApi, bot_id_of, is_token
from araldo.platforms.telegram.channel import ACCOUNT_KIND, TelegramChannel
from araldo.platforms.telegram.channels import parse_channel
from araldo.platforms.telegram.errors import CHANNEL_NOT_FOUND, NOT_MEMBER, RIGHTS_MISSING, TOKEN_REFUSED
from araldo.platforms.telegram.settings import SERVICE, TelegramSettings, settings_of


class ConnectRefused(UserError):
    """The token or the channel cannot be connected as it is. `code`: the last part of the message's key."""

    status = 422

    def __init__(self, message: Message, **values: object) -> None:
        super().__init__(message.with_values(**values), code=message.key.rpartition(".")[2])


_NOT_ADMINISTRATOR = Message("telegram.connect.not_administrator")
_CANNOT_POST = Message("telegram.connect.cannot_post")
# What to say when the bot is refused while it is connected, by the error's subcode.
_REFUSALS = {
    TOKEN_REFUSED.name: Message("telegram.connect.token_refused"),
    CHANNEL_NOT_FOUND.name: Message("telegram.connect.channel_not_found"),
    NOT_MEMBER.name: _NOT_ADMINISTRATOR,
    RIGHTS_MISSING.name: _NOT_ADMINISTRATOR,
}


class TelegramService(FormService):
    declaration = ServiceDeclaration(
        name=SERVICE,
        label="Telegram",
        settings=TelegramSettings,
        methods=(
            ConnectMethod(
                "bot",
                "form",
                Message("telegram.connect.title"),
                Message("telegram.connect.submit"),
                Message("telegram.connect.help"),
                (
                    Field(
                        "token",
                        Message("telegram.connect.token"),
                        "secret",
                        help=Message("telegram.connect.token_help"),
                    ),
                    Field(
                        "channel",
                        Message("telegram.connect.channel"),
                        help=Message("telegram.connect.channel_help"),
                        placeholder="@name",
                        length_max=200,
                    ),
                ),
            ),
        ),
        platforms=(TelegramChannel,),
        texts=Path(__file__).parent / "messages",
        secret_patterns=TOKEN_PATTERNS,
    )

    def __init__(self, context: PlatformContext) -> None:
        self._bot_api = BotApi(context)
        self._api_url = settings_of(context).api_url

    def local_address(self, host: str | None) -> str | None:
        return None if is_public_url(self._api_url) else self._api_url

    def settings_findings(self) -> Sequence[SettingsFinding]:
        return (SettingsFinding("good", Message("telegram.settings.bot_api", {"url": self._api_url})),)

    async def find_accounts(self, method: str, answers: Mapping[str, str]) -> DiscoveredAccounts:
        """Return the channel, if the bot may post there. Raises ConnectRefused for what is missing."""
        token, channel = answers["token"].strip(), parse_channel(answers["channel"])
        if not is_token(token):
            raise ConnectRefused(Message("telegram.connect.not_a_token"))
        if channel is None:
            raise ConnectRefused(Message("telegram.connect.not_a_channel_name"))
        bot = await self._ask(token, "getMe", {})
        values = {"bot": f"@{bot.get('username')}", "channel": channel}
        chat = await self._ask(token, "getChat", values, chat_id=channel)
        if chat.get("type") != "channel":
            raise ConnectRefused(Message("telegram.connect.not_a_channel"), channel=channel)
        chat_id, title = str(chat.get("id")), str(chat.get("title") or channel)
        missing = _missing_right(await self._ask(token, "getChatMember", values, **_member_of(token, chat_id)))
        if missing is not None:
            raise ConnectRefused(missing, **values)
        username = chat.get("username")
        account = DiscoveredAccount(
            ACCOUNT_KIND,
            chat_id,
            title,
            username if isinstance(username, str) else None,
            Credentials({"token": token}, {"chat_id": chat_id}),
            ends=(AccessEnd(Message("telegram.connect.token"), None),),
        )
        return DiscoveredAccounts((AccountGroup(chat_id, title, (account,)),))

    async def renew(self, credentials: Credentials) -> Credentials:
        """Return them unchanged: a token has no end."""
        return replace(credentials, renew_after=None)

    async def inspect(self, credentials: Credentials) -> Inspection:
        """Read whether the token works and the bot may post. Raises TryLater only."""
        token, chat_id = credentials.secrets["token"], str(credentials.facts["chat_id"])
        seen = Inspection(ends=(AccessEnd(Message("telegram.connect.token"), None),))
        try:
            await self._bot_api.read(token, "getMe")
            member = await self._bot_api.read(token, "getChatMember", **_member_of(token, chat_id))
        except TryLater:
            raise
        except OutsideError as refusal:
            if refusal.subcode == TOKEN_REFUSED.name:
                return replace(seen, ends=(), access_lost=refusal.message)
            return replace(seen, problem=refusal.message)
        return seen if _missing_right(member) is None else replace(seen, problem=RIGHTS_MISSING.message)

    async def revoke(self, credentials: Credentials) -> Message | None:
        """Revoke nothing: only the bot's owner can, in the chat with BotFather."""
        return Message("telegram.connect.revoke_by_hand")

    async def _ask(self, token: str, method: str, values: Mapping[str, object], **params: str) -> dict[str, Any]:
        """Call a method while an account is connected. Raises ConnectRefused, TryLater."""
        try:
            return await self._bot_api.read(token, method, **params)
        except TryLater:
            raise
        except OutsideError as refusal:
            message = _REFUSALS.get(refusal.subcode or "", Message("telegram.connect.refused"))
            raise ConnectRefused(message, **{**values, "code": refusal.code}) from refusal


def _member_of(token: str, chat_id: str) -> dict[str, str]:
    return {"chat_id": chat_id, "user_id": bot_id_of(token)}


def _missing_right(member: Mapping[str, Any]) -> Message | None:
    """Return what a ChatMember lacks to post in its channel; None when it lacks nothing."""
    if member.get("status") != "administrator":
        return _NOT_ADMINISTRATOR
    return None if member.get("can_post_messages") is True else _CANNOT_POST

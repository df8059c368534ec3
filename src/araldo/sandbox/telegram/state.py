"""The Bot API's part of the sandbox's records, and the sample data."""

from __future__ import annotations

import re
import secrets

from araldo.sandbox.common.store import SandboxStore, ServiceState
from araldo.sandbox.telegram.records import Chat, ChatMessage, Membership, PhotoFile, TelegramUser
from araldo.sandbox.telegram.settings import TelegramSettings

BOT_ID = "7000000001"
BOT_TOKEN = "7000000001:AASandbox_Telegram_Bot_Token_000000"  # noqa: S105 - a made-up bot, on this machine only
OWNER_ID = "600000001"
CHANNEL_ID = "-1002000000101"
ADMINISTRATOR_RIGHTS = [
    "can_manage_chat",
    "can_change_info",
    "can_post_messages",
    "can_edit_messages",
    "can_delete_messages",
    "can_invite_users",
]
_NOT_IN_A_TOKEN = re.compile(r"[^A-Za-z0-9_-]")


class TelegramState(ServiceState[TelegramSettings]):
    """Bots and people, chats and their members, messages and photos."""

    def __init__(self, store: SandboxStore) -> None:
        super().__init__(store, "telegram", TelegramSettings)
        self.users = self.create_table("telegram.user", TelegramUser)
        self.chats = self.create_table("telegram.chat", Chat)
        self.members = self.create_table("telegram.member", Membership)
        self.files = self.create_table("telegram.file", PhotoFile)
        self.messages = self.create_table("telegram.message", ChatMessage)

    def find_bot(self, token: str) -> TelegramUser | None:
        return next((user for user in self.users if user.is_bot and user.token == token), None) if token else None

    def find_chat(self, name: str) -> Chat | None:
        """Return the chat of an id, or of a @username in any case."""
        if not name.startswith("@"):
            return self.chats.get(name)
        wanted = name[1:].lower()
        return next((chat for chat in self.chats if (chat.username or "").lower() == wanted), None)

    def membership(self, chat: Chat, user: str) -> Membership:
        found = self.members.get(f"{chat.id}:{user}")
        return found or Membership(f"{chat.id}:{user}", chat.id, user, "left")

    def join(self, chat: Chat, user: str, status: str, rights: list[str]) -> Membership:
        """Make a user a member, or change what the member may do."""
        return self.members.save(Membership(f"{chat.id}:{user}", chat.id, user, status, rights))

    def seed(self) -> None:
        """Add the sample data and commit it: a bot that is administrator of one channel, and the channel's owner."""
        self.users.save(TelegramUser(BOT_ID, "Studio Robot", "studio_demo_bot", is_bot=True, token=BOT_TOKEN))
        self.users.save(TelegramUser(OWNER_ID, "Ada Demo", "ada_demo"))
        channel = self.chats.save(Chat(CHANNEL_ID, "channel", "Studio Demo", "studio_demo"))
        self.join(channel, OWNER_ID, "creator", [])
        self.join(channel, BOT_ID, "administrator", ADMINISTRATOR_RIGHTS)
        self.commit()


def new_bot_token(bot: str) -> str:
    """Return a token as BotFather makes it: the bot's id and 35 characters."""
    return f"{bot}:AA{_NOT_IN_A_TOKEN.sub('x', secrets.token_urlsafe(40))[:33]}"


def new_number(digits: int) -> str:
    return str(secrets.randbelow(9 * 10 ** (digits - 1)) + 10 ** (digits - 1))

"""The Bot API's own control calls (what people do in Telegram's apps), and its part of the state."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from araldo.sandbox.common.service import CONTROL_PREFIX
from araldo.sandbox.telegram.objects import message_object
from araldo.sandbox.telegram.records import Chat, TelegramUser
from araldo.sandbox.telegram.state import ADMINISTRATOR_RIGHTS, BOT_ID, TelegramState, new_bot_token, new_number


class BotRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    username: str = Field(pattern=r"^[A-Za-z]\w{4,31}$")
    first_name: str = "Robot"


class ChatRequest(BaseModel):
    """A chat with the seeded bot as administrator; without a username it is private."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1)
    username: str | None = Field(default=None, pattern=r"^[A-Za-z]\w{3,31}$")
    type: Literal["channel", "supergroup", "group"] = "channel"


class MemberRequest(BaseModel):
    """What a bot is and may do in a chat; `user`: its id, by default the seeded bot's."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["administrator", "member", "restricted", "left", "kicked"]
    rights: list[str] | None = None
    user: str = BOT_ID


def router(state: TelegramState) -> APIRouter:
    """Return the routes, below /_sandbox."""
    api = APIRouter(prefix=f"{CONTROL_PREFIX}/telegram")

    @api.post("/bots")
    async def add_bot(order: BotRequest) -> dict[str, Any]:
        number = new_number(10)
        bot = TelegramUser(number, order.first_name, order.username, is_bot=True, token=new_bot_token(number))
        state.users.save(bot)
        state.commit()
        return asdict(bot)

    @api.post("/bots/{number}/revoke")
    async def revoke(number: str) -> dict[str, str]:
        """Replace the token, as BotFather's /revoke does."""
        bot = state.users.get(number)
        if bot is None or not bot.is_bot:
            raise HTTPException(404, "no such bot")
        bot.token = new_bot_token(number)
        state.users.save(bot)
        state.commit()
        return {"token": bot.token}

    @api.post("/chats")
    async def add_chat(order: ChatRequest) -> dict[str, Any]:
        name = f"-{new_number(10)}" if order.type == "group" else f"-100{new_number(10)}"
        chat = state.chats.save(Chat(name, order.type, order.title, order.username))
        state.join(chat, BOT_ID, "administrator", ADMINISTRATOR_RIGHTS)
        state.commit()
        return asdict(chat)

    @api.post("/chats/{name}/members")
    async def change_member(name: str, order: MemberRequest) -> dict[str, Any]:
        chat = _chat(state, name)
        if order.user not in state.users:
            raise HTTPException(404, "no such user")
        usual = ADMINISTRATOR_RIGHTS if order.status == "administrator" else []
        member = state.join(chat, order.user, order.status, usual if order.rights is None else order.rights)
        state.commit()
        return asdict(member)

    @api.post("/chats/{name}/migrate")
    async def migrate(name: str) -> dict[str, Any]:
        """Turn a group into a supergroup: the old id answers with migrate_to_chat_id."""
        chat = _chat(state, name)
        new = state.chats.save(Chat(f"-100{new_number(10)}", "supergroup", chat.title, chat.username))
        for member in state.members:
            if member.chat == chat.id:
                state.join(new, member.user, member.status, member.rights)
        chat.migrated_to = new.id
        state.chats.save(chat)
        state.commit()
        return asdict(new)

    return api


def _chat(state: TelegramState, name: str) -> Chat:
    chat = state.chats.get(name)
    if chat is None:
        raise HTTPException(404, "no such chat")
    return chat


def snapshot(state: TelegramState) -> dict[str, Any]:
    """Return a list of each kind of record, in insertion order; messages are the API's objects."""
    return {
        "users": [asdict(user) for user in state.users],
        "chats": [asdict(chat) for chat in state.chats],
        "members": [asdict(member) for member in state.members],
        "files": [asdict(file) for file in state.files],
        "messages": [message_object(state, message) | {"bot_id": message.bot} for message in state.messages],
    }

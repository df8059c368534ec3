"""The Bot API's objects as JSON: users, chats, members, messages (core.telegram.org/bots/api, "Available types")."""

from __future__ import annotations

from typing import Any

from araldo.sandbox.telegram.records import Chat, ChatMessage, Membership, PhotoFile, TelegramUser
from araldo.sandbox.telegram.state import TelegramState

_FLAGS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_post_messages",
    "can_edit_messages",
)


def user_object(user: TelegramUser) -> dict[str, Any]:
    return {"id": int(user.id), "is_bot": user.is_bot, "first_name": user.first_name, "username": user.username}


def me_object(bot: TelegramUser) -> dict[str, Any]:
    """Return a User as getMe does."""
    return user_object(bot) | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def chat_object(chat: Chat) -> dict[str, Any]:
    shown = {"id": int(chat.id), "title": chat.title, "type": chat.type}
    return shown | ({"username": chat.username} if chat.username else {})


def full_chat_object(chat: Chat) -> dict[str, Any]:
    """Return a ChatFullInfo."""
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    return chat_object(chat) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
        **({"active_usernames": [chat.username]} if chat.username else {}),
    }


def member_object(state: TelegramState, member: Membership) -> dict[str, Any]:
    """Return a ChatMember."""
    shown: dict[str, Any] = {"user": user_object(state.users[member.user]), "status": member.status}
    if member.status == "creator":
        return shown | {"is_anonymous": False}
    if member.status == "administrator":
        flags = {flag: flag in member.rights for flag in _FLAGS}
        return shown | {"can_be_edited": False, "is_anonymous": False} | flags
    return shown | ({"until_date": 0} if member.status == "kicked" else {})


def message_object(state: TelegramState, message: ChatMessage) -> dict[str, Any]:
    """Return a Message; what a channel publishes is sent by the channel."""
    chat = chat_object(state.chats[message.chat])
    shown: dict[str, Any] = {"message_id": message.message_id, "chat": chat, "date": int(message.date)}
    if chat["type"] == "channel":
        shown["sender_chat"] = chat
    else:
        shown["from"] = user_object(state.users[message.bot])
    if message.media_group_id is not None:
        shown["media_group_id"] = message.media_group_id
    photo = state.files.get(message.photo)
    text, entities = ("text", "entities") if photo is None else ("caption", "caption_entities")
    if photo is not None:
        shown["photo"] = _sizes(photo)
    if message.text:
        shown[text] = message.text
    if message.entities:
        shown[entities] = message.entities
    return shown


def _sizes(photo: PhotoFile) -> list[dict[str, Any]]:
    """Return the photo's PhotoSizes; the sandbox has the original alone."""
    size = {"width": photo.width, "height": photo.height, "file_size": photo.size}
    return [{"file_id": photo.id, "file_unique_id": f"AQAD{photo.number}"} | size]

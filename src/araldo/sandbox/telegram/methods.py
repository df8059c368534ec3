"""The methods of the Bot API, by name in lower case: the server takes them in any case.

Sources: core.telegram.org/bots/api, "Available methods"; who may read and write in a chat, and the texts, are those of
`check_chat_access` in the Bot API's server. As there, no method reads messages of a channel.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from araldo.sandbox.telegram.calls import TelegramCall, TelegramError, bad_request, forbidden, too_many_requests
from araldo.sandbox.telegram.objects import full_chat_object, me_object, member_object, message_object
from araldo.sandbox.telegram.photos import read_photo
from araldo.sandbox.telegram.records import Chat, ChatMessage, PhotoFile
from araldo.sandbox.telegram.state import new_number
from araldo.sandbox.telegram.texts import read_text

_MINUTE_S, _DELETABLE_S = 60.0, 172_800.0
_MOST_IN_AN_ALBUM = 10

Content = tuple[str, list[dict[str, Any]], PhotoFile | None]


async def _get_me(call: TelegramCall) -> Any:
    return me_object(call.own())


async def _get_chat(call: TelegramCall) -> Any:
    return full_chat_object(_readable_chat(call))


async def _get_chat_member(call: TelegramCall) -> Any:
    chat = _listed_chat(call)
    if call.text("user_id") not in call.state.users:
        raise bad_request("user not found")
    return member_object(call.state, call.state.membership(chat, call.text("user_id")))


async def _get_chat_administrators(call: TelegramCall) -> Any:
    chat, members = _listed_chat(call), call.state.members
    leading = [member for member in members if member.chat == chat.id and member.status in {"creator", "administrator"}]
    return [member_object(call.state, member) for member in leading]


async def _get_chat_member_count(call: TelegramCall) -> Any:
    chat, gone = _readable_chat(call), {"left", "kicked"}
    return sum(member.chat == chat.id and member.status not in gone for member in call.state.members)


async def _send_message(call: TelegramCall) -> Any:
    chat, settings = _writable_chat(call, "text messages"), call.state.settings
    read = read_text(call, "text", settings.message_limit, settings.count)
    if read is None:
        raise bad_request("message is too long")
    if not read[0]:
        raise bad_request("message text is empty")
    return _send(call, chat, [(*read, None)])[0]


async def _send_photo(call: TelegramCall) -> Any:
    chat = _writable_chat(call, "photos")
    text, entities = _caption(call, call)
    photo = await read_photo(call, call.body.get("photo"), "photo")
    return _send(call, chat, [(text, entities, photo)])[0]


async def _send_media_group(call: TelegramCall) -> Any:
    chat = _writable_chat(call, "photos")
    items = call.json("media", "media")
    if items is None:
        raise bad_request('parameter "media" is required')
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise bad_request("can't parse media JSON object")
    if not items:
        raise bad_request("there are no messages to send")
    if len(items) > _MOST_IN_AN_ALBUM:
        raise bad_request("too many messages to send as an album")
    contents = [await _album_item(call, number, item) for number, item in enumerate(items, 1)]
    return _send(call, chat, contents, album=True)


async def _album_item(call: TelegramCall, number: int, item: dict[str, Any]) -> Content:
    if item.get("type") != "photo":
        raise bad_request(f"The sandbox emulates albums of photos, not of {str(item.get('type'))[:20]}")
    text, entities = _caption(call, item)
    try:
        return text, entities, await read_photo(call, item.get("media"), "")
    except TelegramError as error:
        reason = error.description.removeprefix("Bad Request: ")
        raise bad_request(f'failed to send message #{number} with the error message "{reason}"') from None


async def _delete_message(call: TelegramCall) -> Any:
    chat = _readable_chat(call)
    member = call.state.membership(chat, call.own().id)
    if member.status in {"left", "kicked"}:
        raise forbidden(f"bot is not a member of the {chat.type} chat")
    message = call.state.messages.get(f"{chat.id}:{call.text('message_id')}")
    if message is None:
        raise bad_request("message to delete not found")
    own = message.bot == call.own().id and (chat.type != "channel" or "can_post_messages" in member.rights)
    if "can_delete_messages" not in member.rights:
        if not own:
            raise bad_request("message can't be deleted")
        if call.state.now() - message.date > _DELETABLE_S:
            raise bad_request("message can't be deleted for everyone")
    call.state.messages.remove(message.id)
    return True


async def _log_out(call: TelegramCall) -> Any:
    """`logOut`: the bot cannot use this server again for ten minutes."""
    bot = call.own()
    bot.logged_out_at = call.state.now()
    call.state.users.save(bot)
    return True


METHODS: dict[str, Callable[[TelegramCall], Awaitable[Any]]] = {
    "getme": _get_me,
    "getchat": _get_chat,
    "getchatmember": _get_chat_member,
    "getchatadministrators": _get_chat_administrators,
    "getchatmembercount": _get_chat_member_count,
    "sendmessage": _send_message,
    "sendphoto": _send_photo,
    "sendmediagroup": _send_media_group,
    "deletemessage": _delete_message,
    "logout": _log_out,
}


def _readable_chat(call: TelegramCall) -> Chat:
    name = call.text("chat_id")
    if not name:
        raise bad_request("chat_id is empty")
    chat = call.state.find_chat(name)
    if chat is None:
        raise bad_request("chat not found")
    status = call.state.membership(chat, call.own().id).status
    if status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.type} chat")
    if status == "left" and not chat.username:
        raise forbidden(f"bot is not a member of the {chat.type} chat")
    return chat


def _listed_chat(call: TelegramCall) -> Chat:
    """Return a chat whose members the bot may read: of a channel, only its administrators may."""
    chat = _readable_chat(call)
    if chat.type == "channel" and call.state.membership(chat, call.own().id).status != "administrator":
        raise bad_request("member list is inaccessible")
    return chat


def _writable_chat(call: TelegramCall, what: str) -> Chat:
    chat = _readable_chat(call)
    if chat.migrated_to is not None:
        moved = {"migrate_to_chat_id": int(chat.migrated_to)}
        raise TelegramError(400, "Bad Request: group chat was upgraded to a supergroup chat", moved)
    member = call.state.membership(chat, call.own().id)
    if member.status == "left":
        raise forbidden(f"bot is not a member of the {chat.type} chat")
    if chat.type == "channel" and "can_post_messages" not in member.rights:
        raise bad_request("need administrator rights in the channel chat")
    if member.status == "restricted":
        raise bad_request(f"not enough rights to send {what} to the chat")
    return chat


def _caption(call: TelegramCall, source: TelegramCall | dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    settings = call.state.settings
    read = read_text(source, "caption", settings.caption_limit, settings.count)
    if read is None:
        raise bad_request("message caption is too long")
    return read


def _send(call: TelegramCall, chat: Chat, contents: Sequence[Content], *, album: bool = False) -> list[Any]:
    """Publish messages, all or none, and return them as JSON."""
    state = call.state
    now, limit = state.now(), state.settings.messages_per_minute
    chat.sent_at = [at for at in chat.sent_at if 0 <= now - at < _MINUTE_S]
    if limit and len(chat.sent_at) + len(contents) > limit:
        oldest = chat.sent_at[0] if chat.sent_at else now
        raise too_many_requests(max(1, math.ceil(oldest + _MINUTE_S - now)))
    group = new_number(17) if album and len(contents) > 1 else None
    sent = []
    for text, entities, photo in contents:
        chat.last_message += 1
        name, number = f"{chat.id}:{chat.last_message}", chat.last_message
        file = photo.id if photo is not None else None
        message = ChatMessage(name, chat.id, number, call.own().id, now, text, entities, file, group)
        sent.append(message_object(state, state.messages.save(message)))
        call.made.append({"kind": "message", "id": name})
    chat.sent_at += [now] * len(contents)
    state.chats.save(chat)
    call.visible = True
    return sent

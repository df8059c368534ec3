"""python-telegram-bot, a client that nobody here wrote, against the Bot API of the sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from telegram import Bot, ChatMemberAdministrator, InputMediaPhoto, MessageEntity
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from tests.sandbox.control import Control
from tests.sandbox.meta import jpeg
from tests.support.running_system import ask

TOKEN = "7000000001:AASandbox_Telegram_Bot_Token_000000"
CHANNEL, NAME = -1002000000101, "@studio_demo"
OWNER = 600000001


@asynccontextmanager
async def opened(url: str, token: str = TOKEN) -> AsyncIterator[Bot]:
    async with Bot(token, base_url=f"{url}/bot") as bot:
        yield bot


@pytest.fixture
async def bot(control: Control, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # without it the library warns of its own next version
    async with opened(control.url) as made:
        yield made


def seconds_of(error: RetryAfter) -> float:
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else after


def messages(control: Control) -> list[dict[str, Any]]:
    return control.state("telegram")["messages"]


async def test_the_bot_finds_itself_its_channel_and_its_rights(bot: Bot) -> None:
    assert (bot.username, (await bot.get_me()).first_name) == ("studio_demo_bot", "Studio Robot")
    chat = await bot.get_chat(NAME)
    assert (chat.id, chat.type, chat.title) == (CHANNEL, "channel", "Studio Demo")
    member = await bot.get_chat_member(CHANNEL, bot.id)
    assert isinstance(member, ChatMemberAdministrator)
    assert (member.can_post_messages, member.can_promote_members) == (True, False)
    leading = await bot.get_chat_administrators(CHANNEL)
    assert {(member.user.id, member.status) for member in leading} == {(OWNER, "creator"), (bot.id, "administrator")}
    assert await bot.get_chat_member_count(CHANNEL) == 2


async def test_a_text_is_published_and_deleted(control: Control, bot: Bot) -> None:
    message = await bot.send_message(NAME, "  👋 Ciao <b>mondo</b> &amp; #tutti\n", parse_mode="HTML")
    assert message.text == "👋 Ciao mondo & #tutti"
    assert message.parse_entities() == {
        MessageEntity("bold", 8, 5): "mondo",
        MessageEntity("hashtag", 16, 6): "#tutti",
    }
    assert message.sender_chat is not None
    page = ask("GET", f"{control.url}/t.me/studio_demo/{message.message_id}").raw.decode()
    assert "Ciao mondo &amp; <b>#tutti</b>" in page
    assert [found["text"] for found in messages(control)] == ["👋 Ciao mondo & #tutti"]
    assert await bot.delete_message(CHANNEL, message.message_id)
    assert messages(control) == []
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(CHANNEL, message.message_id)


async def test_a_photo_is_uploaded_sent_by_url_and_sent_again(control: Control, bot: Bot, pictures: str) -> None:
    first = await bot.send_photo(CHANNEL, jpeg(800, 600), caption="ciao")
    assert (first.caption, first.photo[0].width, first.photo[0].height) == ("ciao", 800, 600)
    second = await bot.send_photo(CHANNEL, f"{pictures}/640x480.jpg")
    assert second.photo[0].width == 640
    third = await bot.send_photo(CHANNEL, first.photo[0].file_id, caption="due")
    assert third.photo[0].file_unique_id == first.photo[0].file_unique_id
    assert [found.get("caption") for found in messages(control)] == ["ciao", None, "due"]


async def test_an_album_is_published_whole_or_not_at_all(control: Control, bot: Bot, pictures: str) -> None:
    album = [InputMediaPhoto(jpeg(), caption="ciao"), InputMediaPhoto(f"{pictures}/640x480.jpg")]
    sent = await bot.send_media_group(CHANNEL, album)
    assert len({message.media_group_id for message in sent}) == 1
    assert [message.caption for message in sent] == ["ciao", None]
    page = ask("GET", f"{control.url}/t.me/studio_demo").raw.decode()
    assert page.count("<article>") == 1
    assert page.count("/t.me/files/") == 2
    with pytest.raises(BadRequest, match='Failed to send message #2 with the error message "image_process_failed"'):
        await bot.send_media_group(CHANNEL, [InputMediaPhoto(jpeg()), InputMediaPhoto(b"no picture")])
    with pytest.raises(BadRequest, match="Too many messages to send as an album"):
        await bot.send_media_group(CHANNEL, [InputMediaPhoto(jpeg(8, 8)) for _ in range(11)])
    assert len(messages(control)) == 2


async def test_texts_are_measured_in_utf16(control: Control, bot: Bot) -> None:
    await bot.send_message(CHANNEL, "😀" * 2048)
    with pytest.raises(BadRequest, match="Message is too long"):
        await bot.send_message(CHANNEL, "😀" * 2048 + "x")
    await bot.send_photo(CHANNEL, jpeg(8, 8), caption="x" * 1024)
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(CHANNEL, jpeg(8, 8), caption="x" * 1025)
    with pytest.raises(BadRequest, match="Message text is empty"):
        await bot.send_message(CHANNEL, " \n")
    control.set("telegram", count="code_points")
    await bot.send_message(CHANNEL, "😀" * 4096)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/private/none.jpg", "Failed to get http url content"),
        ("/page.jpg", "Wrong type of the web page content"),
        ("/large.jpg", "Failed to get http url content"),
    ],
)
async def test_a_url_that_is_no_picture_is_refused(bot: Bot, pictures: str, path: str, error: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){error}"):
        await bot.send_photo(CHANNEL, pictures + path)


@pytest.mark.parametrize(
    ("photo", "error"),
    [
        (b"no picture", "Image_process_failed"),
        (jpeg(2100, 100), "Photo_invalid_dimensions"),
        (jpeg(8, 8) + bytes(11_000_000), "is too big for a photo; the maximum size is 10485760 bytes"),
        ("AgACAgQAAxunknown", "Wrong remote file identifier specified"),
    ],
)
async def test_a_wrong_photo_is_refused(bot: Bot, photo: bytes | str, error: str) -> None:
    with pytest.raises(BadRequest, match=error):
        await bot.send_photo(CHANNEL, photo)


async def test_a_bot_writes_where_it_may(control: Control, bot: Bot) -> None:
    members = f"telegram/chats/{CHANNEL}/members"
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message("@nobody_here", "ciao")
    control("POST", members, {"status": "administrator", "rights": []})
    with pytest.raises(BadRequest, match="Need administrator rights in the channel chat"):
        await bot.send_message(CHANNEL, "ciao")
    control("POST", members, {"status": "left"})
    with pytest.raises(Forbidden, match="bot is not a member of the channel chat"):
        await bot.send_message(CHANNEL, "ciao")
    with pytest.raises(BadRequest, match="Member list is inaccessible"):
        await bot.get_chat_member(CHANNEL, bot.id)
    control("POST", members, {"status": "kicked"})
    with pytest.raises(Forbidden, match="bot was kicked from the channel chat"):
        await bot.get_chat(CHANNEL)
    group = control("POST", "telegram/chats", {"title": "Gruppo", "type": "group"})["id"]
    control("POST", f"telegram/chats/{group}/members", {"status": "restricted"})
    with pytest.raises(BadRequest, match="Not enough rights to send text messages to the chat"):
        await bot.send_message(group, "ciao")
    moved = control("POST", f"telegram/chats/{group}/migrate")["id"]
    with pytest.raises(ChatMigrated) as raised:
        await bot.send_message(group, "ciao")
    assert raised.value.new_chat_id == int(moved)
    assert messages(control) == []


async def test_a_revoked_token_and_a_bot_that_logged_out_are_refused(control: Control, bot: Bot) -> None:
    assert await bot.log_out()
    with pytest.raises(BadRequest, match="Logged out"):
        await bot.get_me()
    control("POST", "clock", {"advance_s": 601})
    token = control("POST", f"telegram/bots/{bot.id}/revoke")["token"]
    with pytest.raises(InvalidToken):
        await bot.get_me()
    async with opened(control.url, token) as renewed:
        assert renewed.id == bot.id


async def test_too_many_messages_to_one_chat_have_to_wait(control: Control, bot: Bot) -> None:
    control.set("telegram", messages_per_minute=2)
    await bot.send_message(CHANNEL, "uno")
    await bot.send_message(CHANNEL, "due")
    with pytest.raises(RetryAfter) as raised:
        await bot.send_message(CHANNEL, "tre")
    assert 50 <= seconds_of(raised.value) <= 60
    control("POST", "clock", {"advance_s": 61})
    await bot.send_message(CHANNEL, "tre")


async def test_a_lost_answer_and_errors_of_telegram_can_be_injected(control: Control, bot: Bot) -> None:
    control.fault(service="telegram", path="/sendMessage", when="after_commit", kind="reset")
    with pytest.raises(NetworkError):
        await bot.send_message(CHANNEL, "uno")
    assert [found["text"] for found in messages(control)] == ["uno"]
    control.fault(kind="telegram_error", error={"retry_after": 7})
    with pytest.raises(RetryAfter) as raised:
        await bot.send_message(CHANNEL, "due")
    assert seconds_of(raised.value) == 7
    control.fault(kind="telegram_error", error={"error_code": 502, "description": "Bad Gateway"}, when="after_commit")
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(CHANNEL, "tre")
    control.fault(kind="html", path="/sendMessage")
    with pytest.raises(TelegramError):
        await bot.send_message(CHANNEL, "quattro")
    assert [found["text"] for found in messages(control)] == ["uno", "tre"]


async def test_the_log_has_every_call_without_its_token(control: Control, bot: Bot) -> None:
    message = await bot.send_message(CHANNEL, f"il token è {TOKEN}")
    for path in (f"/bot{TOKEN}/", f"/bot{TOKEN}x/getMe", f"/botrubbish{TOKEN.partition(':')[2]}/getMe", "/bot/getMe"):
        ask("GET", control.url + path)
    log = control("GET", "log")
    assert log[-5]["path"] == "/bot7000000001:***/sendMessage"
    assert log[-5]["made"] == [{"kind": "message", "id": f"{CHANNEL}:{message.message_id}"}]
    assert [entry["error_code"] for entry in log[-4:]] == [404, 401, 404, 404]
    assert TOKEN.partition(":")[2] not in str(log)


async def test_a_method_that_is_not_emulated_is_not_found(bot: Bot) -> None:
    with pytest.raises(InvalidToken):  # what the library makes of a 404
        await bot.get_updates(timeout=0)
    answer = ask("POST", f"{bot.base_url}/getUpdates", {})
    assert answer.body == {"ok": False, "error_code": 404, "description": "Not Found: method not found"}


@pytest.mark.parametrize("text", ["<b>ciao", "ciao</b>", "<b><i>ciao</b></i>", "<script>x</script>"])
async def test_broken_html_is_refused(bot: Bot, text: str) -> None:
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await bot.send_message(CHANNEL, text, parse_mode="HTML")

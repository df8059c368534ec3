"""What reaches the channel: the method, the text as it was written, pictures in order, and the options."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from araldo.errors import ReconnectNeeded, Rejected, TryLater
from araldo.http import Http
from araldo.platforms.base import Destination, Publication, Published
from araldo.platforms.telegram.channel import TelegramChannel
from tests.platforms.contract import MovedClock, PlatformCase, Stages, publication_for
from tests.platforms.telegram.stage import CHANNEL, TOKEN, ServiceStage, credentials_of

TRICKY = "*Ciao* <b>_mondo_</b> &amp; [x](https://example.com) #tutti 👋"


@pytest.fixture
async def case(stages: Stages) -> AsyncIterator[PlatformCase]:
    stage, clock = stages.get("telegram"), MovedClock()
    async with Http(timeout_s=5) as http:
        platform = stage.build(TelegramChannel, http, clock)
        destination = stage.destination(platform.declaration)
        yield PlatformCase(platform, destination, Publication(TRICKY), stage, clock)


def stage_of(case: PlatformCase) -> ServiceStage:
    assert isinstance(case.stage, ServiceStage)
    return case.stage


async def publish(case: PlatformCase, publication: Publication) -> Published:
    case.publication = publication
    published = await case.publish(case.intent(await case.prepare()))
    assert isinstance(published, Published)
    return published


def last_call(case: PlatformCase) -> dict[str, str]:
    params: dict[str, str] = stage_of(case).sandbox.log("/send")[-1]["params"]
    return params


async def test_a_text_is_published_as_it_was_written(case: PlatformCase) -> None:
    published = await publish(case, Publication(TRICKY))
    (message,) = stage_of(case).messages()
    assert message["text"] == TRICKY
    assert {entity["type"] for entity in message["entities"]} == {"url", "hashtag"}
    assert published == Published(str(message["message_id"]), f"https://t.me/studio_demo/{message['message_id']}")
    assert last_call(case) == {"chat_id": CHANNEL, "text": TRICKY}


async def test_options_silence_a_post_and_its_link_preview(case: PlatformCase) -> None:
    await publish(case, Publication(TRICKY, options={"silent": True, "no_link_preview": True}))
    sent = last_call(case)
    assert sent["disable_notification"] == "true"
    assert json.loads(sent["link_preview_options"]) == {"is_disabled": True}
    await publish(case, Publication(TRICKY, options={"silent": False, "no_link_preview": False}))
    assert last_call(case).keys() == {"chat_id", "text"}


async def test_a_picture_has_the_text_as_its_caption(case: PlatformCase) -> None:
    publication = publication_for(case.platform.declaration, 1, "")
    await publish(case, replace(publication, text=TRICKY, options={"silent": True}))
    (message,) = stage_of(case).messages()
    assert message["caption"] == TRICKY
    assert [(size["width"], size["height"]) for size in message["photo"]] == [(1280, 720)]
    assert message["photo"][0]["file_size"] == len(publication.pictures[0].data)
    assert last_call(case)["disable_notification"] == "true"


async def test_an_album_shows_its_pictures_in_order_and_the_text_once(case: PlatformCase) -> None:
    publication = publication_for(case.platform.declaration, 3, "")
    sized = [replace(one, data=one.data + bytes(number)) for number, one in enumerate(publication.pictures)]
    published = await publish(case, replace(publication, pictures=tuple(sized)))
    messages = stage_of(case).messages()
    assert [one.get("caption") for one in messages] == ["Ciao a tutti", None, None]
    assert [one["photo"][0]["file_size"] for one in messages] == [len(one.data) for one in sized]
    assert published.remote_id == str(messages[0]["message_id"])


@pytest.mark.parametrize("count", [1, 2])
async def test_pictures_without_a_text_have_no_caption(case: PlatformCase, count: int) -> None:
    await publish(case, replace(publication_for(case.platform.declaration, count, ""), text=""))
    assert [one.get("caption") for one in stage_of(case).messages()] == [None] * count


async def test_the_longest_texts_are_accepted_in_utf16_units(case: PlatformCase) -> None:
    declared = case.platform.declaration
    assert (declared.limits.text_max, declared.limits.text_with_pictures_max) == (4096, 1024)
    await publish(case, Publication("👋" * 2048))
    await publish(case, replace(publication_for(declared, 1, ""), text="👋" * 512))
    with pytest.raises(Rejected, match="too long"):
        await publish(case, Publication("👋" * 2048 + "x"))


async def test_a_post_in_a_private_channel_has_the_link_of_its_members(case: PlatformCase) -> None:
    chat = stage_of(case).sandbox.control("telegram/chats", {"title": "Privato"})["id"]
    case.destination = Destination(chat, credentials_of(TOKEN, chat))
    published = await publish(case, Publication("Ciao"))
    link = f"https://t.me/c/{chat.removeprefix('-100')}/{published.remote_id}"
    assert published.permalink == link
    assert await case.platform.read_permalink(case.destination, str(published.remote_id)) == link


async def test_what_the_bot_lost_is_found_before_anything_is_sent(case: PlatformCase) -> None:
    ticket = case.intent(await case.prepare())
    members = f"telegram/chats/{CHANNEL}/members"
    for member, subcode in (
        ({"status": "administrator", "rights": []}, "rights_missing"),
        ({"status": "left"}, "not_member"),
        ({"status": "kicked"}, "not_member"),
    ):
        stage_of(case).sandbox.control(members, member)
        with pytest.raises(ReconnectNeeded) as raised:
            await case.publish(ticket)
        assert raised.value.subcode == subcode
    with pytest.raises(ReconnectNeeded):
        await case.prepare()
    assert stage_of(case).messages() == []


async def test_too_many_messages_wait_and_publish_nothing(case: PlatformCase) -> None:
    stage_of(case).sandbox.fault(
        service="telegram", kind="telegram_error", path="/sendMessage", error={"retry_after": 9}
    )
    with pytest.raises(TryLater) as raised:
        await publish(case, Publication("Ciao"))
    assert raised.value.after_s == 9
    assert stage_of(case).messages() == []

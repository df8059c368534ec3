"""Meta's own SDK against the sandbox: Pages, photos, posts, Instagram, limits, errors."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from facebook_business import FacebookAdsApi
from facebook_business.adobjects.comment import Comment
from facebook_business.adobjects.igcomment import IGComment
from facebook_business.adobjects.igmedia import IGMedia
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.post import Post
from facebook_business.adobjects.user import User
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

from tests.sandbox.meta import ACCOUNT, APP, PAGE, SECRET, Meta, jpeg

Open = Callable[[str], Any]


@pytest.fixture
def sdk(meta: Meta, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Yield a function that creates an SDK object for a token, with the sandbox's base URL."""
    monkeypatch.setattr(FacebookSession, "GRAPH", meta.url)
    opened: list[FacebookSession] = []

    def open_(token: str) -> Any:
        session = FacebookSession(APP, SECRET, token)
        opened.append(session)
        return FacebookAdsApi(session)

    yield open_
    for session in opened:
        session.requests.close()


async def test_the_sdk_finds_the_page_and_publishes_a_photo_post(meta: Meta, sdk: Open) -> None:
    user = sdk(await meta.token())

    def work() -> tuple[str, str]:
        pages = list(User("me", api=user).get_accounts(fields=["id", "name", "access_token"]))
        assert [page["id"] for page in pages] == [PAGE]
        api = sdk(pages[0]["access_token"])
        photo = api.call(
            "POST", (PAGE, "photos"), {"published": "false"}, files={"source": ("a.jpg", jpeg(), "image/jpeg")}
        ).json()
        media = [{"media_fbid": photo["id"]}]
        post = Page(PAGE, api=api).create_feed(params={"message": "ciao", "attached_media": media})
        listed = Page(PAGE, api=api).get_published_posts(fields=["id", "message"])
        assert [node["message"] for node in listed] == ["ciao"]
        return str(post["id"]), str(photo["id"])

    post_id, photo_id = await asyncio.to_thread(work)
    state = await meta.state()
    assert [post["id"] for post in state["posts"]] == [post_id]
    assert photo_id in str(state["posts"][0]["attached_media"])


async def test_the_sdk_publishes_on_instagram_and_reads_the_limit(meta: Meta, sdk: Open, pictures: str) -> None:
    api = sdk(await meta.token())

    def work() -> int:
        account = IGUser(ACCOUNT, api=api)
        container = account.create_media(params={"image_url": f"{pictures}/1080x1080.jpg", "caption": "ciao"})
        status = api.call("GET", (container["id"],), {"fields": "status_code"}).json()
        assert status["status_code"] == "FINISHED"
        account.create_media_publish(params={"creation_id": container["id"]})
        limit = account.get_content_publishing_limit(fields=["quota_usage", "config"])
        return int(limit[0]["quota_usage"])

    assert await asyncio.to_thread(work) == 1
    assert [media["caption"] for media in (await meta.state())["media"]] == ["ciao"]


async def test_the_sdk_parses_errors(meta: Meta, sdk: Open) -> None:
    user = await meta.token()
    await meta.control("POST", "tokens/kill", {"access_token": user, "subcode": 463})
    with pytest.raises(FacebookRequestError) as raised:
        await asyncio.to_thread(lambda: User("me", api=sdk(user)).api_get())
    assert (raised.value.api_error_code(), raised.value.api_error_subcode()) == (190, 463)
    assert raised.value.api_error_type() == "OAuthException"


async def test_the_sdk_inspects_a_token(meta: Meta, sdk: Open) -> None:
    token = await meta.token()
    api = sdk(f"{APP}|{SECRET}")
    told = await asyncio.to_thread(lambda: api.call("GET", ("debug_token",), {"input_token": token}).json())
    assert (told["data"]["type"], told["data"]["is_valid"]) == ("USER", True)


async def test_the_sdk_pages_through_a_list_and_deletes(meta: Meta, sdk: Open) -> None:
    api = sdk(await meta.token("page"))

    def work() -> list[str]:
        page = Page(PAGE, api=api)
        for text in ("uno", "due", "tre"):
            page.create_feed(params={"message": text, "published": True})
        found = list(page.get_published_posts(fields=["message"], params={"limit": 1}))
        Post(found[0]["id"], api=api).api_update(params={"message": "quattro"})
        Post(found[1]["id"], api=api).api_delete()
        return [post["message"] for post in found]

    assert await asyncio.to_thread(work) == ["tre", "due", "uno"]
    assert [post["message"] for post in (await meta.state())["posts"]] == ["uno", "quattro"]


async def test_the_sdk_publishes_a_story_and_schedules_a_post(meta: Meta, sdk: Open, pictures: str) -> None:
    api = sdk(await meta.token("page"))

    def work() -> tuple[Any, Any, Any]:
        page = Page(PAGE, api=api)
        photo = page.create_photo(params={"url": f"{pictures}/1080x1920.jpg", "published": False})
        page.create_photo_story(params={"photo_id": photo["id"]})
        told = page.get_stories(fields=["post_id", "media_id", "status"])
        later = {"message": "poi", "published": False, "scheduled_publish_time": int(time.time()) + 3600}
        made = page.create_feed(params=later)
        waiting = page.get_scheduled_posts(fields=["message", "scheduled_publish_time"])
        assert waiting[0]["scheduled_publish_time"] == later["scheduled_publish_time"]
        return photo["id"], told[0], (made["id"], waiting[0]["id"])

    photo, story, (made, waiting) = await asyncio.to_thread(work)
    assert (story["media_id"], story["status"]) == (photo, "PUBLISHED")
    assert made == waiting


async def test_the_sdks_batch_gets_an_answer_for_each_item(meta: Meta, sdk: Open) -> None:
    api = sdk(await meta.token("page"))
    answers: list[Any] = []

    def work() -> None:
        batch = api.new_batch()
        for text in ("uno", "", "due"):
            batch.add(
                "POST",
                (PAGE, "feed"),
                params={"message": text},
                success=lambda answer: answers.append(answer.json()["id"]),
                failure=lambda answer: answers.append(answer.error().api_error_code()),
            )
        batch.execute()

    await asyncio.to_thread(work)
    assert answers[1] == 197
    assert [answers[0], answers[2]] == [post["id"] for post in (await meta.state())["posts"]]


async def test_the_sdk_reads_the_user_and_permissions(meta: Meta, sdk: Open) -> None:
    api = sdk(await meta.token())

    def work() -> tuple[Any, Any, Any]:
        me = User("me", api=api).api_get(fields=["id", "name", "email"])
        given = User("me", api=api).get_permissions()
        businesses = User("me", api=api).get_businesses(fields=["name"])
        return me["name"], given[0]["status"], businesses[0].get_owned_pages(fields=["name"])[0]["id"]

    assert await asyncio.to_thread(work) == ("Ada Demo", "granted", PAGE)


async def test_the_sdk_comments_on_a_post_and_moderates(meta: Meta, sdk: Open) -> None:
    api = sdk(await meta.token("page"))

    def work() -> tuple[str, list[str], list[str]]:
        post = Page(PAGE, api=api).create_feed(params={"message": "ciao"})
        first = Post(post["id"], api=api).create_comment(fields=["permalink_url"], params={"message": "primo"})
        assert str(first["permalink_url"]).startswith(meta.url)
        reply = Comment(first["id"], api=api).create_comment(params={"message": "risposta"})
        Comment(first["id"], api=api).api_update(params={"message": "mutato", "is_hidden": True})
        read = Comment(first["id"], api=api).api_get(fields=["message", "is_hidden", "comment_count", "from"])
        assert (read["message"], read["is_hidden"], read["comment_count"], read["from"]["id"]) == (
            "mutato",
            True,
            1,
            PAGE,
        )
        answers = [node["message"] for node in Comment(first["id"], api=api).get_comments(fields=["message"])]
        Comment(reply["id"], api=api).api_delete()
        listed = Post(post["id"], api=api).get_comments(fields=["message"], params={"filter": "stream"})
        return first["id"], answers, [node["message"] for node in listed]

    first, answers, listed = await asyncio.to_thread(work)
    assert (answers, listed) == (["risposta"], ["mutato"])
    assert [node["id"] for node in (await meta.state())["comments"]] == [first]


async def test_the_sdk_comments_on_instagram_and_turns_comments_off(meta: Meta, sdk: Open, pictures: str) -> None:
    token = await meta.token()
    media = (await meta.publish(token, await meta.container(token, f"{pictures}/800x800.jpg"))).body["id"]
    api = sdk(token)

    def work() -> list[str]:
        first = IGMedia(media, api=api).create_comment(params={"message": "primo"})
        IGComment(first["id"], api=api).create_reply(params={"message": "risposta"})
        IGComment(first["id"], api=api).api_update(params={"hide": True})
        assert IGComment(first["id"], api=api).api_get(fields=["hidden"])["hidden"] is True
        IGMedia(media, api=api).api_update(params={"comment_enabled": False})
        with pytest.raises(FacebookRequestError) as raised:
            IGMedia(media, api=api).create_comment(params={"message": "dopo"})
        assert raised.value.api_error_message() == "(#100) Comments are turned off for this media"
        raw = api.call("POST", (media,), {"comment_enabled": True}).json()
        assert raw == {"success": True}
        replies = IGComment(first["id"], api=api).get_replies(fields=["text"])
        listed = IGMedia(media, api=api).get_comments(fields=["text", "timestamp"])
        IGComment(first["id"], api=api).api_delete()
        return [node["text"] for node in [*listed, *replies]]

    assert await asyncio.to_thread(work) == ["primo", "risposta"]
    assert (await meta.state())["comments"] == []


async def test_the_sdk_gets_an_error_for_what_is_not_emulated(meta: Meta, sdk: Open) -> None:
    api = sdk(await meta.token("page"))
    with pytest.raises(FacebookRequestError) as raised:
        await asyncio.to_thread(lambda: Page(PAGE, api=api).get_insights(params={"period": "day"}))
    assert "does not emulate the field or edge insights" in str(raised.value.api_error_message())
    assert (raised.value.api_error_code(), raised.value.api_error_subcode()) == (100, None)

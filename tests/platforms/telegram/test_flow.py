"""From connecting a channel to a published album, and a lost answer to a person's decision, all by the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.platforms.telegram.stage import CHANNEL, TOKEN
from tests.platforms.telegram.system import begin, messages, publish, sends
from tests.support.running_system import RunningSystem, ask
from tests.support.waiting import until

DRY_RUN = "/api/v1/social/create-multi-platform-post?validate_only=true"


def lose_the_answer(home: RunningSystem, when: str = "after_commit") -> str:
    """Publish a post whose answer is lost, and return its id."""
    home.meta.fault(service="telegram", path="/send", kind="reset", when=when, times=1)
    body = publish(home)
    (result,) = body["results"]
    assert (result["state"], result["may_be_decided"]) == ("unconfirmed", True), body
    return str(body["job_id"])


def resolve(home: RunningSystem, post: str, **body: str) -> Any:
    reply = home.ask("POST", f"/api/v1/posts/{post}/deliveries/telegram/resolve", body)
    assert reply.status == 200, reply.raw
    return reply.body


def test_the_connected_channel_is_an_account(home: RunningSystem) -> None:
    (account,) = home.ask("GET", "/api/v1/accounts").body["data"]
    shown = (account["service"], account["method"], account["name"], account["username"], account["health"])
    assert shown == ("telegram", "bot", "Studio Demo", "studio_demo", "ok")
    assert (account["platforms"], account["ends"][0]["at"]) == (["telegram"], None)


def test_a_channel_where_the_bot_may_not_post_is_not_connected(home: RunningSystem) -> None:
    home.meta.control(f"telegram/chats/{CHANNEL}/members", {"status": "administrator", "rights": []})
    refused = begin(home)
    assert (refused.status, refused.body["code"]) == (422, "cannot_post")
    assert "allow it to post messages" in refused.body["detail"]


def test_one_text_three_pictures_and_a_link_that_opens(home: RunningSystem) -> None:
    text = "Araldo è qui. Pubblica ovunque una volta sola. Disegna le immagini da sé."
    made = home.create(content=text, platforms=["telegram"], pictures=3, publish_immediately=True, wait=60).body
    assert made["status"] == "published", made
    sent = messages(home)
    assert [(one["photo"][0]["width"], one["photo"][0]["height"]) for one in sent] == [(1280, 720)] * 3
    assert (sent[0]["caption"], len({one["media_group_id"] for one in sent})) == (text, 1)
    (result,) = made["platforms"]
    assert (result["post_id"], result["notes"]) == (str(sent[0]["message_id"]), [])
    assert ask("GET", result["post_url"]).status == 200


def test_a_picture_in_another_shape_and_a_silent_text(home: RunningSystem) -> None:
    options = {"telegram": {"silent": True}}
    shown = home.create(
        platforms=["telegram"], shapes={"telegram": "4:5"}, options=options, publish_immediately=True, wait=60
    ).body
    assert shown["status"] == "published", shown
    (message,) = messages(home)
    assert (message["photo"][0]["width"], message["photo"][0]["height"]) == (1080, 1350)
    assert home.meta.log("/sendPhoto")[-1]["params"]["disable_notification"] == "true"


def test_a_text_is_counted_in_utf16_with_fewer_units_beside_a_picture(home: RunningSystem) -> None:
    body = {"platforms": ["telegram"], "content": "👋" * 600}
    with_picture = home.ask("POST", "/api/v1/posts", body).body
    assert [one["code"] for one in with_picture["problems"]] == ["text_too_long"]
    without = home.ask("POST", "/api/v1/posts", {**body, "image_provider": "none"}).body
    assert without["problems"] == []


def test_the_person_is_told_before_that_a_lost_answer_will_be_a_question(home: RunningSystem) -> None:
    """The warnings of a draft are those that the studio lists before it publishes."""
    body = {"platforms": ["telegram"], "content": "Ciao"}
    draft = home.ask("POST", "/api/v1/posts", body)
    for reply in (home.ask("POST", DRY_RUN, body, accept_language="it"), draft):
        (warning,) = reply.body["warnings"]
        assert (warning["code"], warning["pointer"]) == ("cannot_check", "/platforms/0")
    shown = home.ask("GET", f"/api/v1/posts/{draft.body['job_id']}", accept_language="it").body
    assert "Se Telegram non risponde" in shown["warnings"][0]["detail"]


def test_a_lost_answer_is_asked_once_and_never_sent_again(home: RunningSystem) -> None:
    post = lose_the_answer(home)
    assert (len(messages(home)), sends(home)) == (1, 1)
    link = f"{home.meta.url}/t.me/studio_demo/{messages(home)[0]['message_id']}"
    assert resolve(home, post, **{"as": "published", "post_url": link})["status"] == "published"
    shown = home.ask("GET", f"/api/v1/social/posts/{post}").body["platforms"][0]
    assert (shown["post_url"], shown["may_be_decided"]) == (link, False)
    assert sends(home) == 1


def test_a_post_that_a_person_did_not_find_is_sent_again(home: RunningSystem) -> None:
    post = lose_the_answer(home, "before")
    assert messages(home) == []
    resolve(home, post, **{"as": "retry"})
    until(lambda: home.ask("GET", f"/api/v1/social/posts/{post}").body["status"] == "published")
    assert (len(messages(home)), sends(home)) == (1, 2)


def test_a_post_is_given_up_by_a_person(home: RunningSystem) -> None:
    post = lose_the_answer(home, "before")
    assert resolve(home, post, **{"as": "cancelled"})["status"] == "cancelled"
    assert (messages(home), sends(home)) == ([], 1)


@pytest.mark.parametrize(("error", "state"), [({"retry_after": 1}, "published"), ({"error_code": 400}, "failed")])
def test_a_refusal_is_no_question(home: RunningSystem, error: dict[str, Any], state: str) -> None:
    home.meta.fault(service="telegram", path="/sendMessage", kind="telegram_error", error=error, times=1)
    post = str(publish(home)["job_id"])
    until(lambda: home.ask("GET", f"/api/v1/social/posts/{post}").body["status"] == state, within_s=20)
    assert len(messages(home)) == (state == "published")


def test_a_revoked_token_waits_and_disconnecting_says_what_to_do_by_hand(home: RunningSystem) -> None:
    token = home.meta.control(f"telegram/bots/{TOKEN.partition(':')[0]}/revoke", {})["token"]
    body = publish(home)
    assert body["results"][0]["state"] == "needs_reconnect"
    begun = begin(home, token=token).body
    chosen = home.ask("POST", f"/api/v1/connections/{begun['id']}/choose", {"group_ids": [CHANNEL]})
    assert chosen.status == 200
    until(lambda: home.ask("GET", f"/api/v1/social/posts/{body['job_id']}").body["status"] == "published")
    account = chosen.body["data"][0]["id"]
    done = home.ask("DELETE", f"/api/v1/accounts/{account}").body
    assert (done["revoked"], "/revoke to @BotFather" in done["note"]) == (False, True)

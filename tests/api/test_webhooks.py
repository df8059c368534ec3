"""Webhooks from the receiver's side: verified by the standardwebhooks library, each event once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from araldo.notify.models import EVENT_TYPES
from tests.support.aiohttp_site import opened_in_thread
from tests.support.receiver import Receiver, running_receiver
from tests.support.running_system import RunningSystem, start_system
from tests.support.waiting import until

ERROR = {"status": 400, "code": 100, "message": "Invalid parameter"}


@dataclass
class WebhookScenario:
    home: RunningSystem
    receiver: Receiver

    def hook(self, **more: Any) -> dict[str, Any]:
        reply = self.home.ask("POST", "/api/v1/webhooks", {"url": self.receiver.url, **more})
        assert reply.status == 201, reply.body
        made: dict[str, Any] = reply.body
        return made

    def log(self, hook: dict[str, Any], query: str = "") -> dict[str, Any]:
        found: dict[str, Any] = self.home.ask("GET", f"/api/v1/webhooks/{hook['id']}/deliveries{query}").body
        return found

    def verified(self, secret: str) -> list[dict[str, Any]]:
        return [Webhook(secret).verify(got.body, got.headers) for got in self.receiver.got]


@pytest.fixture(params=["sqlite", "postgresql"])
def scenario(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WebhookScenario]:
    more: dict[str, Any] = (
        {} if request.param == "sqlite" else {"database": {"url": request.getfixturevalue("fresh_postgres")}}
    )
    # The first workspace's language.
    monkeypatch.setenv("LC_ALL", "it_IT.UTF-8")
    with (
        opened_in_thread(running_receiver()) as receiver,
        start_system(tmp_path, fetch={"allow": [receiver.pair]}, **more) as home,
    ):
        yield WebhookScenario(home, receiver)


def test_an_approval_is_told_with_who_said_what_and_without_the_note(scenario: WebhookScenario) -> None:
    home, hook = scenario.home, scenario.hook()
    draft = {"content": "Pane", "platforms": ["facebook"], "image_provider": "none", "note": "interna"}
    path = f"/api/v1/posts/{home.ask('POST', '/api/v1/posts', draft).body['job_id']}"
    version = home.ask("POST", f"{path}/approval/request", {"comment": "Va bene?"}).body["version"]
    assert home.ask("POST", f"{path}/approval/approve", {"version": version}).status == 200
    assert home.ask("PATCH", path, {"content": "Pane nero"}).body["approval"] == "withdrawn"
    until(lambda: len(scenario.receiver.got) == 3)
    by_type = {message["type"]: message["data"] for message in scenario.verified(hook["secret"])}
    assert set(by_type) == {"approval.requested", "approval.given", "approval.withdrawn"}
    asked = by_type["approval.requested"]
    assert (asked["by"], asked["by_link"], asked["comment"], asked["due_at"]) == ("test", False, "Va bene?", None)
    assert by_type["approval.withdrawn"]["content"] == "Pane nero"
    assert not any("interna" in str(got.body) for got in scenario.receiver.got)


def test_a_partially_published_post_sends_each_event_once(scenario: WebhookScenario) -> None:
    hook = scenario.hook(events=["*"])
    scenario.home.meta.fault(
        method="POST", path="/media_publish", when="before", kind="graph_error", error=ERROR, times=9
    )
    created = scenario.home.create(platforms=["facebook", "instagram"], publish_immediately=True).body
    assert created["status"] == "partial"
    until(lambda: len(scenario.receiver.got) >= 3)
    until(lambda: {row["state"] for row in scenario.log(hook)["data"]} == {"delivered"})
    messages = scenario.verified(hook["secret"])
    kinds = Counter(message["type"] for message in messages)
    assert kinds == {"delivery.published": 1, "delivery.failed": 1, "post.partially_published": 1}
    by_type = {message["type"]: message["data"] for message in messages}
    assert {data["post_id"] for data in by_type.values()} == {created["job_id"]}
    assert by_type["delivery.failed"]["platform"] == "instagram"
    # The workspace speaks Italian, whoever asked.
    reader = scenario.home.ask("GET", f"/api/v1/social/posts/{created['job_id']}", Accept_Language="it").body
    wrong = next(one for one in reader["platforms"] if one["platform"] == "instagram")
    assert by_type["delivery.failed"]["error"]["message"] == wrong["error"]
    places = {one["platform"]: one for one in by_type["post.partially_published"]["platforms"]}
    assert places["facebook"]["post_url"].startswith("http")
    assert by_type["delivery.published"]["post_url"] == places["facebook"]["post_url"]


def test_default_webhooks_receive_failures_only(scenario: WebhookScenario) -> None:
    hook = scenario.hook()
    assert hook["events"] == [name for name in EVENT_TYPES if not name.endswith((".published", ".needs_reconnect"))]
    assert scenario.home.create(publish_immediately=True).body["status"] == "published"
    scenario.home.meta.fault(method="POST", path="/feed", when="before", kind="graph_error", error=ERROR, times=9)
    assert scenario.home.create(publish_immediately=True).body["status"] == "failed"
    until(lambda: len(scenario.receiver.got) >= 2)
    assert sorted(scenario.receiver.types) == ["delivery.failed", "post.failed"]


def test_a_webhook_from_creation_to_deletion(scenario: WebhookScenario) -> None:
    home, hook = scenario.home, scenario.hook(note="Slack")
    path = f"/api/v1/webhooks/{hook['id']}"
    assert hook["secret"].startswith("whsec_")
    (listed,) = home.ask("GET", "/api/v1/webhooks").body["data"]
    assert listed == home.ask("GET", path).body
    assert "secret" not in listed
    tested = home.ask("POST", f"{path}/test")
    assert (tested.status, tested.body["state"], tested.body["status_code"]) == (200, "delivered", 204)
    assert scenario.verified(hook["secret"])[0]["type"] == "test"
    changed = home.ask("PATCH", path, {"events": ["post.failed"], "active": False}).body
    assert (changed["events"], changed["active"], changed["note"]) == (["post.failed"], False, "Slack")
    assert home.ask("PATCH", path, {"events": None}).body["events"] == hook["events"]
    again = home.ask("POST", f"{path}/deliveries/{tested.body['id']}/redeliver")
    assert (again.status, again.body["code"]) == (409, "webhook_not_active")
    home.ask("PATCH", path, {"active": True})
    assert home.ask("POST", f"{path}/deliveries/{tested.body['id']}/redeliver").status == 202
    until(lambda: len(scenario.receiver.got) == 2)
    rotated = home.ask("POST", f"{path}/rotate-secret").body
    assert rotated["secret"] != hook["secret"]
    home.ask("POST", f"{path}/test")
    last = scenario.receiver.got[-1]
    assert [Webhook(one["secret"]).verify(last.body, last.headers) for one in (hook, rotated)]
    assert home.ask("DELETE", path).status == 204
    assert home.ask("GET", path).status == 404


def test_the_delivery_log_is_paged(scenario: WebhookScenario) -> None:
    hook = scenario.hook()
    scenario.receiver.answers = [204, 500, 204]
    ids = [scenario.home.ask("POST", f"/api/v1/webhooks/{hook['id']}/test").body["id"] for _ in range(3)]
    first = scenario.log(hook, "?limit=2")
    rest = scenario.log(hook, f"?limit=2&cursor={first['next_cursor']}")
    assert [row["id"] for row in first["data"] + rest["data"]] == ids[::-1]
    assert (first["has_more"], rest["has_more"], rest["next_cursor"]) == (True, False, None)
    assert [row["id"] for row in scenario.log(hook, "?state=failed")["data"]] == [ids[1]]
    assert json.loads(first["data"][0]["payload"])["type"] == "test"
    assert scenario.home.ask("GET", f"/api/v1/webhooks/{hook['id']}/deliveries?cursor=x").status == 422


def test_invalid_requests_are_refused(scenario: WebhookScenario) -> None:
    for body, pointer, code in (
        ({"url": "http://10.0.0.1/"}, "/url", "address_not_public"),
        ({"url": scenario.receiver.url, "events": ["post.shared"]}, "/events/0", "event_unknown"),
        ({"url": scenario.receiver.url, "secret": "whsec_short"}, "/secret", "secret_invalid"),
        ({}, "/url", "missing"),
    ):
        reply = scenario.home.ask("POST", "/api/v1/webhooks", body)
        assert (reply.status, reply.body["errors"][0]["pointer"]) == (422, pointer)
        assert reply.body["errors"][0]["code"] == code
    assert scenario.home.ask("GET", "/api/v1/webhooks").body["data"] == []


def test_webhook_secrets_are_stored_encrypted(scenario: WebhookScenario) -> None:
    hook = scenario.hook()
    scenario.home.ask("POST", f"/api/v1/webhooks/{hook['id']}/test")
    for path in scenario.home.settings.data_dir.rglob("*"):
        if path.is_file():
            assert hook["secret"].encode() not in path.read_bytes()

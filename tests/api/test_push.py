"""Push notifications over HTTP: a browser subscribes, a failed post arrives in it, and signing out ends it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.aiohttp_site import opened_in_thread
from tests.support.browsing import Person, signed_in
from tests.support.push_service import Browser, PushService, running_push_service
from tests.support.running_system import RunningSystem, start_system
from tests.support.waiting import until

DEVICES = "/api/v1/push/devices"
ERROR = {"status": 400, "code": 100, "message": "Invalid parameter"}


@pytest.fixture(params=["sqlite", "postgresql"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[RunningSystem, PushService]]:
    more: dict[str, Any] = (
        {} if request.param == "sqlite" else {"database": {"url": request.getfixturevalue("fresh_postgres")}}
    )
    with (
        opened_in_thread(running_push_service()) as service,
        start_system(tmp_path, fetch={"allow": [service.pair]}, **more) as home,
    ):
        yield home, service


def subscribe(person: Person, browser: Browser) -> dict[str, Any]:
    made = person.ask("POST", DEVICES, {"endpoint": browser.endpoint, "keys": browser.keys})
    assert made.status == 201, made.raw
    assert browser.endpoint not in made.raw.decode()
    assert browser.keys["auth"] not in made.raw.decode()
    device: dict[str, Any] = made.body
    return device


def test_a_failed_post_arrives_until_the_person_signs_out(running: tuple[RunningSystem, PushService]) -> None:
    home, service = running
    person, browser = signed_in(home), Browser(f"{service.url}/one")
    device = subscribe(person, browser)
    assert (device["current"], device["error"], device["last_sent_at"]) == (True, None, None)
    assert person.ask("POST", f"{DEVICES}/{device['id']}/test").body == {"sent": True, "error": None, "removed": False}
    assert service.taken[0].public_key == person.ask("GET", "/api/v1/push/key").body["public_key"]
    home.meta.fault(method="POST", path="/feed", when="before", kind="graph_error", error=ERROR, times=9)
    created = home.create(content="Pane fresco", publish_immediately=True)
    assert created.body["status"] == "failed"
    until(lambda: len(service.taken) == 2, within_s=40)
    payload = browser.open(service.taken[1])
    assert payload["path"] == f"/posts/{created.body['job_id']}"
    assert payload["body"].startswith("Pane fresco\n")
    listed = signed_in(home).ask("GET", DEVICES)
    assert [(one["id"], one["current"], one["error"]) for one in listed.body["data"]] == [(device["id"], False, None)]
    assert browser.endpoint not in listed.raw.decode()
    assert person.ask("DELETE", "/api/v1/session").status == 204
    assert signed_in(home).ask("GET", DEVICES).body["data"] == []


def test_a_subscription_that_is_none_is_refused_with_each_problem(
    running: tuple[RunningSystem, PushService],
) -> None:
    home, _ = running
    body = {"endpoint": "https://10.0.0.1/", "keys": {"p256dh": "secret-key", "auth": "!"}}
    refused = signed_in(home).ask("POST", DEVICES, body)
    assert refused.status == 422
    assert [(one["pointer"], one["code"]) for one in refused.body["errors"]] == [
        ("/endpoint", "address_not_public"),
        ("/keys/p256dh", "key_invalid"),
        ("/keys/auth", "key_invalid"),
    ]
    assert "secret-key" not in refused.raw.decode()
    assert home.ask("GET", DEVICES).body["code"] == "person_needed"

"""Notification rules by value: types, subscriptions, retry schedule, payloads, signatures."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from araldo.errors import PostInvalid
from araldo.notify.models import EVENT_TYPES, RETRY_DELAYS_S, next_attempt_at, subscribed_types
from araldo.notify.rules import build_payload, excerpt, notification_types
from araldo.notify.signing import make_secret, signature_headers, validate_secret
from araldo.storage.events import Event

AT = datetime(2030, 1, 31, 9, 0, tzinfo=UTC)


def event(kind: str, post_id: str | None = "p", **data: Any) -> Event:
    return Event(7, "w", kind, post_id, "d", data, AT)


def test_successes_and_waiting_posts_are_sent_to_subscribers_only() -> None:
    unasked = subscribed_types(None)
    assert set(EVENT_TYPES) - set(unasked) == {
        "post.published",
        "delivery.published",
        "post.needs_reconnect",
        "delivery.needs_reconnect",
    }
    assert subscribed_types(["*"]) == list(EVENT_TYPES)
    assert subscribed_types(["delivery.failed"]) == ["delivery.failed"]
    assert subscribed_types([]) == []


def test_the_schedule_in_seconds() -> None:
    assert RETRY_DELAYS_S == (5, 30, 120, 600, 3_600, 10_800, 28_800)
    moments = [next_attempt_at(count, AT, 0.5) for count in range(1, 9)]
    assert [moment and (moment - AT).total_seconds() for moment in moments] == [*map(float, RETRY_DELAYS_S), None]


@given(st.integers(1, 7), st.floats(0, 1, exclude_max=True))
def test_retries_are_spread_by_jitter(attempts: int, jitter: float) -> None:
    moment = next_attempt_at(attempts, AT, jitter)
    assert moment is not None
    assert 0.9 <= (moment - AT).total_seconds() / RETRY_DELAYS_S[attempts - 1] <= 1.1


@pytest.mark.parametrize("state", ["failed", "unconfirmed", "missed", "needs_reconnect", "published"])
def test_every_final_delivery_state_notifies_for_the_delivery_and_the_settled_post(state: str) -> None:
    told = event(f"delivery.{state}", state=state, picture_state="ready")
    assert notification_types(told, {"state": "publishing", "picture_state": "ready"}, None) == [f"delivery.{state}"]
    assert notification_types(told, None, "partial") == [f"delivery.{state}", "post.partially_published"]
    # A regenerated picture does not change the outcome; a repeated outcome notifies again.
    assert notification_types(told, {"state": state, "picture_state": "making"}, "failed") == []
    assert notification_types(told, {"state": state, "picture_state": "ready"}, None) == [f"delivery.{state}"]


@pytest.mark.parametrize("state", ["draft", "scheduled", "queued", "preparing", "waiting", "publishing", "cancelled"])
def test_intermediate_events_do_not_notify(state: str) -> None:
    assert notification_types(event(f"delivery.{state}", state=state), None, "published") == []


def test_account_health_events_notify() -> None:
    for health in ("expiring", "action_needed", "dead"):
        assert notification_types(event("account.health", None, health=health), None, None) == [f"account.{health}"]
    assert notification_types(event("account.health", None, health="ok"), None, None) == []
    assert notification_types(event("account.connected", None), None, None) == []


def test_a_payload_without_its_deleted_post() -> None:
    error = {"code": "x", "message": {"en": "No.", "it": "No!"}}
    body = build_payload(
        "delivery.failed", event("delivery.failed", state="failed", platform="wall", error=error), None, "it"
    )
    assert (body["type"], body["timestamp"]) == ("delivery.failed", "2030-01-31T09:00:00.000Z")
    assert body["data"]["error"] == {"code": "x", "message": "No!"}
    assert body["data"]["post_url"] is None


def test_an_excerpt_is_one_short_line() -> None:
    assert excerpt("Ciao\n\n a  tutti") == "Ciao a tutti"
    assert len(excerpt("parola " * 100)) <= 140


def test_secrets_are_validated() -> None:
    assert make_secret() != make_secret()
    for length in (24, 32, 64):
        own = "whsec_" + base64.b64encode(b"x" * length).decode()
        assert validate_secret(own, "/secret") == own
    for wrong in ("", "whsec_", "whsec_!!!", "secret", "whsec_" + base64.b64encode(b"x" * 23).decode(), "whsec_é"):
        with pytest.raises(PostInvalid) as refused:
            validate_secret(wrong, "/secret")
        assert refused.value.problems[0].pointer == "/secret"


@given(st.text(max_size=200), st.booleans())
def test_signatures_are_verified_by_the_standard_library(body: str, rotating: bool) -> None:
    body = body.encode("utf-8", "ignore").decode()
    old, new, now = make_secret(), make_secret(), datetime.now(UTC)
    headers = signature_headers("msg_1", now, body, [new, old] if rotating else [new])
    Webhook(new).verify(body, headers, json_parse=False)
    if rotating:
        Webhook(old).verify(body, headers, json_parse=False)
    assert len(headers["webhook-signature"].split(" ")) == 1 + rotating
    assert abs(int(headers["webhook-timestamp"]) - now.timestamp()) <= timedelta(seconds=1).total_seconds()

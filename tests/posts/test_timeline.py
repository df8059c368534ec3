"""Messages of the timeline, by value, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from araldo.messages import message_of
from araldo.posts.models import Post, State
from araldo.posts.timeline import _STATES, Attempt, TimelineContext, timeline_of
from araldo.storage.events import Event

AT = datetime(2030, 1, 31, 9, 0, tzinfo=UTC)
TELLING = TimelineContext({"wall": "Wall"}, "Europe/Rome")
QUOTA = {
    "message": message_of(
        {"en": "50 posts in 24 hours are allowed.", "it": "Sono ammessi 50 post in 24 ore."}
    ).as_json()
}


def post(due_at: datetime | None = None) -> Post:
    return Post(
        id="p",
        workspace_id="w",
        content="Ciao",
        due_at=due_at,
        zone="Europe/Rome",
        late_limit_s=0,
        created_at=AT,
        updated_at=AT,
    )


def event(kind: str, seconds: float = 0, delivery: str | None = "d", **data: Any) -> Event:
    told = {"platform": "wall", "state": kind.partition(".")[2], "picture_state": "none", "error": None, **data}
    return Event(1, "w", kind, "p", delivery, told, AT + timedelta(seconds=seconds))


def attempt(outcome: str | None, answer: dict[str, Any] | None, seconds: float | None = 1.5) -> Attempt:
    return Attempt("d", "wall", 1, AT + timedelta(seconds=1), {"text": "Ciao"}, outcome, answer, seconds, None)


def said(*events: Event, attempts: list[Attempt] | None = None, due_at: datetime | None = None) -> list[str]:
    lines = timeline_of(post(due_at), list(events), attempts or [], TELLING)
    assert all(line.message.to("it") and "{" not in line.message.to("en") + line.message.to("it") for line in lines)
    return [line.message.to("en") for line in lines]


def test_waiting_names_the_end_in_the_workspaces_zone_and_the_reason() -> None:
    later = (AT + timedelta(minutes=30)).isoformat()
    waiting = event("delivery.waiting", next_at=later, error=QUOTA)
    assert said(waiting) == ["Waiting until 10:30 (Europe/Rome): 50 posts in 24 hours are allowed."]
    line = timeline_of(post(), [waiting], [], TELLING)[0]
    assert (
        line.message.to("it") == "In attesa. Sono ammessi 50 post in 24 ore. Prossimo tentativo: 10:30 (Europe/Rome)."
    )
    assert line.raw == {"answered": QUOTA}


@pytest.mark.parametrize(
    ("next_at", "text"),
    [
        (None, "Waiting for Wall."),
        (AT - timedelta(1), "Waiting for Wall."),
        (AT + timedelta(seconds=20), "Waiting until 10:00:20 (Europe/Rome), then checking with Wall again."),
        (AT + timedelta(days=1), "Waiting until Fri 1 Feb 2030, 10:00 (Europe/Rome), then checking with Wall again."),
    ],
)
def test_the_format_of_the_end_depends_on_the_length_of_the_wait(next_at: datetime | None, text: str) -> None:
    assert said(event("delivery.waiting", next_at=next_at and next_at.isoformat())) == [text]


def test_seconds_and_the_date_are_written_where_a_short_wait_passes_midnight() -> None:
    late = datetime(2030, 1, 31, 22, 59, 50, tzinfo=UTC)
    waiting = replace(event("delivery.waiting", next_at=(late + timedelta(seconds=20)).isoformat()), at=late)
    message = timeline_of(post(), [waiting], [], TELLING)[0].message
    assert message.to("it") == "In attesa di Wall. Prossimo controllo: ven 1 feb 2030, 00:00:10 (Europe/Rome)."


def test_an_intent_is_listed_as_the_attempt_that_it_opened_and_in_the_order_of_causes() -> None:
    events = [event("delivery.preparing", 1), event("delivery.publishing", 1), event("delivery.published", 2.5)]
    unclear = attempt("published", {"kind": "OutcomeUnknown", "message": QUOTA["message"]})
    assert said(*events, attempts=[unclear]) == [
        "Preparing the post for Wall.",
        "Sent to Wall (attempt 1).",
        "No clear answer. Araldo checks whether it was published before it tries again.",
        "Published on Wall.",
    ]


def test_answers_of_an_attempt() -> None:
    assert said(attempts=[attempt("published", {"remote_id": "1"})]) == ["Sent to Wall (attempt 1)."]
    assert said(attempts=[attempt(None, None, None)]) == ["Sent to Wall (attempt 1)."]
    assert said(attempts=[attempt("refused", QUOTA)])[1] == (
        "Refused, so not published: 50 posts in 24 hours are allowed."
    )
    assert said(attempts=[attempt("decided", {"decided": "published"}, None)])[1] == (
        "Someone checked: it was published."
    )


def test_only_the_result_of_a_picture_is_listed() -> None:
    events = [
        event("delivery.draft", picture_state="making"),
        event("delivery.draft", 1, picture_state="ready"),
        event("delivery.queued", 2, picture_state="ready"),
    ]
    assert said(*events) == [
        "The picture for Wall is ready.",
        "Next in line to be published on Wall.",
    ]


def test_a_restored_post_has_its_own_message() -> None:
    restored = event("post.restored", delivery=None)
    assert said(restored) == ["The post was restored."]
    assert timeline_of(post(), [restored], [], TELLING)[0].message.to("it") == "Il post è stato ripristinato."


def test_a_created_post_says_whether_it_is_a_draft_published_or_scheduled() -> None:
    def created(intent: str, due_at: datetime | None = None) -> list[str]:
        return said(event("post.created", delivery=None, intent=intent), due_at=due_at)

    assert created("draft") == ["Saved as a draft."]
    assert created("publish") == ["Created, to be published now."]
    assert created("schedule", AT + timedelta(hours=2)) == ["Scheduled for 12:00 (Europe/Rome)."]


def test_every_state_has_a_message_and_an_unknown_event_is_no_error() -> None:
    assert {*_STATES, "waiting"} == {state.value for state in State}
    assert said(event("delivery.failed", error=QUOTA)) == ["Not published on Wall: 50 posts in 24 hours are allowed."]
    assert said(event("post.something_new", delivery=None)) == ["The post was changed."]

"""Timeline of a post in messages for people, from its events and attempts. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from araldo.messages import Message, message_in
from araldo.messages.times import ZonedInstant
from araldo.posts.approval import approval_message
from araldo.posts.models import Post, PostView
from araldo.storage.events import Event


@dataclass(frozen=True, slots=True)
class Attempt:
    """One send of a ticket. `outcome`: published, refused, decided (by a person); None while it is unknown."""

    delivery_id: str
    platform: str
    number: int
    opened_at: datetime
    asked: dict[str, Any]
    outcome: str | None
    answer: dict[str, Any] | None
    seconds: float | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One entry. `seconds`: how long the platform took to answer; `raw`: the request and its answer."""

    at: datetime
    kind: str
    message: Message
    platform: str | None = None
    seconds: float | None = None
    raw: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class TimelineContext:
    """What the messages need: the platforms' labels, and the zone of their times, the workspace's (an IANA name).

    `accounts`: by delivery, the account's name, where the post goes to several accounts of a platform.
    """

    labels: Mapping[str, str]
    zone: str
    accounts: Mapping[str, str] = field(default_factory=dict)

    def label(self, platform: object, delivery_id: str | None = None) -> str:
        """Return what people call the platform, or the delivery there."""
        label = self.labels.get(str(platform), str(platform))
        account = self.accounts.get(delivery_id or "")
        return label if account is None else f"{label} ({account})"

    def time(self, moment: datetime, seen_from: datetime) -> ZonedInstant:
        """Return a moment: without the date on the day of `seen_from`, with seconds if less than two minutes later."""
        zone = ZoneInfo(self.zone)
        with_seconds = moment - seen_from < timedelta(minutes=2)
        if moment.astimezone(zone).date() == seen_from.astimezone(zone).date():
            return ZonedInstant(moment, self.zone, "clock_second" if with_seconds else "clock")
        return ZonedInstant(moment, self.zone, "second" if with_seconds else "minute")


def account_names(view: PostView) -> dict[str, str]:
    """Return the account's name by delivery, where the post goes to several accounts of a platform."""
    count = Counter(row.platform for row in view.deliveries)
    several = [row for row in view.deliveries if count[row.platform] > 1 and row.account_id in view.accounts]
    return {row.id: view.accounts[row.account_id or ""].name for row in several}


def timeline_of(
    post: Post, events: Sequence[Event], attempts: Iterable[Attempt], context: TimelineContext
) -> list[TimelineEntry]:
    """Return the post's timeline, in the order of time."""
    waiting: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        waiting.setdefault(attempt.delivery_id, []).append(attempt)
    lines: list[TimelineEntry] = []
    before: dict[str | None, Mapping[str, Any]] = {}
    for event in events:
        opened = waiting.get(event.delivery_id or "", [])
        if event.kind == "delivery.publishing" and opened:
            # Shown by the entries of the attempt that this intent opened.
            lines += _attempt_lines(opened.pop(0), context)
        elif not _is_picture_progress(event.data, before.get(event.delivery_id, {})):
            lines.append(_event_line(event, post, before.get(event.delivery_id, {}), context))
        before[event.delivery_id] = event.data
    for left in waiting.values():
        lines += [line for attempt in left for line in _attempt_lines(attempt, context)]
    # An answer may come after other events. The sort is stable: entries of one moment keep the order of the events.
    return sorted(lines, key=lambda line: line.at)


def _attempt_lines(attempt: Attempt, context: TimelineContext) -> list[TimelineEntry]:
    sent = Message(
        "timeline.attempt_sent",
        {"label": context.label(attempt.platform, attempt.delivery_id), "number": attempt.number},
    )
    raw = {"asked": attempt.asked, "answered": attempt.answer}
    lines = [TimelineEntry(attempt.opened_at, "attempt.sent", sent, attempt.platform, attempt.seconds, raw)]
    kind, said = _answer(attempt)
    if said is not None:
        took = None if attempt.seconds is None else timedelta(seconds=attempt.seconds)
        at = attempt.opened_at + took if took is not None else attempt.closed_at or attempt.opened_at
        lines.append(
            TimelineEntry(at, f"attempt.{kind}", said, attempt.platform, attempt.seconds, {"answered": attempt.answer})
        )
    return lines


def _answer(attempt: Attempt) -> tuple[str, Message | None]:
    """Return what came back to this request; that a post is published has an event of its own."""
    said = message_in(attempt.answer)
    if attempt.outcome == "decided":
        return "decided", _DECIDED.get((attempt.answer or {}).get("decided", ""))
    if said is None:
        return "", None
    if attempt.outcome == "refused":
        return "refused", Message("timeline.attempt_refused", {"why": said})
    return "unclear", Message("timeline.attempt_unclear")


def _event_line(event: Event, post: Post, before: Mapping[str, Any], context: TimelineContext) -> TimelineEntry:
    data = event.data
    if event.kind.startswith("delivery."):
        message = _picture_message(event, before, context) or delivery_message(event, context)
    elif event.kind.startswith("approval."):
        message = approval_message(event)
    else:
        message = _post_message(event, post, context)
    raw = {"answered": data["error"]} if data.get("error") else None
    return TimelineEntry(event.at, event.kind, message, data.get("platform"), None, raw)


def _is_picture_progress(data: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Return whether the event says only that a picture is requested or being made; its result has its own event."""
    return _only_picture_changed(data, before) and data.get("picture_state") in {"queued", "making"}


def _picture_message(event: Event, before: Mapping[str, Any], context: TimelineContext) -> Message | None:
    data = event.data
    message = _PICTURE.get(str(data.get("picture_state"))) if _only_picture_changed(data, before) else None
    return (
        None if message is None else message.with_values(label=context.label(data.get("platform"), event.delivery_id))
    )


def _only_picture_changed(data: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    same_state = data.get("state") == before.get("state", data.get("state"))
    return same_state and data.get("picture_state") != before.get("picture_state")


def delivery_message(event: Event, context: TimelineContext) -> Message:
    data, state = event.data, event.kind.removeprefix("delivery.")
    label = context.label(data.get("platform"), event.delivery_id)
    why = message_in(data.get("error"))
    if data.get("decided"):
        return _DECIDED.get(data["decided"], Message("timeline.post_changed"))
    if state == "waiting":
        return _waiting(event, why, label, context)
    plain, with_why = _STATES.get(state, (Message("timeline.post_changed"), None))
    return (
        plain.with_values(label=label)
        if why is None or with_why is None
        else with_why.with_values(label=label, why=why)
    )


def _waiting(event: Event, why: Message | None, label: str, context: TimelineContext) -> Message:
    stored = event.data.get("next_at")
    next_at = None if stored is None else datetime.fromisoformat(stored)
    if next_at is None or next_at <= event.at:
        return Message("timeline.waiting", {"label": label})
    until = context.time(next_at, event.at)
    if why is None:
        return Message("timeline.waiting_until", {"label": label, "until": until})
    return Message("timeline.waiting_why", {"until": until, "why": why})


def _post_message(event: Event, post: Post, context: TimelineContext) -> Message:
    if event.kind != "post.created":
        return _POST.get(event.kind, Message("timeline.post_changed"))
    intent = event.data.get("intent")
    if intent == "schedule" and post.due_at is not None:
        due = datetime.fromisoformat(event.data["due_at"]) if event.data.get("due_at") else post.due_at
        return Message("timeline.created_scheduled", {"when": context.time(due, event.at)})
    return Message("timeline.created_now") if intent == "publish" else Message("timeline.created_draft")


_POST = {
    "post.edited": Message("timeline.post_edited"),
    "post.restored": Message("timeline.post_restored"),
}
_DECIDED = {
    "published": Message("timeline.decided_published"),
    "retry": Message("timeline.decided_retry"),
    "cancelled": Message("timeline.decided_cancelled"),
}
_PICTURE = {
    "ready": Message("timeline.picture_ready"),
    "failed": Message("timeline.picture_failed"),
    "stale": Message("timeline.picture_stale"),
}
# By state: the message, and the one that says why when there is a reason.
_STATES: Mapping[str, tuple[Message, Message | None]] = {
    "publishing": (Message("timeline.publishing"), None),
    "draft": (Message("timeline.back_to_draft"), None),
    "scheduled": (Message("timeline.scheduled"), None),
    "queued": (Message("timeline.queued"), None),
    "preparing": (Message("timeline.preparing"), None),
    "published": (Message("timeline.published"), None),
    "failed": (
        Message("timeline.failed"),
        Message("timeline.failed_why"),
    ),
    "unconfirmed": (
        Message("timeline.unconfirmed"),
        Message("timeline.unconfirmed_why"),
    ),
    "needs_reconnect": (
        Message("timeline.needs_reconnect"),
        Message("timeline.needs_reconnect_why"),
    ),
    "cancelled": (Message("timeline.cancelled"), None),
    "missed": (
        Message("timeline.missed"),
        Message("timeline.failed_why"),
    ),
}

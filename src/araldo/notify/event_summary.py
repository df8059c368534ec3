"""What a notification says about one post, account or webhook: heading, facts and advice, for mail and push. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from araldo.messages import Language, Message, text_in
from araldo.messages.times import ZonedInstant
from araldo.notify.rules import excerpt
from araldo.posts.approval import approval_message
from araldo.posts.models import PostView
from araldo.posts.timeline import TimelineContext, delivery_message
from araldo.storage.events import Event


@dataclass(frozen=True, slots=True)
class EventSummary:
    """`words`: the beginning of the post's text, "" without a post. `lines`: what happened; `advice`: what to do."""

    heading: str
    words: str
    lines: Sequence[str]
    advice: Sequence[str]


def is_about_approval(events: Sequence[Event]) -> bool:
    return all(event.kind.startswith("approval.") for event in events)


def summarize_events(
    events: Sequence[Event], view: PostView | None, context: TimelineContext, language: Language, *, held: int = 0
) -> EventSummary:
    """Summarize the events of one post, account or webhook; `events` in order, at least one.

    `held`: how many posts wait for the account.
    """
    last = events[-1]
    if is_about_approval(events):
        return _summarize_approval(events, view, context, language)
    if last.post_id is not None:
        return _summarize_post(events, view, context, language)
    name = excerpt(str(last.data.get("name") or last.data.get("url") or ""))
    heading = (
        Message("mail.webhook_disabled")
        if last.kind == "webhook.stopped"
        else _ACCOUNT.get(str(last.data.get("health")), Message("mail.account_other"))
    )
    said = text_in(last.data, language)
    lines = [said] if said else []
    if held:
        lines.append(Message("mail.posts_waiting", {"count": held}).to(language))
    advice = [] if last.kind != "webhook.stopped" else [Message("mail.advice_webhook").to(language)]
    return EventSummary(heading.with_values(name=name).to(language), "", lines, advice)


def _summarize_post(
    events: Sequence[Event], view: PostView | None, context: TimelineContext, language: Language
) -> EventSummary:
    # Only the last event of each delivery: the timeline has the earlier ones.
    ends = list({event.delivery_id: event for event in events if event.delivery_id is not None}.values())
    states = {str(event.data.get("state")) for event in ends}
    labels = ", ".join(context.label(event.data.get("platform"), event.delivery_id) for event in ends)
    heading = _SHORT.get(states.pop(), _MIXED) if len(states) == 1 else _MIXED
    lines = [delivery_message(event, context).to(language) for event in ends]
    if view is not None:
        links = {row.id: row.permalink for row in view.deliveries}
        lines = [
            f"{line} {links.get(event.delivery_id or '') or ''}".rstrip()
            if event.data.get("state") == "published"
            else line
            for line, event in zip(lines, ends, strict=True)
        ]
    lines += [approval_message(event).to(language) for event in events if event.kind.startswith("approval.")]
    advice = list(dict.fromkeys(_ADVICE[state].to(language) for state in _states(ends) if state in _ADVICE))
    return EventSummary(heading.with_values(labels=labels).to(language), _words(view), lines, advice)


def _summarize_approval(
    events: Sequence[Event], view: PostView | None, context: TimelineContext, language: Language
) -> EventSummary:
    last = events[-1]
    lines = [approval_message(event).to(language) for event in events]
    due_at = last.data.get("due_at")
    if last.kind == "approval.due_soon" and due_at is not None:
        when = ZonedInstant(datetime.fromisoformat(due_at), context.zone)
        lines.append(Message("mail.approval_due_soon_at", {"when": when}).to(language))
    asks = last.kind in {"approval.requested", "approval.due_soon", "approval.withdrawn"}
    advice = [Message("mail.advice_approval").to(language)] if asks else []
    return EventSummary(_APPROVAL[last.kind].to(language), _words(view), lines, advice)


def _words(view: PostView | None) -> str:
    return excerpt(view.post.content) if view is not None else ""


def _states(events: Sequence[Event]) -> list[str]:
    return [str(event.data.get("state")) for event in events]


_MIXED = Message("mail.subject_mixed")
_SHORT: Mapping[str, Message] = {
    "published": Message("mail.subject_published"),
    "failed": Message("mail.subject_failed"),
    "unconfirmed": Message("mail.subject_unconfirmed"),
    "missed": Message("mail.subject_missed"),
    "needs_reconnect": Message("mail.subject_needs_reconnect"),
}
_APPROVAL: Mapping[str, Message] = {
    "approval.requested": Message("mail.approval_requested"),
    "approval.commented": Message("mail.approval_commented"),
    "approval.given": Message("mail.approval_given"),
    "approval.sent_back": Message("mail.approval_sent_back"),
    "approval.withdrawn": Message("mail.approval_withdrawn"),
    "approval.due_soon": Message("mail.approval_due_soon"),
}
_ADVICE: Mapping[str, Message] = {
    "failed": Message("mail.advice_failed"),
    "unconfirmed": Message("mail.advice_unconfirmed"),
    "missed": Message("mail.advice_missed"),
    "needs_reconnect": Message("mail.advice_needs_reconnect"),
}
_ACCOUNT: Mapping[str, Message] = {
    "expiring": Message("mail.account_expiring"),
    "action_needed": Message("mail.account_action_needed"),
    "dead": Message("mail.account_dead"),
}

"""Subject, text and HTML of the mail about a post, an account or a webhook. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from araldo.messages import Language, Message, text_in
from araldo.messages.times import ZonedInstant
from araldo.notify.rules import excerpt
from araldo.posts.approval import approval_message
from araldo.posts.models import PostView
from araldo.posts.timeline import TimelineContext, delivery_message
from araldo.storage.events import Event


@dataclass(frozen=True, slots=True)
class MailContent:
    subject: str
    text: str
    html: str


def compose_mail(
    events: Sequence[Event],
    view: PostView | None,
    context: TimelineContext,
    language: Language,
    own_url: str,
    *,
    held: int = 0,
) -> MailContent:
    """Compose the mail about one post, account or webhook; `events` in order, at least one.

    `held`: how many posts wait for the account.
    """
    last = events[-1]
    if last.kind.startswith("approval.") and all(event.kind.startswith("approval.") for event in events):
        return _compose_approval_mail(events, view, context, language, own_url)
    if last.post_id is not None:
        return _compose_post_mail(events, view, context, language, own_url)
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
    do = [] if last.kind != "webhook.stopped" else [Message("mail.advice_webhook").to(language)]
    return _render_mail(heading.with_values(name=name).to(language), lines, do, f"{own_url}/", language)


def _compose_post_mail(
    events: Sequence[Event], view: PostView | None, context: TimelineContext, language: Language, own_url: str
) -> MailContent:
    # Only the last event of each delivery: the timeline has the earlier ones.
    ends = list({event.delivery_id: event for event in events if event.delivery_id is not None}.values())
    states = {str(event.data.get("state")) for event in ends}
    labels = ", ".join(context.label(event.data.get("platform"), event.delivery_id) for event in ends)
    heading = (
        (_SHORT.get(states.pop(), Message("mail.subject_mixed")) if len(states) == 1 else Message("mail.subject_mixed"))
        .with_values(labels=labels)
        .to(language)
    )
    words = excerpt(view.post.content) if view is not None else ""
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
    do = list(dict.fromkeys(_DO[state].to(language) for state in _states(ends) if state in _DO))
    link = f"{own_url}/api/v1/posts/{events[-1].post_id}/timeline"
    quoted = [Message("mail.post", {"words": words}).to(language)] if words else []
    return _render_mail(f"{heading}: {words}" if words else heading, quoted + lines, do, link, language)


def _compose_approval_mail(
    events: Sequence[Event], view: PostView | None, context: TimelineContext, language: Language, own_url: str
) -> MailContent:
    last, words = events[-1], excerpt(view.post.content) if view is not None else ""
    heading = _APPROVAL[last.kind].to(language)
    lines = [Message("mail.post", {"words": words}).to(language)] if words else []
    lines += [approval_message(event).to(language) for event in events]
    due_at = last.data.get("due_at")
    if last.kind == "approval.due_soon" and due_at is not None:
        when = ZonedInstant(datetime.fromisoformat(due_at), context.zone)
        lines.append(Message("mail.approval_due_soon_at", {"when": when}).to(language))
    asks = last.kind in {"approval.requested", "approval.due_soon", "approval.withdrawn"}
    do = [Message("mail.advice_approval").to(language)] if asks else []
    link = f"{own_url}/posts/{last.post_id}"
    return _render_mail(f"{heading}: {words}" if words else heading, lines, do, link, language)


def _states(events: Sequence[Event]) -> list[str]:
    return [str(event.data.get("state")) for event in events]


def _render_mail(subject: str, lines: Sequence[str], do: Sequence[str], link: str, language: Language) -> MailContent:
    todo = [f"{Message('mail.what_to_do').to(language)} {' '.join(do)}"] if do else []
    more = Message("mail.open_link", {"link": link}).to(language)
    paragraphs = [*lines, *todo]
    html = "".join(f"<p>{escape(line)}</p>" for line in paragraphs)
    anchor = Message("mail.open_link", {"link": f'<a href="{escape(link)}">{escape(link)}</a>'}).to(language)
    body = f'<body style="font:16px/1.5 sans-serif">{html}<p>{anchor}</p></body>'
    page = f'<!doctype html><html lang="{language}">{body}</html>'
    return MailContent(f"[Araldo] {subject}", "\n\n".join([*paragraphs, more]) + "\n", page)


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
_DO: Mapping[str, Message] = {
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

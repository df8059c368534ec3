"""Subject, text and HTML of the mail about a post, an account or a webhook. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from araldo.messages import Language, Message, text_in
from araldo.notify.rules import excerpt
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
    if last.kind.startswith("delivery."):
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
    ends = list({event.delivery_id: event for event in events}.values())
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
    do = list(dict.fromkeys(_DO[state].to(language) for state in _states(ends) if state in _DO))
    link = f"{own_url}/api/v1/posts/{events[-1].post_id}/timeline"
    quoted = [Message("mail.post", {"words": words}).to(language)] if words else []
    return _render_mail(f"{heading}: {words}" if words else heading, quoted + lines, do, link, language)


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

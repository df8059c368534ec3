"""A letter about one thing that happened: its subject, its text, its HTML. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from araldo.messages import Language, Message, text_in
from araldo.notify.news import first_words
from araldo.posts.models import PostView
from araldo.posts.timeline import Telling, delivery_message
from araldo.storage.events import Event


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str
    html: str


def letter(
    events: Sequence[Event],
    view: PostView | None,
    telling: Telling,
    language: Language,
    own_url: str,
    *,
    held: int = 0,
) -> Letter:
    """About one post, one account or one webhook; `events` in order, at least one.

    `held`: how many posts wait for the account.
    """
    last = events[-1]
    if last.kind.startswith("delivery."):
        return _about_post(events, view, telling, language, own_url)
    name = first_words(str(last.data.get("name") or last.data.get("url") or ""))
    heading = (
        Message("wording.webhook")
        if last.kind == "webhook.stopped"
        else _ACCOUNT.get(str(last.data.get("health")), Message("wording.other"))
    )
    said = text_in(last.data, language)
    lines = [said] if said else []
    if held:
        lines.append(Message("wording.held", {"count": held}).to(language))
    do = [] if last.kind != "webhook.stopped" else [Message("wording.webhook_do").to(language)]
    return _letter(heading.with_values(name=name).to(language), lines, do, f"{own_url}/", language)


def _about_post(
    events: Sequence[Event], view: PostView | None, telling: Telling, language: Language, own_url: str
) -> Letter:
    # Of one delivery only how it ended up: what it went through on the way is in the timeline.
    ends = list({event.delivery_id: event for event in events}.values())
    states = {str(event.data.get("state")) for event in ends}
    labels = ", ".join(telling.label(event.data.get("platform")) for event in ends)
    heading = (
        (_SHORT.get(states.pop(), Message("wording.mixed")) if len(states) == 1 else Message("wording.mixed"))
        .with_values(labels=labels)
        .to(language)
    )
    words = first_words(view.post.content) if view is not None else ""
    lines = [delivery_message(event, telling).to(language) for event in ends]
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
    quoted = [Message("wording.post", {"words": words}).to(language)] if words else []
    return _letter(f"{heading}: {words}" if words else heading, quoted + lines, do, link, language)


def _states(events: Sequence[Event]) -> list[str]:
    return [str(event.data.get("state")) for event in events]


def _letter(subject: str, lines: Sequence[str], do: Sequence[str], link: str, language: Language) -> Letter:
    todo = [f"{Message('wording.to_do').to(language)} {' '.join(do)}"] if do else []
    more = Message("wording.more", {"link": link}).to(language)
    paragraphs = [*lines, *todo]
    html = "".join(f"<p>{escape(line)}</p>" for line in paragraphs)
    anchor = Message("wording.more", {"link": f'<a href="{escape(link)}">{escape(link)}</a>'}).to(language)
    body = f'<body style="font:16px/1.5 sans-serif">{html}<p>{anchor}</p></body>'
    page = f'<!doctype html><html lang="{language}">{body}</html>'
    return Letter(f"[Araldo] {subject}", "\n\n".join([*paragraphs, more]) + "\n", page)


_SHORT: Mapping[str, Message] = {
    "published": Message("wording.short_published"),
    "failed": Message("wording.short_failed"),
    "unconfirmed": Message("wording.short_unconfirmed"),
    "missed": Message("wording.short_missed"),
    "needs_reconnect": Message("wording.short_needs_reconnect"),
}
_DO: Mapping[str, Message] = {
    "failed": Message("wording.do_failed"),
    "unconfirmed": Message("wording.do_unconfirmed"),
    "missed": Message("wording.do_missed"),
    "needs_reconnect": Message("wording.do_needs_reconnect"),
}
_ACCOUNT: Mapping[str, Message] = {
    "expiring": Message("wording.account_expiring"),
    "action_needed": Message("wording.account_action_needed"),
    "dead": Message("wording.account_dead"),
}

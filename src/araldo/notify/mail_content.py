"""Subject, text and HTML of the mail about a post, an account or a webhook. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from araldo.messages import Language, Message
from araldo.notify.event_summary import EventSummary, is_about_approval, summarize_events
from araldo.posts.models import PostView
from araldo.posts.timeline import TimelineContext
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
    summary = summarize_events(events, view, context, language, held=held)
    return _render_mail(summary, own_url + _path_of(events), language)


def _path_of(events: Sequence[Event]) -> str:
    post_id = events[-1].post_id
    if post_id is None:
        return "/"
    return f"/posts/{post_id}" if is_about_approval(events) else f"/api/v1/posts/{post_id}/timeline"


def _render_mail(summary: EventSummary, link: str, language: Language) -> MailContent:
    subject = f"{summary.heading}: {summary.words}" if summary.words else summary.heading
    quoted = [Message("mail.post", {"words": summary.words}).to(language)] if summary.words else []
    todo = [f"{Message('mail.what_to_do').to(language)} {' '.join(summary.advice)}"] if summary.advice else []
    more = Message("mail.open_link", {"link": link}).to(language)
    paragraphs = [*quoted, *summary.lines, *todo]
    html = "".join(f"<p>{escape(line)}</p>" for line in paragraphs)
    anchor = Message("mail.open_link", {"link": f'<a href="{escape(link)}">{escape(link)}</a>'}).to(language)
    body = f'<body style="font:16px/1.5 sans-serif">{html}<p>{anchor}</p></body>'
    page = f'<!doctype html><html lang="{language}">{body}</html>'
    return MailContent(f"[Araldo] {subject}", "\n\n".join([*paragraphs, more]) + "\n", page)

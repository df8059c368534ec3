"""The payload of a push message: title, body and the studio's path to open. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from araldo.messages import Language, Message
from araldo.notify.event_summary import summarize_events
from araldo.notify.push_encryption import topic_of
from araldo.posts.models import PostView
from araldo.posts.timeline import TimelineContext
from araldo.storage.events import Event
from araldo.workspaces.models import Workspace

# In characters. At most six bytes of JSON each, so that title, body and the rest fit into one push message.
_TITLE_MAX, _BODY_MAX = 120, 240


def compose_push(
    events: Sequence[Event], view: PostView | None, context: TimelineContext, language: Language, workspace: Workspace
) -> bytes:
    """Return the JSON payload about one post, account or webhook; `events` in order, at least one."""
    summary = summarize_events(events, view, context, language)
    body = summary.words or " ".join(summary.lines[:1])
    about = events[-1].post_id or events[-1].data.get("account_id") or events[-1].data.get("webhook_id")
    return _payload(summary.heading, body, workspace, _path_of(events[-1]), str(about))


def compose_test(language: Language, workspace: Workspace) -> bytes:
    """Return the payload of a message that a person sent to try a browser."""
    title, body = Message("push.test_title").to(language), Message("push.test_body").to(language)
    return _payload(title, body, workspace, "/settings", "test")


def _path_of(event: Event) -> str:
    if event.post_id is not None:
        return f"/posts/{event.post_id}"
    return "/settings/webhooks" if event.kind == "webhook.stopped" else "/accounts"


def _payload(title: str, body: str, workspace: Workspace, path: str, about: str) -> bytes:
    """`tag`: a later notification about the same object replaces this one on the screen."""
    named = f"{_shorten(body, _BODY_MAX)}\n{_shorten(workspace.name, _TITLE_MAX)}".strip()
    heading, tag = _shorten(title, _TITLE_MAX), topic_of(about)
    payload = {"title": heading, "body": named, "path": path, "workspace": workspace.id, "tag": tag}
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def _shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"

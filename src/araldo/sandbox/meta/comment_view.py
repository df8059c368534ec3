"""HTML of the comments under a post: replies below their comment, hidden comments left out."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from araldo.sandbox.common import html_helpers as html
from araldo.sandbox.meta.records import Comment, MediaComment
from araldo.sandbox.meta.state import MetaState
from araldo.sandbox.meta.texts import translate

AnyComment = Comment | MediaComment


def comment_list(state: MetaState, lang: str, found: Iterable[AnyComment]) -> str:
    """Return an HTML list, oldest first; "" when there is no visible comment."""
    shown = [comment for comment in found if not comment.hidden]
    return _list(state, lang, shown, None)


def _list(state: MetaState, lang: str, shown: list[AnyComment], parent: str | None) -> str:
    items = "".join(
        f"<li>{_comment(state, lang, comment)}{_list(state, lang, shown, comment.id)}</li>"
        for comment in shown
        if comment.parent == parent
    )
    label = f' aria-label="{translate(lang, "comments")}"' if parent is None else ""
    return f'<ul class="comments"{label}>{items}</ul>' if items else ""


def _comment(state: MetaState, lang: str, comment: AnyComment) -> str:
    if isinstance(comment, Comment):
        owner, name, text, photo = comment.page, state.pages[comment.page].name, comment.message, comment.photo
    else:
        owner, name = comment.instagram, state.instagram[comment.instagram].username
        text, photo = comment.text, None
    by = f"<div><strong>{escape(name)}</strong>{html.time_html(lang, comment.created)}</div>"
    picture = html.image_html(f"/pictures/{photo}.jpg") if photo is not None else ""
    return f'<div class="by">{html.avatar_html(owner)}{by}</div>{html.text_html(text)}{picture}'

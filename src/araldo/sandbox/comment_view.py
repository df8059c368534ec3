"""The comments under a post as people see them: replies set in below what they answer, hidden ones left out."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from araldo.sandbox import look
from araldo.sandbox.records import Comment, MediaComment
from araldo.sandbox.state import State

AnyComment = Comment | MediaComment


def comment_list(state: State, lang: str, found: Iterable[AnyComment]) -> str:
    """An HTML list, oldest first; empty when there is none to see."""
    shown = [comment for comment in found if not comment.hidden]
    return _list(state, lang, shown, None)


def _list(state: State, lang: str, shown: list[AnyComment], parent: str | None) -> str:
    items = "".join(
        f"<li>{_comment(state, lang, comment)}{_list(state, lang, shown, comment.id)}</li>"
        for comment in shown
        if comment.parent == parent
    )
    label = f' aria-label="{look.say(lang, "comments")}"' if parent is None else ""
    return f'<ul class="comments"{label}>{items}</ul>' if items else ""


def _comment(state: State, lang: str, comment: AnyComment) -> str:
    if isinstance(comment, Comment):
        owner, name, text, photo = comment.page, state.pages[comment.page].name, comment.message, comment.photo
    else:
        owner, name = comment.instagram, state.instagram[comment.instagram].username
        text, photo = comment.text, None
    by = f"<div><strong>{escape(name)}</strong>{look.when(lang, comment.created)}</div>"
    picture = look.image(f"/pictures/{photo}.jpg") if photo is not None else ""
    return f'<div class="by">{look.face(owner)}{by}</div>{look.words(text)}{picture}'

"""Library pictures that a post's slides name: they must be in the workspace's library."""

from __future__ import annotations

from collections.abc import Sequence

from araldo.errors import PostInvalid, Problem
from araldo.media import store as media_store
from araldo.messages import Message
from araldo.posts.content import Slide
from araldo.storage.database import Transaction


def require_library_media(transaction: Transaction, workspace_id: str, slides: Sequence[Slide]) -> None:
    """Raise PostInvalid with a problem for every slide whose `media_id` is not in the library."""
    if problems := library_media_problems(transaction, workspace_id, slides):
        raise PostInvalid(problems)


def library_media_problems(transaction: Transaction, workspace_id: str, slides: Sequence[Slide]) -> list[Problem]:
    """Return a problem for every slide whose `media_id` is not in the library."""
    named = {index: slide["media_id"] for index, slide in enumerate(slides) if "media_id" in slide}
    if not named:
        return []
    found = media_store.find_all(transaction, workspace_id, set(named.values()))
    return [
        Problem(f"/slides/{index}/media_id", "media_unknown", Message("library.not_found"))
        for index, media_id in named.items()
        if media_id not in found or found[media_id].removed_at is not None
    ]

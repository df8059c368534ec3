"""Changes to a post's content, written as the fields that they change."""

from __future__ import annotations

from typing import Any

from araldo.posts.content import ContentChanges, PostContent


def content_changes(**fields: Any) -> ContentChanges:
    """Return changes to these fields of PostContent."""
    return ContentChanges(PostContent(**{"content": "", **fields}), frozenset(fields))

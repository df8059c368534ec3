"""A picture that a workspace has: its own in the library, or a copy that was made to fit a place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

ALT_MAX = 1000
_NAME_MAX = 255


@dataclass(frozen=True, slots=True)
class Medium:
    """`digest` names its bytes among the blobs; `origin` is `generated`, `uploaded` or `fetched`.

    `source_id` is the medium that a fitted copy was made from, `cut` the part and point of it that a person chose.
    `kept`: a person's own, until that person deletes it; all else goes when nothing refers to it any more.
    `removed_at`: taken out of the library, while something that is out still shows it. `notes` are sentences.
    """

    id: str
    workspace_id: str
    digest: str
    mime: str
    width: int
    height: int
    bytes: int
    origin: str
    provider: str | None
    alt: str
    placeholder: str | None
    created_at: datetime
    filename: str = ""
    source_id: str | None = None
    cut: dict[str, Any] | None = None
    kept: bool = False
    removed_at: datetime | None = None
    dhash: str | None = None
    notes: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MediumUsage:
    """A delivery that shows a medium, or a copy fitted from it; `open` when it is not out yet and may still go out."""

    post_id: str
    platform: str
    state: str
    open: bool


def sanitize_filename(raw: str) -> str:
    """A file's name as it is kept: no folders, nothing that cannot be printed."""
    bare = raw.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in bare if letter.isprintable()).strip()[:_NAME_MAX]

"""A workspace's picture: in its library, or a copy fitted to a platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

ALT_MAX = 1000
_NAME_MAX = 255


@dataclass(frozen=True, slots=True)
class Medium:
    """`digest` identifies its bytes among the blobs; `origin` is `generated`, `uploaded` or `fetched`.

    `source_id`: the medium that a fitted copy was made from; `cut`: the user's crop and focal point of it.
    `kept`: stays until the user deletes it; other media are deleted when nothing refers to them.
    `removed_at`: deleted from the library while a published post still shows it. `notes`: stored messages.
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
    """A delivery that shows a medium or a fitted copy of it; `open`: it may still be published."""

    post_id: str
    platform: str
    state: str
    open: bool


def sanitize_filename(raw: str) -> str:
    """Return a file's name without folders and unprintable characters, cut to the stored length."""
    bare = raw.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in bare if letter.isprintable()).strip()[:_NAME_MAX]

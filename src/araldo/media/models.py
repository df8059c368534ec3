"""A picture that a workspace has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Medium:
    """`digest` names its bytes among the blobs; `origin` is `generated` or `fetched`."""

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

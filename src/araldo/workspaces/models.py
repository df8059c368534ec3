"""A workspace, and who is calling on its behalf."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Workspace:
    """One brand. `language` is `en` or `it`; `zone` an IANA name."""

    id: str
    name: str
    language: str
    zone: str


@dataclass(frozen=True, slots=True)
class Caller:
    """A program with a key: its workspace, and the key that its Idempotency-Keys belong to."""

    workspace: Workspace
    key_id: str

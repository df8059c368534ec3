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
    """A program with a key or a person who is signed in, and the workspace that it is about.

    `id` is what Idempotency-Keys belong to: the key's, or that of the person's membership of the workspace, which
    outlives every session. One of `key_id` and `session_id` is set: what gives access, and ends it.
    """

    workspace: Workspace
    id: str
    key_id: str | None = None
    session_id: str | None = None

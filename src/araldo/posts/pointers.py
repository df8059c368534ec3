"""JSON pointers into requests. Pure."""

from __future__ import annotations


def escape_pointer(part: str) -> str:
    """Escape one token of a JSON pointer (RFC 6901)."""
    return part.replace("~", "~0").replace("/", "~1")

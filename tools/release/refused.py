"""The error that ends a release."""

from __future__ import annotations


class ReleaseRefused(Exception):
    """The release must not go out; the text is one sentence for the person who makes it."""

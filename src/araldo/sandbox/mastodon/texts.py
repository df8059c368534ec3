"""The texts of the Mastodon pages in the sandbox, one file per language in `messages/`."""

from __future__ import annotations

from pathlib import Path

from araldo.sandbox.common import html_helpers as html

_TEXTS = html.load_texts(Path(__file__).parent / "messages")


def translate(lang: str, key: str, **values: str) -> str:
    """Return a text with its values, both escaped for HTML."""
    return html.translate(lang, key, _TEXTS, **values)

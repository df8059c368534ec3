"""The languages of a post: up to three tags, as a person writes them.

Facts: the lexicon app.bsky.feed.post (`langs`: at most 3) and https://atproto.com/specs/lexicon (format `language`: a
BCP 47 tag).
"""

from __future__ import annotations

import re

LANGUAGES_MAX = 3
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


def parse_languages(text: str) -> tuple[str, ...] | None:
    """Return the tags of a text such as "it, en"; None where it is anything else, or names too many."""
    tags = tuple(dict.fromkeys(text.replace(",", " ").split()))
    return tags if len(tags) <= LANGUAGES_MAX and all(map(_TAG.fullmatch, tags)) else None

"""Facets: which parts of a text are links, tags and mentions, by offsets in its UTF-8 bytes.

Facts: the lexicon app.bsky.richtext.facet (a tag: without its #, at most 64 graphemes and 640 bytes) and
https://docs.bsky.app/docs/advanced-guides/post-richtext. The server finds none of them by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import regex
from yarl import URL

from araldo.entities.finder import Entity, find_entities
from araldo.platforms.bluesky.identity import is_handle

# More than the finder's own mention: a handle is a name with points and hyphens.
_MENTION = re.compile(r"(?<![\w@/.-])@([A-Za-z0-9][A-Za-z0-9.-]{0,252})")
_TAG_MAX, _TAG_BYTES_MAX = 64, 640
_GRAPHEME = regex.compile(r"\X")


def find_handles(text: str) -> list[str]:
    """Return the handles that a text mentions, each once, in small letters."""
    return list(dict.fromkeys(handle.lower() for _, _, handle in _find_mentions(text)))


def find_links(text: str) -> list[str]:
    """Return the links of a text as URIs."""
    return [uri for entity in find_entities(text) if entity.kind == "link" and (uri := _uri_of(entity.value))]


def build_facets(text: str, dids: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the facets of a text in its order. `dids`: by handle; a mention of any other handle stays plain text."""
    features = [*_features(text)]
    features += [
        (start, end, {"$type": "app.bsky.richtext.facet#mention", "did": dids[handle.lower()]})
        for start, end, handle in _find_mentions(text)
        if handle.lower() in dids
    ]
    return [
        {"index": {"byteStart": _bytes(text[:start]), "byteEnd": _bytes(text[:end])}, "features": [feature]}
        for start, end, feature in sorted(features, key=lambda found: found[0])
    ]


def _features(text: str) -> Iterator[tuple[int, int, dict[str, Any]]]:
    for entity in find_entities(text):
        uri = _uri_of(entity.value) if entity.kind == "link" else None
        if uri is not None:
            yield entity.start, entity.end, {"$type": "app.bsky.richtext.facet#link", "uri": uri}
        elif entity.kind == "hashtag" and _is_tag(entity.value[1:]):
            yield entity.start, entity.end, {"$type": "app.bsky.richtext.facet#tag", "tag": entity.value[1:]}


def _find_mentions(text: str) -> Iterator[tuple[int, int, str]]:
    others = [entity for entity in find_entities(text) if entity.kind != "mention"]
    for found in _MENTION.finditer(text):
        handle = found[1].rstrip(".-")
        start, end = found.start(), found.start(1) + len(handle)
        if is_handle(handle) and not any(_overlaps(other, start, end) for other in others):
            yield start, end, handle


def _overlaps(entity: Entity, start: int, end: int) -> bool:
    return entity.start < end and start < entity.end


def _uri_of(link: str) -> str | None:
    """Return a link as a URI in ASCII; None where it is none."""
    written = link if "://" in link else f"https://{link}"
    try:
        return written if written.isascii() else str(URL(written))
    except ValueError:
        return None


def _is_tag(tag: str) -> bool:
    return len(tag.encode()) <= _TAG_BYTES_MAX and len(_GRAPHEME.findall(tag)) <= _TAG_MAX


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))

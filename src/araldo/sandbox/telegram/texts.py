"""Texts of messages: length in UTF-16 units, entities, and the HTML of `parse_mode`.

Sources: core.telegram.org/bots/api, "Formatting options" and MessageEntity; core.telegram.org/api/entities (offsets
and lengths are UTF-16 code units; texts are trimmed).
"""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

from araldo.sandbox.telegram.calls import TelegramCall, bad_request

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "a": "text_link",
}
_FOUND = (
    ("url", re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")),
    ("hashtag", re.compile(r"(?<![\w&])#\w*[^\W\d]\w*")),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z]\w{3,31}", re.ASCII)),
)


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def read_text(source: TelegramCall | dict[str, Any], name: str, limit: int, unit: str) -> tuple[str, list[Any]] | None:
    """Return text and entities of a call or of an item of an album; None when it is longer than `limit`.

    `name`: "text" or "caption". A call's entities are `entities` or `caption_entities`.
    """
    mode, entities_name = "parse_mode", "entities" if name == "text" else "caption_entities"
    if isinstance(source, TelegramCall):
        text, mode = source.text(name), source.text(mode)
        entities = source.json(entities_name, "entities")
    else:
        text, mode, entities = str(source.get(name) or ""), str(source.get(mode) or ""), source.get(entities_name)
    if mode.lower() == "html":
        text, entities = parse_html(text)
    elif mode:
        raise bad_request(f"The sandbox does not emulate the parse_mode {mode[:20]}")
    if entities is not None and not isinstance(entities, list):
        raise bad_request("can't parse entities JSON object")
    stripped = text.strip()
    moved = utf16_length(text[: len(text) - len(text.lstrip())])
    length = utf16_length(stripped) if unit == "utf16" else len(stripped)
    return None if length > limit else (stripped, _entities(stripped, entities or [], moved))


def parse_html(text: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the plain text and its entities.

    :raises TelegramError: for a tag that is unknown, not closed, or closed in another order.
    """
    parser = _HtmlText()
    parser.feed(text)
    parser.close()
    if parser.open:
        tag, _, offset = parser.open[-1]
        raise bad_request(
            f"can't parse entities: Can't find end tag corresponding to start tag \"{tag}\" at byte offset {offset}"
        )
    return parser.text, sorted(parser.entities, key=lambda entity: entity["offset"])


class _HtmlText(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.text = ""
        self.entities: list[dict[str, Any]] = []
        self.open: list[tuple[str, dict[str, Any], int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = _TAGS.get(tag)
        if kind is None:
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {self.getpos()[1]}')
        entity: dict[str, Any] = {"type": kind, "offset": utf16_length(self.text)}
        if kind == "text_link":
            entity["url"] = dict(attrs).get("href") or ""
        self.open.append((tag, entity, self.getpos()[1]))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise bad_request(f'can\'t parse entities: Unexpected end tag "{tag}" at byte offset {self.getpos()[1]}')
        _, entity, _ = self.open.pop()
        entity["length"] = utf16_length(self.text) - entity["offset"]
        if entity["length"] and entity.get("url", "x"):
            self.entities.append(entity)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_entityref(self, name: str) -> None:
        self.text += unescape(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.text += unescape(f"&#{name};")


def _entities(text: str, given: list[Any], moved: int) -> list[dict[str, Any]]:
    """Return the given entities that lie in the text, and the links, hashtags and mentions that Telegram finds."""
    length, kept = utf16_length(text), []
    for entity in given:
        if not isinstance(entity, dict) or not all(isinstance(entity.get(key), int) for key in ("offset", "length")):
            raise bad_request('can\'t parse entities: Field "offset" must be of type Number')
        start = max(0, entity["offset"] - moved)
        end = min(length, entity["offset"] - moved + entity["length"])
        if end > start:
            kept.append(entity | {"offset": start, "length": end - start})
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            start = utf16_length(text[: match.start()])
            if not any(one["offset"] <= start < one["offset"] + one["length"] for one in kept):
                kept.append({"type": kind, "offset": start, "length": utf16_length(match.group())})
    return sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))

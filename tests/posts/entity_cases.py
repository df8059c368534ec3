"""Texts to hold both finders of entities to: `python -m tests.posts.entity_cases` writes the generated ones anew."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

from araldo.entities.finder import find_entities, fold_hashtag, is_hashtag
from araldo.posts.compose import compose_text

CASES = Path(__file__).parents[1] / "cases"
WRITTEN = CASES / "entities.json"
GENERATED = CASES / "entities_generated.json"

# What texts are made of where links, tags and mentions begin and end.
FRAGMENTS = (
    *("https://", "http://", "www.", "example.com", "araldo.it", "p.es", "Fine.Se", "xn--a", "[::1]", ":8080", "//"),
    *("ftp://", "http:", "/"),
    *("/a", "?b=c", "#d", "#", "##", "＃", "#️⃣", "@", "＠", "@mario", "info@araldo.it", "&", "&#39;", "=", "%20"),
    *("(", ")", "[", "](", "]", "{", "}", "<", ">", '"', "'", "’", "«", "»", "“", "”", "*", "_", "~", "`", "|", "\\"),
    *(" ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "\u200b", "\u200c", "\u200d", ".", ",", ";", ":", "!", "?", "…"),
    *("-", "–", "·"),
    *("pane", "Città", "caffe\u0301", "ß", "Σ", "İ", "1", "２", "²", "٣", "京都", "を", "한국", "ไทย"),
    *("हिन्दी", "می", "πό", "рф"),
    *("。", "、", "「", "」", "（", "）", "🥐", "❤️", "👩‍👧", "1️⃣", "🇮🇹", "𝗯𝗼", "𠮷"),
)  # fmt: skip


def random_text(random: Random) -> str:
    return "".join(random.choice(FRAGMENTS) for _ in range(random.randint(1, 14)))


def found_in(text: str) -> dict[str, Any]:
    """Return what there is to compare: the entities, whether all is one tag, its folding, what is composed of it."""
    return {
        "text": text,
        "entities": [[found.kind, found.value] for found in find_entities(text)],
        "is_hashtag": is_hashtag(text),
        "folded": fold_hashtag(text),
        "composed": compose_text(text, text[::-1], ["pane", "京都", "STRASSE", "Pane"]),
    }


def generate(count: int = 400) -> list[dict[str, Any]]:
    random = Random(20)
    return [found_in(random_text(random)) for _ in range(count)]


def write_generated() -> None:
    lines = ",\n".join(json.dumps(case, ensure_ascii=True) for case in generate())
    GENERATED.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    write_generated()

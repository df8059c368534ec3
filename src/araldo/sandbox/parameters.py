"""Parameters of a call as one flat mapping of text, whatever they were written in: query, form or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any


def read_json(text: str | bytes) -> Any:
    """:raises ValueError: for what is no JSON, and for what is nested too deep to be read."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None


def from_pairs(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The last one of a name counts, as in PHP; `name[]` and `name[][key]` are numbered."""
    params: dict[str, str] = {}
    counts: dict[str, int] = {}
    for name, value in pairs:
        key = _numbered(_clean(name), params, counts)
        params[key] = _clean(value)
    return params


def _numbered(key: str, params: Mapping[str, str], counts: dict[str, int]) -> str:
    """Put an index into empty brackets: the next one, or the last one while its item lacks this inner key."""
    bare, bracket, rest = key.partition("[")
    if not bracket:
        return key
    index, _, inner = rest.partition("]")
    count = counts.get(bare, 0)
    if not index:
        open_item = bool(inner) and count > 0 and f"{bare}[{count - 1}]{inner}" not in params
        index = str(count - 1 if open_item else count)
        key = f"{bare}[{index}]{inner}"
    if len(index) < 5 and index.isdecimal() and index.isascii():
        counts[bare] = max(count, int(index) + 1)
    return key


def as_params(body: Mapping[str, Any]) -> dict[str, str]:
    """JSON values the way a form would carry them; a null is as good as absent."""
    return {
        _clean(name): _clean(value) if isinstance(value, str) else json.dumps(value)
        for name, value in body.items()
        if value is not None
    }


def _clean(text: str) -> str:
    """Without halves of characters (JSON can bring them), which no answer and no page could be encoded with."""
    return text.encode("utf-8", "replace").decode()

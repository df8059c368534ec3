"""Convert a call's parameters from query, form or JSON to one flat mapping of texts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any


def read_json(text: str | bytes) -> Any:
    """Parse JSON.

    :raises ValueError: for invalid JSON, or JSON nested too deep.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None


def from_pairs(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Convert pairs; of equal names the last counts, as in PHP; `name[]` and `name[][key]` get numbers."""
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
    """Convert a JSON object as if it had been sent as a form; null counts as absent."""
    return {
        _clean(name): _clean(value) if isinstance(value, str) else json.dumps(value)
        for name, value in body.items()
        if value is not None
    }


def _clean(text: str) -> str:
    """Replace lone surrogates, which JSON may contain and no answer could be encoded with."""
    return text.encode("utf-8", "replace").decode()

"""How much of Meta's allowance is used, read from every answer, so that we slow down before Meta makes us.

Facts: Meta's "Rate Limits" guide. X-App-Usage and X-Page-Usage hold percentages of the present window;
X-Business-Use-Case-Usage holds them by object, with the minutes until access returns. There is no Retry-After.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from araldo.clock import Clock

# At 100 Meta refuses, and every call after that makes the wait longer; so the last tenth is left for others.
ENOUGH_PERCENT = 90.0
_PAUSE_S = 300.0
_LONGEST_PAUSE_S = 6 * 3600.0
_PERCENTAGES = ("call_count", "total_time", "total_cputime")


class Usage:
    """By token: what one account has used up does not stop another."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[int, float] = {}

    def wait_s(self, token: str) -> float:
        """Seconds until this token should be used again; 0 for at once."""
        left = self._until.get(hash(token), 0.0) - self._clock.running()
        return max(0.0, left)

    def note(self, token: str, headers: Mapping[str, str]) -> None:
        pause = max((_pause_s(entry) for entry in _entries(headers)), default=0.0)
        if pause:
            self._until[hash(token)] = self._clock.running() + pause


def _pause_s(entry: Mapping[str, Any]) -> float:
    minutes = _number(entry.get("estimated_time_to_regain_access"))
    if minutes > 0:
        return min(minutes * 60, _LONGEST_PAUSE_S)
    return _PAUSE_S if any(_number(entry.get(name)) >= ENOUGH_PERCENT for name in _PERCENTAGES) else 0.0


def _entries(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    for name in ("x-app-usage", "x-page-usage"):
        told = _parsed(headers.get(name))
        if isinstance(told, dict):
            yield told
    by_object = _parsed(headers.get("x-business-use-case-usage"))
    for entries in by_object.values() if isinstance(by_object, dict) else ():
        if isinstance(entries, list):
            yield from (entry for entry in entries if isinstance(entry, dict))


def _parsed(text: str | None) -> object:
    """What stands there, or nothing: a header that cannot be read slows nobody down."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0

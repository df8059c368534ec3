"""Track how much of Meta's rate limit is used, from the headers of every answer, to pause before Meta refuses.

Facts: Meta's "Rate Limits" guide. X-App-Usage and X-Page-Usage hold percentages of the present window;
X-Business-Use-Case-Usage holds them by object, with the minutes until access returns. There is no Retry-After.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from araldo.clock import Clock

# At 100 percent Meta refuses, and every further call prolongs the wait.
PAUSE_FROM_PERCENT = 90.0
_PAUSE_S = 300.0
_LONGEST_PAUSE_S = 6 * 3600.0
_PERCENTAGES = ("call_count", "total_time", "total_cputime")


class UsageTracker:
    """Pauses by token: an account that used up its limit does not stop another."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[int, float] = {}

    def seconds_until_allowed(self, token: str) -> float:
        """Return the seconds until this token should be used again; 0 for now."""
        left = self._until.get(hash(token), 0.0) - self._clock.running()
        return max(0.0, left)

    def record(self, token: str, headers: Mapping[str, str]) -> None:
        pause = max((_pause_s(entry) for entry in _entries(headers)), default=0.0)
        if pause:
            self._until[hash(token)] = self._clock.running() + pause


def _pause_s(entry: Mapping[str, Any]) -> float:
    minutes = _number(entry.get("estimated_time_to_regain_access"))
    if minutes > 0:
        return min(minutes * 60, _LONGEST_PAUSE_S)
    return _PAUSE_S if any(_number(entry.get(name)) >= PAUSE_FROM_PERCENT for name in _PERCENTAGES) else 0.0


def _entries(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    for name in ("x-app-usage", "x-page-usage"):
        usage = _parse_json(headers.get(name))
        if isinstance(usage, dict):
            yield usage
    by_object = _parse_json(headers.get("x-business-use-case-usage"))
    for entries in by_object.values() if isinstance(by_object, dict) else ():
        if isinstance(entries, list):
            yield from (entry for entry in entries if isinstance(entry, dict))


def _parse_json(text: str | None) -> object:
    """Parse a header's JSON; None when it is missing or cannot be parsed."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0

"""Hypothesis profiles: number of examples when quick, in CI, and when exploring."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from hypothesis import settings

_Case = TypeVar("_Case")
_QUICK, _STEADY, _EXPLORE = 25, 100, 1000


def register_profiles() -> None:
    """Register the profiles and load the steady one; `--hypothesis-profile` selects another.

    The same examples in every run, so that a red run means a change and never luck; `explore` looks for new ones.
    """
    settings.register_profile("quick", derandomize=True, deadline=None, max_examples=_QUICK)
    settings.register_profile("steady", derandomize=True, deadline=None, max_examples=_STEADY)
    settings.register_profile("explore", deadline=None, max_examples=_EXPLORE)
    settings.load_profile("steady")


def examples(count: int, **more: Any) -> settings:
    """Return settings for a slow test: `count` examples in CI, fewer when quick, all when exploring."""
    chosen = settings().max_examples
    scaled = chosen if chosen >= _EXPLORE else max(3, count * chosen // _STEADY)
    return settings(max_examples=scaled, **more)


def cases(every: Sequence[_Case], kind: Callable[[_Case], Hashable]) -> Sequence[_Case]:
    """Return the variants of a slow test: all in CI, the first of each `kind` when quick."""
    if settings().max_examples > _QUICK:
        return every
    first: dict[Hashable, _Case] = {}
    for case in every:
        first.setdefault(kind(case), case)
    return list(first.values())

"""How many examples a property test tries: a few for every edit, more in CI, many when new ones are looked for."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

_QUICK, _STEADY, _EXPLORE = 25, 100, 1000


def register_profiles() -> None:
    """Make the profiles known and take the steady one; `--hypothesis-profile` takes another.

    The same examples in every run, so that a red run means a change and never luck; `explore` looks for new ones.
    """
    settings.register_profile("quick", derandomize=True, deadline=None, max_examples=_QUICK)
    settings.register_profile("steady", derandomize=True, deadline=None, max_examples=_STEADY)
    settings.register_profile("explore", deadline=None, max_examples=_EXPLORE)
    settings.load_profile("steady")


def examples(count: int, **more: Any) -> settings:
    """Settings of a test whose examples cost much: `count` in CI, in proportion when quick, all when exploring."""
    chosen = settings().max_examples
    scaled = chosen if chosen >= _EXPLORE else max(3, count * chosen // _STEADY)
    return settings(max_examples=scaled, **more)

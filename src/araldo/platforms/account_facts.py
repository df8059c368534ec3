"""Apply what a service says of one account, its facts, to what a platform declares for all. Pure.

Facts are JSON that a service reads when an account is connected or inspected:
`{"platforms": {name: {"limits": {"text_max": 5000}, "pictures_max": 4, "options": {...}}}}`. Every part may be missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from araldo.platforms.base import Declaration
from araldo.platforms.counting import count_in, limits_of, strictest_limits
from araldo.platforms.options import options_of, strictest_options


def declaration_of(declared: Declaration, facts: Mapping[str, Any]) -> Declaration:
    """Return what holds for one account: the declaration with the limits that its facts change."""
    if not facts:
        return declared
    own = _mapping(_mapping(facts.get("platforms")).get(declared.name))
    return replace(
        declared,
        limits=limits_of(declared.limits, _mapping(own.get("limits"))),
        options=options_of(declared.options, _mapping(own.get("options"))),
        pictures_max=count_in(own, "pictures_max", declared.pictures_max),
    )


def declaration_for(declared: Declaration, facts: Iterable[Mapping[str, Any]]) -> Declaration:
    """Return what holds for several accounts at once, by the facts of each: the strictest of their limits."""
    each = [declaration_of(declared, one) for one in facts]
    if all(one is declared for one in each):
        return declared
    return replace(
        declared,
        limits=strictest_limits([one.limits for one in each]),
        options=strictest_options([one.options for one in each]),
        pictures_max=min(one.pictures_max for one in each),
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

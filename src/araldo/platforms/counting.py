"""The limits of a text, with the way in which a platform counts, as data. `araldo.posts.counting` counts by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

# code_points: Unicode code points. graphemes: what a reader takes for one character (UAX #29). utf16: UTF-16 code
# units. weighted: twitter-text's version 3, where most scripts count one, and CJK characters and emoji count two.
Unit = Literal["code_points", "graphemes", "utf16", "weighted"]


@dataclass(frozen=True, slots=True)
class TextLimits:
    """Limits of a text, and how a platform counts it; None means no limit.

    `text_max`, and `text_with_pictures_max` for a post with pictures, are in `unit`; `bytes_max` is in bytes of UTF-8.
    `url_length`: each link counts as that many characters, whatever its length; None: it counts as it is written.
    `url_needs_scheme`: that holds only for links that begin with http:// or https://.
    `mention_domain_counts`: False where `@name@example.org` counts as `@name`.
    """

    text_max: int
    hashtags_max: int | None = None
    mentions_max: int | None = None
    unit: Unit = "code_points"
    text_with_pictures_max: int | None = None
    bytes_max: int | None = None
    url_length: int | None = None
    url_needs_scheme: bool = True
    mention_domain_counts: bool = True

    def text_max_for(self, *, with_pictures: bool) -> int:
        """Return the most that a text may count in a post with or without pictures."""
        most = self.text_with_pictures_max
        return self.text_max if most is None or not with_pictures else most


_NUMBERS = frozenset(one.name for one in fields(TextLimits) if one.type in ("int", "int | None"))


def limits_of(declared: TextLimits, facts: Mapping[str, Any]) -> TextLimits:
    """Return the limits with the numbers that `facts` names, such as those of the account's server.

    What is no field, or no whole number above zero, is ignored: the facts come from outside.
    """
    return replace(declared, **{name: count_in(facts, name, getattr(declared, name)) for name in _NUMBERS})


def strictest_limits(limits: Sequence[TextLimits]) -> TextLimits:
    """Return limits that hold for several accounts at once: the lowest of each, and the greatest length of a link.

    Raises ValueError without any.
    """
    first, *_ = limits
    lowest: dict[str, Any] = {
        name: _lowest([getattr(one, name) for one in limits]) for name in _NUMBERS - {"url_length"}
    }
    longest = None if first.url_length is None else max(one.url_length or 0 for one in limits)
    return replace(first, **lowest, url_length=longest)


def _lowest(values: Sequence[int | None]) -> int | None:
    return min((value for value in values if value is not None), default=None)


def count_in(facts: Mapping[str, Any], name: str, otherwise: Any) -> Any:
    """Return the whole number above zero that `facts` has under `name`, else `otherwise`."""
    value = facts.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else otherwise

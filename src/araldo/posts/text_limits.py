"""The limits of a text on one platform, as problems. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from araldo.entities.finder import find_hashtags, find_mentions
from araldo.errors import Problem
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.platforms.counting import TextLimits, Unit
from araldo.posts.counting import count_bytes, count_text

_TOO_LONG: Mapping[Unit, Message] = {
    "code_points": Message("posts.text_too_long"),
    "graphemes": Message("posts.text_too_long"),
    "utf16": Message("posts.text_too_long_utf16"),
    "weighted": Message("posts.text_too_long_weighted"),
}


@dataclass(frozen=True, slots=True)
class LimitedCount:
    """A count, and the most that is allowed; None: no limit."""

    count: int
    most: int | None


@dataclass(frozen=True, slots=True)
class TextCounts:
    """What a platform limits of a composed text. `text` is counted in `unit`, `bytes` in UTF-8."""

    unit: Unit
    text: LimitedCount
    bytes: LimitedCount
    hashtags: LimitedCount
    mentions: LimitedCount


def count_limited(text: str, limits: TextLimits, *, with_pictures: bool, also: Iterable[str] = ()) -> TextCounts:
    """Count all that is limited of a composed text. `also`: further texts whose length counts in the text's."""
    length = sum(count_text(counted, limits) for counted in (text, *also))
    return TextCounts(
        limits.unit,
        LimitedCount(length, limits.text_max_for(with_pictures=with_pictures)),
        LimitedCount(count_bytes(text), limits.bytes_max),
        LimitedCount(len(find_hashtags(text)), limits.hashtags_max),
        LimitedCount(len(find_mentions(text)), limits.mentions_max),
    )


def text_limit_problems(counts: TextCounts, declared: Declaration, pointer: str) -> Iterator[Problem]:
    """Yield a problem for each limit that is exceeded. `pointer` names the field of the text."""
    limits, length, most = declared.limits, counts.text.count, counts.text.most
    each = (
        (pointer, "text_too_long", _TOO_LONG[counts.unit], counts.text),
        (pointer, "text_too_long", Message("posts.text_too_long_bytes"), counts.bytes),
        ("/hashtags", "too_many_hashtags", Message("posts.too_many_hashtags"), counts.hashtags),
        (pointer, "too_many_mentions", Message("posts.too_many_mentions"), counts.mentions),
    )
    for at, code, message, counted in each:
        if counted.most is None or counted.count <= counted.most:
            continue
        said = message.with_values(label=declared.label, count=counted.count, most=counted.most)
        if counted.most == most and most < length <= limits.text_max and code == "text_too_long":
            said = Message("posts.text_fits_without_pictures", {"problem": said, "most": limits.text_max})
        yield Problem(at, code, said, declared.name)

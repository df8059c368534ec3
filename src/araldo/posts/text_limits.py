"""The limits of a text on one platform, as problems. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from araldo.entities.finder import find_hashtags, find_mentions
from araldo.errors import Problem
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.platforms.counting import Unit
from araldo.posts.counting import count_bytes, count_text

_TOO_LONG: Mapping[Unit, Message] = {
    "code_points": Message("posts.text_too_long"),
    "graphemes": Message("posts.text_too_long"),
    "utf16": Message("posts.text_too_long_utf16"),
    "weighted": Message("posts.text_too_long_weighted"),
}


def text_limit_problems(
    text: str, declared: Declaration, *, pointer: str, with_pictures: bool, also: Iterable[str] = ()
) -> Iterator[Problem]:
    """Yield a problem for each limit that the composed text exceeds.

    `pointer` names the field of the text. `also`: further texts whose length counts in the text's.
    """
    limits = declared.limits
    hashtags, mentions = len(find_hashtags(text)), len(find_mentions(text))
    length = sum(count_text(counted, limits) for counted in (text, *also))
    most = limits.text_max_for(with_pictures=with_pictures)
    counts = (
        (pointer, "text_too_long", _TOO_LONG[limits.unit], length, most),
        (pointer, "text_too_long", Message("posts.text_too_long_bytes"), count_bytes(text), limits.bytes_max),
        ("/hashtags", "too_many_hashtags", Message("posts.too_many_hashtags"), hashtags, limits.hashtags_max),
        (pointer, "too_many_mentions", Message("posts.too_many_mentions"), mentions, limits.mentions_max),
    )
    for at, code, message, count, allowed in counts:
        if allowed is None or count <= allowed:
            continue
        said = message.with_values(label=declared.label, count=count, most=allowed)
        if allowed == most < length <= limits.text_max and code == "text_too_long":
            said = Message("posts.text_fits_without_pictures", {"problem": said, "most": limits.text_max})
        yield Problem(at, code, said, declared.name)

"""Format and compare times as the Graph API writes them, allowing for clock skew."""

from __future__ import annotations

from datetime import datetime, timedelta

# Clocks drift: a post created this long before the intent by Meta's clock may still be ours.
SKEW = timedelta(seconds=60)


def since_field(moment: datetime) -> str:
    """Return `moment` minus the skew as whole Unix seconds, for a `since` parameter."""
    return str(int((moment - SKEW).timestamp()))


def was_created_after(text: object, moment: datetime | None) -> bool:
    """Whether a `created_time` or `timestamp` (2019-05-17T16:24:04+0000) is after `moment`, skew allowed."""
    if moment is None:
        return False
    try:
        created = datetime.strptime(str(text), "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        return False
    return created >= moment - SKEW

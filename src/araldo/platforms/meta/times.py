"""Times as the Graph API writes them, and how far its clock may be from ours."""

from __future__ import annotations

from datetime import datetime, timedelta

# A machine's clock that is set by nobody drifts; a post made this long before the intent may still be ours.
SKEW = timedelta(seconds=60)


def since_field(moment: datetime) -> str:
    """For a `since` parameter: whole Unix seconds, the skew taken off."""
    return str(int((moment - SKEW).timestamp()))


def was_created_after(text: object, moment: datetime | None) -> bool:
    """Whether a `created_time` or `timestamp` (2019-05-17T16:24:04+0000) lies after `moment`, skew allowed."""
    if moment is None:
        return False
    try:
        created = datetime.strptime(str(text), "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        return False
    return created >= moment - SKEW

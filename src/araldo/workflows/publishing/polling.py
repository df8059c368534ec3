"""How long to wait between two polls of a ticket that the platform is still processing."""

from __future__ import annotations

# A longer pause is no polling: the job ends, and the delivery waits until then.
POLL_PAUSE_MAX_S = 2.0
_PAUSE_MIN_S = 0.05
# Assumed until a first ticket was ready.
_FIRST_EXPECTED_S = 1.0
_NEWEST_WEIGHT = 0.4
# A poll that finds its ticket ready at the first try may have come late: the next one is earlier.
_EARLIER = 0.9


class PollPacing:
    """Polls once shortly before a ticket is usually ready, and often just after.

    A platform counts polls against the app's rate limit, and every pause after a ticket is ready delays its post.
    """

    def __init__(self) -> None:
        # By platform, how long after the first poll its tickets were asked for and ready lately, in seconds.
        self._expected_s: dict[str, float] = {}

    def pause(self, platform: str, waited_s: float) -> float:
        """Return the seconds until the next poll, after waiting `waited_s` since the first."""
        late_s = waited_s - self._expected(platform)
        # Late polls thin out as the wait grows.
        return min(POLL_PAUSE_MAX_S, max(_PAUSE_MIN_S, -late_s, late_s / 4))

    def record(self, platform: str, asked_s: float) -> None:
        """Learn that a ticket was ready when asked for `asked_s` after the first poll."""
        expected = self._expected(platform)
        if asked_s <= expected + _PAUSE_MIN_S:
            asked_s *= _EARLIER
        self._expected_s[platform] = expected + _NEWEST_WEIGHT * (asked_s - expected)

    def _expected(self, platform: str) -> float:
        return self._expected_s.get(platform, _FIRST_EXPECTED_S)

"""How long to wait between two polls of a ticket that the platform is still processing."""

from __future__ import annotations

# A longer pause is no polling: the job ends, and the delivery waits until then.
POLL_PAUSE_MAX_S = 2.0
_PAUSE_MIN_S = 0.1
# Assumed until a first ticket was ready.
_FIRST_EXPECTED_S = 1.0
_NEWEST_WEIGHT = 0.3


class PollPacing:
    """Polls little before a ticket is usually ready, and often around that time.

    A platform counts polls against the app's rate limit, and every pause after a ticket is ready delays its post.
    """

    def __init__(self) -> None:
        # By platform, how long its tickets took lately, in seconds: an exponentially weighted mean.
        self._expected_s: dict[str, float] = {}

    def pause(self, platform: str, waited_s: float) -> float:
        """Return the seconds until the next poll, after waiting `waited_s` since the first."""
        until_expected = 0.95 * self._expected_s.get(platform, _FIRST_EXPECTED_S) - waited_s
        # After that, a tenth of what it took so far: polls thin out as the wait grows.
        return min(POLL_PAUSE_MAX_S, max(_PAUSE_MIN_S, until_expected, waited_s / 10))

    def record(self, platform: str, took_s: float) -> None:
        """Learn how long a ticket took until it was ready, in seconds."""
        before = self._expected_s.get(platform, took_s)
        self._expected_s[platform] = before + _NEWEST_WEIGHT * (took_s - before)

"""Rate limits on sign-in, against guessed passwords and codes. Pure but for the clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address
from typing import Any

from araldo.clock import Clock
from araldo.errors import TooMany
from araldo.messages import Message

WINDOW_S = 15 * 60.0
# Failed tries within the window: for one name from one address; from one address; second-factor codes of one user.
MAX_TRIES_PER_NAME, MAX_TRIES_PER_ADDRESS, MAX_CODES_PER_USER = 10, 30, 10
# After this many failed tries for a name from all addresses, one more is allowed every SLOW_S seconds.
SLOW_AFTER, SLOW_S = 100, 3.0
# Names come from unauthenticated requests, so the tables are bounded: the oldest entries are dropped.
_MAX_ENTRIES = 20_000


class LoginThrottle:
    """Counts failed tries in memory: each process counts for itself, and a restart resets the counts.

    For the event loop's thread alone, so never inside a function given to the database.

    An attacker locks out only their own address. Tries for the same name from other addresses are at most slowed
    down, and not at all from an address that has signed in with that name.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tries: dict[str, deque[float]] = {}
        self._last: dict[str, float] = {}
        self._known: dict[tuple[str, str], None] = {}
        self._reported: dict[str, float] = {}

    @contextmanager
    def attempt(self, *, address: str, name: str | None = None) -> Iterator[None]:
        """Count a try before the block runs, so that concurrent tries count too; undo it when the block succeeds.

        Raises TooMany, and whatever the block raises.
        """
        place = _network_of(address)
        limits = _limits(place, name)
        with self._count_attempt(limits, None if name is None or (name, place) in self._known else name):
            yield
        if name is not None:
            self._known[name, place] = None
            _evict_oldest(self._known)

    @contextmanager
    def attempt_code(self, user_id: str) -> Iterator[None]:
        """As `attempt`, for a second-factor code. Codes are short, so tries from all addresses count together."""
        with self._count_attempt({f"code {user_id}": MAX_CODES_PER_USER}, None):
            yield

    def should_record_refused_link(self, address: str) -> bool:
        """Return whether to audit a refused link from `address`: trying links is not limited, auditing them is."""
        key, now = f"link {_network_of(address)}", self._clock.running()
        made = self._recent_tries(key, now)
        if len(made) >= MAX_TRIES_PER_ADDRESS:
            return False
        made.append(now)
        self._tries[key] = made
        _evict_oldest(self._tries)
        return True

    def starts_lockout(self, *, address: str, name: str | None = None) -> bool:
        """Return whether tries are refused from now on. True once for each lockout, so that it is recorded once."""
        return self._starts_lockout(_limits(_network_of(address), name))

    def starts_code_lockout(self, user_id: str) -> bool:
        """As `starts_lockout`, for the user's second-factor codes."""
        return self._starts_lockout({f"code {user_id}": MAX_CODES_PER_USER})

    def _starts_lockout(self, limits: dict[str, int]) -> bool:
        now = self._clock.running()
        for key, most in limits.items():
            reported = self._reported.get(key)
            if len(self._tries.get(key, ())) >= most and (reported is None or reported <= now - WINDOW_S):
                self._reported[key] = now
                _evict_oldest(self._reported)
                return True
        return False

    @contextmanager
    def _count_attempt(self, limits: dict[str, int], slowed: str | None) -> Iterator[None]:
        now = self._clock.running()
        for key, most in limits.items():
            self._require_below_limit(key, most, now)
        everywhere = f"everywhere {slowed}"
        if slowed is not None:
            self._slow_down(everywhere, now)
        keys = [*limits, *([] if slowed is None else [everywhere])]
        for key in keys:
            self._tries.setdefault(key, deque()).append(now)
        _evict_oldest(self._tries)
        yield
        for key in keys:
            made = self._tries.get(key)
            if made is not None and now in made:
                made.remove(now)

    def _require_below_limit(self, key: str, most: int, now: float) -> None:
        made = self._recent_tries(key, now)
        if len(made) >= most:
            raise _too_many(made[0] + WINDOW_S - now)

    def _slow_down(self, key: str, now: float) -> None:
        if len(self._recent_tries(key, now)) < SLOW_AFTER:
            return
        wait_s = self._last.get(key, float("-inf")) + SLOW_S - now
        if wait_s > 0:
            raise _too_many(wait_s)
        self._last[key] = now
        _evict_oldest(self._last)

    def _recent_tries(self, key: str, now: float) -> deque[float]:
        made = self._tries.get(key, deque())
        while made and made[0] <= now - WINDOW_S:
            made.popleft()
        return made


def _limits(place: str, name: str | None) -> dict[str, int]:
    limits = {f"address {place}": MAX_TRIES_PER_ADDRESS}
    if name is not None:
        limits[f"name {name} from {place}"] = MAX_TRIES_PER_NAME
    return limits


def _too_many(wait_s: float) -> TooMany:
    return TooMany(Message("login_throttle.too_many_tries", {"minutes": int(wait_s // 60) + 1}), after_s=wait_s)


def _evict_oldest(remembered: dict[Any, Any]) -> None:
    while len(remembered) > _MAX_ENTRIES:
        remembered.pop(next(iter(remembered)))


def _network_of(address: str) -> str:
    """Return the IPv4 address, or the /64 network of an IPv6 address: one customer has a whole /64."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or int(parsed) >> 64)

"""How often somebody may guess, so that neither a password is found nor a person locked out. Pure but for the clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address
from typing import Any

from araldo.clock import Clock
from araldo.errors import TooMany
from araldo.messages import Message

WHILE_S = 15 * 60.0
# Wrong tries in that time: of one address for one name; of one address; codes of a second factor for one person.
BY_NAME, BY_ADDRESS, BY_CODE = 10, 30, 10
# So many wrong tries for a name from all addresses together, and further ones are slowed down: one in this time.
SLOW_AFTER, SLOW_S = 100, 3.0
# Names are whatever somebody sends: the oldest give way.
_REMEMBERED = 20_000


class LoginThrottle:
    """In this process's memory: a start forgets, and each process counts for itself.

    A stranger locks out only their own address. Tries for a name from elsewhere are slowed down at the most, and not at
    all from an address that has signed in under it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tries: dict[str, deque[float]] = {}
        self._last: dict[str, float] = {}
        self._known: dict[tuple[str, str], None] = {}
        self._reported: dict[str, float] = {}

    @contextmanager
    def attempt(self, *, address: str, name: str | None = None) -> Iterator[None]:
        """Counted before it is made, so that many at once are no way around; taken back when the block ends well.

        Raises TooMany, and what the block raises.
        """
        place = _neighbourhood(address)
        limits = _limits(place, name)
        with self._counted(limits, None if name is None or (name, place) in self._known else name):
            yield
        if name is not None:
            self._known[name, place] = None
            _forget_the_oldest(self._known)

    @contextmanager
    def attempt_code(self, user_id: str) -> Iterator[None]:
        """As `attempt`, for a code of a second factor: it is short, so all addresses together count."""
        with self._counted({f"code {user_id}": BY_CODE}, None):
            yield

    def reports_refused_link(self, address: str) -> bool:
        """Whether a link refused there is still to be recorded: links are not limited, what is written of them is."""
        key, now = f"link {_neighbourhood(address)}", self._clock.running()
        made = self._recent(key, now)
        if len(made) >= BY_ADDRESS:
            return False
        made.append(now)
        self._tries[key] = made
        _forget_the_oldest(self._tries)
        return True

    def locks_out_now(self, *, address: str, name: str | None = None) -> bool:
        """Whether tries from there are refused from now on; true once for each time that they are."""
        return self._full_now(_limits(_neighbourhood(address), name))

    def locks_out_codes_now(self, user_id: str) -> bool:
        """As `locks_out_now`, for the person's codes."""
        return self._full_now({f"code {user_id}": BY_CODE})

    def _full_now(self, limits: dict[str, int]) -> bool:
        now = self._clock.running()
        for key, most in limits.items():
            reported = self._reported.get(key)
            if len(self._tries.get(key, ())) >= most and (reported is None or reported <= now - WHILE_S):
                self._reported[key] = now
                _forget_the_oldest(self._reported)
                return True
        return False

    @contextmanager
    def _counted(self, limits: dict[str, int], slowed: str | None) -> Iterator[None]:
        now = self._clock.running()
        for key, most in limits.items():
            self._refuse_over(key, most, now)
        everywhere = f"everywhere {slowed}"
        if slowed is not None:
            self._slow_down(everywhere, now)
        keys = [*limits, *([] if slowed is None else [everywhere])]
        for key in keys:
            self._tries.setdefault(key, deque()).append(now)
        _forget_the_oldest(self._tries)
        yield
        for key in keys:
            made = self._tries.get(key)
            if made is not None and now in made:
                made.remove(now)

    def _refuse_over(self, key: str, most: int, now: float) -> None:
        made = self._recent(key, now)
        if len(made) >= most:
            raise _too_many(made[0] + WHILE_S - now)

    def _slow_down(self, key: str, now: float) -> None:
        if len(self._recent(key, now)) < SLOW_AFTER:
            return
        wait_s = self._last.get(key, float("-inf")) + SLOW_S - now
        if wait_s > 0:
            raise _too_many(wait_s)
        self._last[key] = now
        _forget_the_oldest(self._last)

    def _recent(self, key: str, now: float) -> deque[float]:
        made = self._tries.get(key, deque())
        while made and made[0] <= now - WHILE_S:
            made.popleft()
        return made


def _limits(place: str, name: str | None) -> dict[str, int]:
    limits = {f"address {place}": BY_ADDRESS}
    if name is not None:
        limits[f"name {name} from {place}"] = BY_NAME
    return limits


def _too_many(wait_s: float) -> TooMany:
    return TooMany(Message("login_throttle.too_many_tries", {"minutes": int(wait_s // 60) + 1}), after_s=wait_s)


def _forget_the_oldest(remembered: dict[Any, Any]) -> None:
    while len(remembered) > _REMEMBERED:
        remembered.pop(next(iter(remembered)))


def _neighbourhood(address: str) -> str:
    """One customer has a whole /64 of IPv6."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or int(parsed) >> 64)

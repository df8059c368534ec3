"""How often somebody may guess: so many tries in a while, for each address and each name. Pure but for the clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address

from araldo.clock import Clock
from araldo.errors import Sentence, TooMany

WHILE_S = 15 * 60.0
BY_NAME, BY_ADDRESS = 10, 30
# Names are whatever somebody sends: the oldest give way.
_REMEMBERED = 20_000

_SENTENCE = Sentence(
    "Too many tries to sign in. Wait {minutes} minutes, or use a one-time link: `araldo users link` prints one.",
    "Troppi tentativi di accesso. Attendi {minutes} minuti, o usa un link monouso: lo stampa `araldo users link`.",
)


class Guessing:
    """In this process's memory: a start forgets, and each process counts for itself."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tries: dict[str, deque[float]] = {}

    @contextmanager
    def one_try(self, *, address: str, name: str | None = None) -> Iterator[None]:
        """Counted before it is made, so that many at once are no way around; taken back when the block ends well.

        Raises TooMany, and what the block raises.
        """
        limits = {f"address {_neighbourhood(address)}": BY_ADDRESS}
        if name is not None:
            limits[f"name {name}"] = BY_NAME
        now = self._clock.running()
        for key, most in limits.items():
            self._refuse_over(key, most, now)
        for key in limits:
            self._tries.setdefault(key, deque()).append(now)
        self._forget_the_oldest()
        yield
        for key in limits:
            made = self._tries.get(key)
            if made is not None and now in made:
                made.remove(now)

    def _refuse_over(self, key: str, most: int, now: float) -> None:
        made = self._tries.get(key, deque())
        while made and made[0] <= now - WHILE_S:
            made.popleft()
        if len(made) >= most:
            wait_s = made[0] + WHILE_S - now
            raise TooMany(_SENTENCE.with_(minutes=int(wait_s // 60) + 1), after_s=wait_s)

    def _forget_the_oldest(self) -> None:
        while len(self._tries) > _REMEMBERED:
            self._tries.pop(next(iter(self._tries)))


def _neighbourhood(address: str) -> str:
    """One customer has a whole /64 of IPv6."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or int(parsed) >> 64)

"""Limits on failed sign-ins, against guessed passwords and codes. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

WINDOW_S = 15 * 60.0
# Failed tries within the window: for one name from one address; from one address; second-factor codes of one user.
MAX_TRIES_PER_NAME, MAX_TRIES_PER_ADDRESS, MAX_CODES_PER_USER = 10, 30, 10
# After this many failed tries for a name from all addresses, one more is allowed every SLOW_S seconds.
SLOW_AFTER, SLOW_S = 100, 3.0
# How long an address from which somebody has signed in with a name is not slowed down for that name.
KNOWN_FOR = timedelta(days=90)

_WINDOW = timedelta(seconds=WINDOW_S)


@dataclass(frozen=True, slots=True)
class TryLimit:
    """At most `most` failed tries within the window under `key`; after that none, or one every `pause` where it is set.

    `key` holds what a person typed, so only a keyed digest of it is stored.
    """

    key: str
    most: int
    pause: timedelta | None = None


@dataclass(frozen=True, slots=True)
class FailedTries:
    """The latest failed tries under one key.

    `paused_at`: the last one that was let through after a pause. `lockout_at`: when a lockout was last recorded.
    """

    made: tuple[datetime, ...] = ()
    paused_at: datetime | None = None
    lockout_at: datetime | None = None


def limits_of_sign_in(address: str, name: str | None) -> tuple[TryLimit, ...]:
    """Return the limits that lock out: of the address, and of the folded name from this address."""
    place = _network_of(address)
    of_address = TryLimit(f"address {place}", MAX_TRIES_PER_ADDRESS)
    return (of_address,) if name is None else (of_address, TryLimit(f"name {name} from {place}", MAX_TRIES_PER_NAME))


def limit_of_name(name: str) -> TryLimit:
    """Return the limit of a folded name from all addresses, which only slows down."""
    return TryLimit(f"everywhere {name}", SLOW_AFTER, timedelta(seconds=SLOW_S))


def limit_of_codes(user_id: str) -> TryLimit:
    """Return the limit of a user's second-factor codes. Codes are short: tries from all addresses count together."""
    return TryLimit(f"code {user_id}", MAX_CODES_PER_USER)


def limit_of_links(address: str) -> TryLimit:
    """Return the limit of the refused links that are audited: trying links is not limited, auditing them is."""
    return TryLimit(f"link {_network_of(address)}", MAX_TRIES_PER_ADDRESS)


def key_of_known(address: str, name: str) -> str:
    """Return the key under which it is stored that somebody has signed in with the folded name from this address."""
    return f"known {name} from {_network_of(address)}"


def seconds_to_wait(limit: TryLimit, tries: FailedTries, now: datetime) -> float:
    """Return how long until another try is allowed; 0 when it is allowed now."""
    recent = _recent(tries, now)
    if len(recent) < limit.most:
        return 0.0
    if limit.pause is None:
        return min(WINDOW_S, (min(recent) + _WINDOW - now).total_seconds())
    since = None if tries.paused_at is None else now - tries.paused_at
    if since is None or abs(since) >= limit.pause:
        return 0.0
    return (limit.pause - max(since, timedelta())).total_seconds()


def with_try(limit: TryLimit, tries: FailedTries, now: datetime) -> FailedTries:
    """Return the tries with one more, made now. No more are kept than the limit needs."""
    recent = _recent(tries, now)
    is_paused = limit.pause is not None and len(recent) >= limit.most
    return replace(tries, made=(*recent, now)[-limit.most :], paused_at=now if is_paused else tries.paused_at)


def without_try(tries: FailedTries, made_at: datetime) -> FailedTries:
    """Return the tries without one that was made at this time, because it succeeded."""
    made = list(tries.made)
    if made_at in made:
        made.remove(made_at)
    return replace(tries, made=tuple(made))


def starts_lockout(limit: TryLimit, tries: FailedTries, now: datetime) -> bool:
    """Return whether tries are refused from now on and that has not been recorded yet."""
    is_recorded = tries.lockout_at is not None and abs(now - tries.lockout_at) < _WINDOW
    return len(_recent(tries, now)) >= limit.most and not is_recorded


def _recent(tries: FailedTries, now: datetime) -> tuple[datetime, ...]:
    """Return the tries within the window. Machines' clocks differ a little, and a clock may be set back by hours."""
    return tuple(made for made in tries.made if abs(now - made) < _WINDOW)


def _network_of(address: str) -> str:
    """Return the IPv4 address, or the /64 network of an IPv6 address: one customer has a whole /64."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or int(parsed) >> 64)

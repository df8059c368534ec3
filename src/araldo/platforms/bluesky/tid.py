"""Record keys: a TID, made of a time and of an id, the same whenever both are.

Facts: https://atproto.com/specs/tid (64 bits: a zero, 53 bits of microseconds since 1970, 10 bits of a clock's id; 13
characters of base32-sortable) and https://atproto.com/specs/record-key.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_LENGTH = 13
_CLOCK_BITS = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def make_tid(moment: datetime, key: str) -> str:
    """Return the TID of a time, so that a listing is chronological; `key`: hexadecimal, its last 10 bits are used."""
    microseconds = (moment - _EPOCH) // timedelta(microseconds=1)
    number = microseconds << _CLOCK_BITS | int(key, 16) & (1 << _CLOCK_BITS) - 1
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))

"""Exponential backoff with jitter: how long a delivery waits before it is tried again."""

from __future__ import annotations

from hashlib import blake2b

BACKOFF_MAX_S = 600.0
# A pause is lengthened by up to this part of itself, so that deliveries that failed together are not retried together.
_JITTER = 0.25
# 2 to the power of this many seconds is longer than any pause.
_DOUBLINGS_MAX = 12


def compute_backoff_s(
    delivery_id: str, tries: int, *, asked_s: float = 0.0, first_s: float = 1.0, max_s: float = BACKOFF_MAX_S
) -> float:
    """Return the seconds until the next try: `first_s` after no earlier try, doubled by each, plus jitter.

    `asked_s`: how long the service asked to wait, at least. `max_s`: the longest pause without jitter, unless the
    service asked for more.
    """
    pause_s = min(max_s, first_s * 2.0 ** min(tries, _DOUBLINGS_MAX))
    return add_jitter(max(asked_s, pause_s), delivery_id, tries)


def add_jitter(pause_s: float, delivery_id: str, tries: int) -> float:
    """Return the pause with its jitter: up to a quarter more, at most 150 s.

    The jitter depends on the delivery and its number of tries alone: a pause that is computed again stays the same.
    """
    digest = blake2b(f"{delivery_id} {tries}".encode(), digest_size=8).digest()
    return pause_s + min(pause_s, BACKOFF_MAX_S) * _JITTER * int.from_bytes(digest, "big") / 2**64

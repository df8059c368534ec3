"""How many requests an API key may make in a minute, counted in slices that processes reserve. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

WINDOW_S = 60
# A process reserves a twentieth of the limit at once: a key causes about so many writes a minute, however it is used.
_SLICES = 20


@dataclass(frozen=True, slots=True)
class KeyUsage:
    """What all processes together have reserved for an API key. `window`: minutes since 1970."""

    window: int
    reserved: int

    def reserved_in(self, window: int) -> int:
        return self.reserved if self.window == window else 0


def current_window(usage: KeyUsage, now: datetime) -> int:
    """Return the window that counts now: the next one as soon as a machine whose clock is a little ahead is in it."""
    own = int(now.timestamp()) // WINDOW_S
    return usage.window if usage.window == own + 1 else own


def seconds_left(window: int, now: datetime) -> float:
    """Return the seconds until the window ends."""
    return (window + 1) * WINDOW_S - now.timestamp()


def is_exhausted(usage: KeyUsage, window: int, limit: int) -> bool:
    """Return whether the whole limit of the window is reserved."""
    return usage.reserved_in(window) >= limit


def reserve_slice(usage: KeyUsage, now: datetime, limit: int) -> tuple[KeyUsage, int]:
    """Return the usage with the next slice, and how many requests the slice has: 0 when the limit is reached."""
    window = current_window(usage, now)
    before = usage.reserved_in(window)
    size = max(0, min(max(1, limit // _SLICES), limit - before))
    return KeyUsage(window, before + size), size

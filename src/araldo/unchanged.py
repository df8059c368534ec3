"""The value of a field that a change leaves as it is, where None is a value of its own."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Unchanged(Enum):
    """Type of `UNCHANGED`."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED

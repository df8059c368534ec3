"""Log lines as tests compare them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def expected_lines(lines: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the lines but those that only say that the machine is busy."""
    return [line for line in lines if line["event"] != "slow_transaction"]

"""The comparison of the deliveries in the database with what people can see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from araldo.posts.models import WORKING, State
from tests.chaos.service import VisiblePosts

UNSETTLED = {*WORKING, State.SCHEDULED}


@dataclass
class Comparison:
    """The counts of one comparison. Every list has to be empty."""

    states: Counter[str] = field(default_factory=Counter)
    # Errors of the deliveries that were not published.
    reasons: Counter[str] = field(default_factory=Counter)
    # Left to a person, because the outcome cannot be known; of these, how many a post exists of.
    unconfirmed: int = 0
    unconfirmed_there: int = 0
    twice: list[str] = field(default_factory=list)
    # Recorded as published, but no post exists.
    phantom: list[str] = field(default_factory=list)
    # Recorded as failed, missed or cancelled, but a post exists.
    denied: list[str] = field(default_factory=list)
    # Failed or missed for a reason that is neither the service's nor a person's.
    lost: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        return [*self.twice, *self.phantom, *self.denied, *self.lost, *self.unfinished]

    @property
    def is_clean(self) -> bool:
        return not self.wrong


def compare(rows: Sequence[Mapping[str, Any]], seen: VisiblePosts) -> Comparison:
    """Return the comparison of all deliveries, with their `marks`, and all visible posts.

    A post that no attempt sent is listed in `denied`, as "stray" and its mark.
    """
    comparison = Comparison()
    for row in rows:
        # The photos of one post are one post.
        state, out = row["state"], len(set().union(*(seen.get(mark, ()) for mark in row["marks"])))
        comparison.states[f"{row['platform']} {state}"] += 1
        if row["error"] is not None:
            error = row["error"]
            comparison.reasons[f"{state}: {error['service']} {error['code']}, {error['message']['key']}"] += 1
        comparison.unconfirmed += state == State.UNCONFIRMED
        comparison.unconfirmed_there += state == State.UNCONFIRMED and out > 0
        if out > 1:
            comparison.twice.append(row["id"])
        elif state in UNSETTLED or state == State.NEEDS_RECONNECT:
            comparison.unfinished.append(row["id"])
        elif state == State.PUBLISHED and out == 0:
            comparison.phantom.append(row["id"])
        elif state not in {State.PUBLISHED, State.UNCONFIRMED} and out:
            comparison.denied.append(row["id"])
        elif state in {State.FAILED, State.MISSED} and _is_own_error(row["error"]):
            comparison.lost.append(row["id"])
    known = {mark for row in rows for mark in row["marks"]}
    comparison.denied += [f"stray {mark}" for mark in seen if mark not in known]
    return comparison


def _is_own_error(error: Mapping[str, Any]) -> bool:
    """Return whether this machine or Araldo caused the error. A call that could not be made names the service."""
    return bool(error["service"] == "araldo" or error["code"] == "local_fault")

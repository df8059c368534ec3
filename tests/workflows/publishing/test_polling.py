"""The pace of polls: few before a ticket is usually ready, close ones around that time, few again later."""

from __future__ import annotations

import itertools

import pytest

from araldo.workflows.publishing.polling import POLL_PAUSE_MAX_S, PollPacing

_CALL_S = 0.1


def polls_until_ready(pacing: PollPacing, ready_s: float, platform: str = "wall") -> list[float]:
    """Return when each poll was sent, in seconds after the first, until one found the ticket ready."""
    sent = [0.0]
    while sent[-1] < ready_s:
        waited = sent[-1] + _CALL_S
        sent.append(waited + pacing.pause(platform, waited))
    pacing.record(platform, sent[-1])
    return sent


@pytest.mark.parametrize("ready_s", [0.4, 1.5, 5.0])
def test_polls_learn_when_tickets_are_ready(ready_s: float) -> None:
    pacing = PollPacing()
    for _ in range(12):
        polls_until_ready(pacing, ready_s)
    lately = [polls_until_ready(pacing, ready_s) for _ in range(8)]
    late = [sent[-1] - ready_s for sent in lately]
    assert max(late) <= 0.35
    assert sum(late) / len(late) <= 0.15
    # A pause is at most 2 s, so a long wait takes a few more.
    assert max(map(len, lately)) <= 4 + ready_s / POLL_PAUSE_MAX_S


def test_a_ticket_that_takes_much_longer_is_polled_ever_less_often() -> None:
    sent = polls_until_ready(PollPacing(), 28.0)
    pauses = [after - before for before, after in itertools.pairwise(sent)]
    assert pauses[1:] == sorted(pauses[1:])
    assert max(pauses) <= POLL_PAUSE_MAX_S + _CALL_S + 1e-9
    assert len(sent) < 40


def test_platforms_are_learned_apart() -> None:
    pacing = PollPacing()
    for _ in range(12):
        polls_until_ready(pacing, 6.0, "slow")
    assert pacing.pause("wall", 0.1) == PollPacing().pause("wall", 0.1)

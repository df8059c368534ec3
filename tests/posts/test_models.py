"""The table of moves, and what a post's status is made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.posts.models import MOVES, WORKING, State, may_move, status_of, success_of

states = st.sampled_from(list(State))


@pytest.mark.parametrize(
    ("given_states", "status"),
    [
        ([], "draft"),
        ([State.CANCELLED, State.CANCELLED], "cancelled"),
        ([State.PUBLISHED, State.CANCELLED], "published"),
        ([State.PUBLISHED, State.WAITING], "publishing"),
        ([State.DRAFT, State.DRAFT], "draft"),
        ([State.SCHEDULED, State.CANCELLED], "scheduled"),
        ([State.PUBLISHED, State.FAILED], "partial"),
        ([State.PUBLISHED, State.UNCONFIRMED], "partial"),
        ([State.FAILED, State.UNCONFIRMED], "unconfirmed"),
        ([State.FAILED, State.MISSED], "failed"),
        ([State.NEEDS_RECONNECT], "needs_reconnect"),
        ([State.NEEDS_RECONNECT, State.FAILED, State.MISSED], "needs_reconnect"),
        ([State.NEEDS_RECONNECT, State.UNCONFIRMED], "unconfirmed"),
        ([State.NEEDS_RECONNECT, State.PUBLISHED], "partial"),
    ],
)
def test_status_is_derived(given_states: list[State], status: str) -> None:
    assert status_of(given_states) == status


@given(st.lists(states, max_size=6))
def test_order_of_platforms_does_not_change_the_status(several: list[State]) -> None:
    assert status_of(several) == status_of(reversed(several))


@given(st.lists(states, min_size=1, max_size=6))
def test_published_only_when_every_live_delivery_is(several: list[State]) -> None:
    live = [state for state in several if state is not State.CANCELLED]
    assert (status_of(several) == "published") == (bool(live) and set(live) == {State.PUBLISHED})


@given(states)
def test_success_is_none_exactly_while_the_outcome_is_open(state: State) -> None:
    known = {State.PUBLISHED: True, State.FAILED: False, State.MISSED: False, State.NEEDS_RECONNECT: False}
    assert success_of(state) is known.get(state)


def test_every_state_has_transitions_and_published_is_final() -> None:
    assert set(MOVES) == set(State)
    assert MOVES[State.PUBLISHED] == frozenset()


@given(states)
def test_a_working_delivery_never_makes_a_post_cancelled_or_a_draft(state: State) -> None:
    assert may_move(state, state)
    assert not may_move(State.PUBLISHING, State.CANCELLED)
    assert not may_move(State.PUBLISHING, State.DRAFT)


def test_transitions_out_of_working_states_are_complete() -> None:
    for state in WORKING:
        assert State.PUBLISHED in MOVES[state]

"""What can be done with a delivery, and why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.errors import Conflict, NotFound
from araldo.messages import LANGUAGES
from araldo.pictures.models import DeliveryPicture
from araldo.posts.actions import DeliveryAction, PostAction, delivery_actions, obstacles, post_actions
from araldo.posts.models import Delivery, Post, PostView, State
from araldo.posts.references import find_deliveries, find_delivery

AT = datetime(2030, 1, 31, 9, 0, tzinfo=UTC)
POST = Post(id="post", workspace_id="w", content="Ciao", late_limit_s=0, created_at=AT, updated_at=AT)
states = st.sampled_from(list(State))


def delivery(state: State, *, open_attempts: int = 0, **more: Any) -> Delivery:
    blank: dict[str, Any] = dict.fromkeys(Delivery.__dataclass_fields__)
    named = {"id": "del_1", "platform": "wall", "state": state, "open_attempts": open_attempts}
    return Delivery(**{**blank, "picture": DeliveryPicture(), **named, **more})


@pytest.mark.parametrize(
    ("state", "open_attempts", "possible"),
    [
        (State.DRAFT, 0, "edit publish schedule cancel"),
        (State.SCHEDULED, 0, "edit publish schedule undo cancel"),
        (State.WAITING, 0, "edit schedule undo cancel"),
        (State.PUBLISHING, 1, ""),
        (State.PUBLISHED, 0, ""),
        (State.FAILED, 0, "edit schedule cancel retry"),
        (State.MISSED, 0, "edit publish schedule cancel retry"),
        (State.NEEDS_RECONNECT, 0, "edit schedule cancel retry"),
        (State.NEEDS_RECONNECT, 1, "retry resolve"),
        (State.UNCONFIRMED, 1, "resolve"),
        (State.CANCELLED, 0, "edit"),
    ],
)
def test_the_actions_of_each_state(state: State, open_attempts: int, possible: str) -> None:
    assert " ".join(delivery_actions(delivery(state, open_attempts=open_attempts))) == possible


@given(states, st.integers(0, 2))
def test_every_action_is_possible_or_says_why_not_in_every_language(state: State, open_attempts: int) -> None:
    row = delivery(state, open_attempts=open_attempts)
    possible, whys = delivery_actions(row), obstacles(row)
    assert sorted([*possible, *whys]) == sorted(DeliveryAction)
    for why in whys.values():
        assert len({why.message.to(language) for language in LANGUAGES}) == len(LANGUAGES)


@given(states, st.integers(1, 2))
def test_what_may_be_published_is_only_checked_or_decided(state: State, open_attempts: int) -> None:
    allowed = {DeliveryAction.RETRY, DeliveryAction.RESOLVE}
    assert set(delivery_actions(delivery(state, open_attempts=open_attempts))) <= allowed


def test_a_post_allows_what_one_of_its_deliveries_allows() -> None:
    rows = [delivery(State.PUBLISHED), delivery(State.FAILED)]
    assert post_actions(PostView(POST, rows)) == ["edit", "schedule", "cancel", "retry", "delete"]
    assert post_actions(PostView(POST, [])) == ["edit", "delete"]
    assert PostAction.DELETE not in post_actions(PostView(POST, [delivery(State.WAITING)]))


def test_deliveries_scheduled_together_are_undone_together_or_not_at_all() -> None:
    waiting, sent = delivery(State.SCHEDULED, due_at=AT), delivery(State.PUBLISHED, due_at=AT)
    assert PostAction.UNDO in post_actions(PostView(POST, [waiting, waiting]))
    assert PostAction.UNDO not in post_actions(PostView(POST, [waiting, replace(sent, open_attempts=1)]))


def test_a_delivery_is_found_by_its_id_or_by_a_platform_where_it_is_the_only_one() -> None:
    first, second = delivery(State.DRAFT), delivery(State.DRAFT, id="del_2")
    other = delivery(State.DRAFT, id="del_3", platform="tower")
    view = PostView(POST, [first, second, other])
    assert (find_delivery(view, "del_2"), find_delivery(view, "tower")) == (second, other)
    assert find_deliveries(view, "wall") == [first, second]
    with pytest.raises(Conflict) as several:
        find_delivery(view, "wall")
    assert (several.value.code, several.value.problems[0].suggestions) == ("delivery_ambiguous", ("del_1", "del_2"))
    with pytest.raises(NotFound):
        find_delivery(view, "nowhere")

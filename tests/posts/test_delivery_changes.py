"""Changes to a delivery: None is a value, and what is left out stays."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from araldo.pictures.models import DeliveryPicture
from araldo.posts.delivery_changes import NO_CHANGES, RESET_PREPARATION, DeliveryChanges
from araldo.posts.models import Delivery, State

AT = datetime(2030, 1, 31, 9, 0, tzinfo=UTC)
BLANK: dict[str, Any] = dict.fromkeys(Delivery.__dataclass_fields__)
ROW = Delivery(**{**BLANK, "state": State.QUEUED, "picture": DeliveryPicture(), "due_at": AT, "tries": 2})


def test_none_is_a_value_and_what_is_left_out_stays() -> None:
    after = DeliveryChanges(state=State.DRAFT, due_at=None).apply_to(ROW)
    assert (after.state, after.due_at, after.tries) == (State.DRAFT, None, 2)
    assert NO_CHANGES.apply_to(ROW) == ROW


def test_no_changes_are_false_and_a_change_to_none_is_not() -> None:
    assert not NO_CHANGES
    assert not NO_CHANGES | NO_CHANGES
    assert DeliveryChanges(next_at=None)


def test_the_later_of_two_changes_wins_where_both_have_a_value() -> None:
    both = DeliveryChanges(tries=3, due_at=AT) | DeliveryChanges(tries=0, ticket=None)
    assert both == DeliveryChanges(tries=0, due_at=AT, ticket=None)
    assert (RESET_PREPARATION | NO_CHANGES) == RESET_PREPARATION


def test_every_change_is_of_a_field_of_deliveries() -> None:
    assert {field.name for field in fields(DeliveryChanges)} <= Delivery.__dataclass_fields__.keys()

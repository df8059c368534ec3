"""What can be done with a delivery and with a post, and why not: the rules of every action and answer. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from araldo.messages import Message
from araldo.posts.models import AT_REST, WORKING, Delivery, PostView, State


class DeliveryAction(StrEnum):
    """An action of a person on one delivery. `edit`: change its text, pictures, account or time."""

    EDIT = "edit"
    PUBLISH = "publish"
    SCHEDULE = "schedule"
    UNDO = "undo"
    CANCEL = "cancel"
    RETRY = "retry"
    RESOLVE = "resolve"


class PostAction(StrEnum):
    """An action on a whole post; all but `edit` and `delete` apply to its deliveries that allow them."""

    EDIT = "edit"
    PUBLISH = "publish"
    SCHEDULE = "schedule"
    UNDO = "undo"
    CANCEL = "cancel"
    RETRY = "retry"
    DELETE = "delete"


_BEFORE_INTENT = WORKING - {State.PUBLISHING}
CAN_PUBLISH = frozenset({State.DRAFT, State.SCHEDULED, State.MISSED})
CAN_SCHEDULE = frozenset({*AT_REST, *CAN_PUBLISH, *_BEFORE_INTENT})
CAN_UNDO = frozenset({State.SCHEDULED, *_BEFORE_INTENT})
CAN_RETRY = AT_REST
_STATES: Mapping[DeliveryAction, frozenset[State]] = {
    DeliveryAction.EDIT: frozenset(State),
    DeliveryAction.PUBLISH: CAN_PUBLISH,
    DeliveryAction.SCHEDULE: CAN_SCHEDULE,
    DeliveryAction.UNDO: CAN_UNDO,
    DeliveryAction.RETRY: CAN_RETRY,
}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an action is not possible: a stable code, and a message for people."""

    code: str
    message: Message


def is_possible(action: DeliveryAction, delivery: Delivery) -> bool:
    """Return whether the action may be done with the delivery as it is now."""
    if action is DeliveryAction.RESOLVE:
        return delivery.may_be_decided
    if action is DeliveryAction.RETRY:
        # With an open attempt too: it is checked before anything is sent again.
        return delivery.state in CAN_RETRY
    if action is DeliveryAction.CANCEL:
        return delivery.changeable and delivery.state is not State.CANCELLED
    return delivery.changeable and delivery.state in _STATES[action]


def delivery_actions(delivery: Delivery) -> list[DeliveryAction]:
    """Return what can be done with the delivery."""
    return [action for action in DeliveryAction if is_possible(action, delivery)]


def obstacles(delivery: Delivery) -> dict[DeliveryAction, Obstacle]:
    """Return why not, of each action that is not possible with the delivery."""
    return {action: _obstacle(action, delivery) for action in DeliveryAction if not is_possible(action, delivery)}


def obstacle_to_deletion(delivery: Delivery) -> Obstacle | None:
    """Return why a post with this delivery cannot be deleted; None when it can."""
    if delivery.open_attempts and delivery.state is not State.UNCONFIRMED:
        return Obstacle("publishing", Message("lifecycle.outcome_unknown"))
    if delivery.state in WORKING:
        return Obstacle("publishing", Message("lifecycle.being_published"))
    return None


def post_actions(view: PostView) -> list[PostAction]:
    """Return what can be done with the post as a whole."""
    return [action for action in PostAction if _is_possible_for_post(action, view)]


def can_undo_together(rows: Sequence[Delivery], view: PostView) -> bool:
    """Return whether nothing was sent of what was published or scheduled together with `rows`."""
    due_at = max((row.due_at for row in rows if row.due_at is not None), default=None)
    return all(row.changeable for row in view.deliveries if row.due_at == due_at)


def _is_possible_for_post(action: PostAction, view: PostView) -> bool:
    if action is PostAction.DELETE:
        return all(obstacle_to_deletion(row) is None for row in view.deliveries)
    rows = [row for row in view.deliveries if is_possible(DeliveryAction(action), row)]
    if action is PostAction.UNDO:
        return bool(rows) and can_undo_together(rows, view)
    return bool(rows) or (action is PostAction.EDIT and not view.deliveries)


def _obstacle(action: DeliveryAction, delivery: Delivery) -> Obstacle:
    if delivery.state is State.PUBLISHED:
        return Obstacle("published", Message("actions.published"))
    if action is DeliveryAction.RESOLVE:
        return Obstacle("outcome_known", Message("actions.outcome_known"))
    if delivery.state is State.PUBLISHING:
        return Obstacle("being_sent", Message("actions.being_sent"))
    if not delivery.changeable:
        return Obstacle("outcome_unknown", Message("actions.outcome_unknown"))
    if delivery.state is State.CANCELLED:
        return Obstacle("cancelled", Message("actions.cancelled"))
    if action is DeliveryAction.UNDO:
        return Obstacle("not_scheduled", Message("actions.not_scheduled"))
    if delivery.state in CAN_RETRY:
        return Obstacle("ended", Message("actions.ended"))
    return Obstacle("not_ended", Message("actions.not_ended"))

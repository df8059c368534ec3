"""A post and its deliveries, their states, and the table of legal changes of state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypedDict

from araldo.pictures.models import PICTURE_WANTED, DeliveryPicture, PictureState
from araldo.posts.content import PostContent
from araldo.posts.timing import When


class State(StrEnum):
    """State of a delivery."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    PREPARING = "preparing"
    WAITING = "waiting"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    NEEDS_RECONNECT = "needs_reconnect"
    CANCELLED = "cancelled"
    MISSED = "missed"


# Nothing was sent, or it certainly was not published: a person may change the delivery while no attempt is open.
CHANGEABLE = frozenset(
    {
        State.DRAFT,
        State.SCHEDULED,
        State.QUEUED,
        State.PREPARING,
        State.WAITING,
        State.FAILED,
        State.NEEDS_RECONNECT,
        State.CANCELLED,
        State.MISSED,
    }
)
WORKING = frozenset({State.QUEUED, State.PREPARING, State.WAITING, State.PUBLISHING})
# Not published, and nothing but a requested picture is done until a person acts.
AT_REST = frozenset({State.FAILED, State.MISSED, State.NEEDS_RECONNECT})

_S = State
# A worker may end in any of these from every working state. `published` can follow any state: it may be found late.
_ENDS = {_S.PUBLISHED, _S.FAILED, _S.UNCONFIRMED, _S.NEEDS_RECONNECT, _S.MISSED}
MOVES: Mapping[State, frozenset[State]] = {
    _S.DRAFT: frozenset({_S.SCHEDULED, _S.QUEUED, _S.CANCELLED}),
    _S.SCHEDULED: frozenset(
        {_S.DRAFT, _S.QUEUED, _S.PREPARING, _S.CANCELLED, _S.MISSED, _S.FAILED, _S.NEEDS_RECONNECT}
    ),
    # To `publishing` directly with a ticket that it still has: after reconnecting, or when a person chose "retry".
    _S.QUEUED: frozenset({_S.DRAFT, _S.SCHEDULED, _S.PREPARING, _S.WAITING, _S.PUBLISHING, _S.CANCELLED, *_ENDS}),
    # Back to `queued` when a person changes the post after it was prepared.
    _S.PREPARING: frozenset({_S.DRAFT, _S.SCHEDULED, _S.QUEUED, _S.WAITING, _S.PUBLISHING, _S.CANCELLED, *_ENDS}),
    _S.WAITING: frozenset({_S.DRAFT, _S.SCHEDULED, _S.QUEUED, _S.PREPARING, _S.PUBLISHING, _S.CANCELLED, *_ENDS}),
    _S.PUBLISHING: frozenset({_S.WAITING, _S.PREPARING, *_ENDS}),
    _S.PUBLISHED: frozenset(),
    _S.FAILED: frozenset({_S.QUEUED, _S.SCHEDULED, _S.CANCELLED, _S.PUBLISHED}),
    _S.UNCONFIRMED: frozenset({_S.QUEUED, _S.PUBLISHED, _S.CANCELLED}),
    _S.NEEDS_RECONNECT: frozenset({_S.QUEUED, _S.SCHEDULED, _S.CANCELLED, _S.MISSED, _S.PUBLISHED}),
    _S.CANCELLED: frozenset({_S.DRAFT, _S.PUBLISHED}),
    _S.MISSED: frozenset({_S.QUEUED, _S.SCHEDULED, _S.CANCELLED, _S.PUBLISHED}),
}


def may_move(before: State, after: State) -> bool:
    """Return whether a delivery may change from one state to another; keeping its state is always legal."""
    return before == after or after in MOVES[before]


def status_of(states: Iterable[State]) -> str:
    """Return a post's status, derived from its deliveries' states."""
    all_states = list(states)
    live = {state for state in all_states if state is not State.CANCELLED}
    if not live:
        return "cancelled" if all_states else "draft"
    if live & WORKING:
        return "publishing"
    for early in (State.DRAFT, State.SCHEDULED):
        if early in live:
            return early.value
    if live == {State.PUBLISHED}:
        return "published"
    if State.PUBLISHED in live:
        return "partial"
    if State.UNCONFIRMED in live:
        return "unconfirmed"
    # Never `failed`: the delivery is published once its account is reconnected, and a caller who saw `failed` might
    # create the post again.
    return "needs_reconnect" if State.NEEDS_RECONNECT in live else "failed"


def success_of(state: State) -> bool | None:
    """Return True for published, False for failed, None while the outcome is open or unknown."""
    if state is State.PUBLISHED:
        return True
    if state in {State.FAILED, State.NEEDS_RECONNECT, State.MISSED}:
        return False
    return None


class DesignSeed(TypedDict):
    """The words that choose the design of a post's cards: prompt and headline of the time when one was first made."""

    prompt: str
    headline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post(PostContent):
    id: str
    workspace_id: str
    due_at: datetime | None = None
    zone: str | None = None
    wall_time: str | None = None
    late_limit_s: int
    rev: int = 1
    created_at: datetime
    updated_at: datetime
    # Set on a post that a recurrence created: the recurrence, and which of its occurrences the post is.
    recurrence_id: str | None = None
    occurrence_at: datetime | None = None
    # None: the words that the post has at present.
    design_seed: DesignSeed | None = None

    def with_time(self, when: When | None) -> Post:
        """Return the post with another time; without any for None."""
        if when is None:
            return replace(self, due_at=None, zone=None, wall_time=None)
        return replace(self, due_at=when.instant, zone=when.zone, wall_time=when.wall_time)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One post to one account on one platform; only a draft may have no account yet.

    `open_attempts` counts sends without a definite answer. `rev` rises with a person's changes, `fence` with every new
    lease and every intent.
    """

    id: str
    workspace_id: str
    post_id: str
    account_id: str | None
    platform: str
    position: int
    state: State
    rev: int
    fence: int
    lease_owner: str | None
    lease_until: datetime | None
    due_at: datetime | None
    next_at: datetime | None
    tries: int
    prepares: int
    ticket: dict[str, Any] | None
    open_attempts: int
    remote_id: str | None
    permalink: str | None
    error: dict[str, Any] | None
    picture: DeliveryPicture
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    # Messages on the published post that are no errors.
    notes: list[dict[str, Any]] | None = None

    @property
    def settled(self) -> bool:
        """Whether no worker has it, and none will until a person acts or its time comes."""
        idle = self.lease_owner is None
        return idle and self.state not in WORKING and not self.picture_is_due

    @property
    def picture_is_due(self) -> bool:
        """Whether a worker has to generate the picture.

        Not a stale one while the delivery waits for a person: that is regenerated when the person asks for it.
        """
        stays_stale = self.state in {State.DRAFT, *AT_REST} and self.picture.state is PictureState.STALE
        goes_no_further = self.state in {State.CANCELLED, State.PUBLISHED, State.UNCONFIRMED}
        return self.picture.state in PICTURE_WANTED and not goes_no_further and not stays_stale

    @property
    def may_be_decided(self) -> bool:
        """Whether a person may decide the outcome: unconfirmed, or sent and waiting for its account to reconnect."""
        unknown = self.state is State.NEEDS_RECONNECT and self.open_attempts > 0
        return unknown or self.state is State.UNCONFIRMED

    @property
    def changeable(self) -> bool:
        """Whether a person may change it: nothing was sent, or it certainly was not published."""
        return self.state in CHANGEABLE and not self.open_attempts


@dataclass(frozen=True, slots=True)
class AccountName:
    """What people call the account of a delivery."""

    id: str
    name: str
    username: str | None


@dataclass(frozen=True, slots=True)
class Series:
    """The recurrence that a post belongs to. `post_id`: the post that is copied; `ended`: no more copies are made."""

    post_id: str
    ended: bool


@dataclass(frozen=True, slots=True)
class PostView:
    """A post with its deliveries in the order of its platforms and their accounts, and those accounts by id.

    `series`: its own recurrence, the active one or the last, else the one that created it.
    """

    post: Post
    deliveries: list[Delivery] = field(default_factory=list)
    accounts: Mapping[str, AccountName] = field(default_factory=dict)
    # The state of its approval; None: never asked for or given.
    approval: str | None = None
    series: Series | None = None

    @property
    def status(self) -> str:
        return status_of(delivery.state for delivery in self.deliveries)

    @property
    def settled(self) -> bool:
        return all(delivery.settled for delivery in self.deliveries)

"""A post, its deliveries and their attempts, and the one table of which moves are legal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Required, TypedDict


class State(StrEnum):
    """Where a delivery stands."""

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


class PictureState(StrEnum):
    NONE = "none"
    QUEUED = "queued"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    STALE = "stale"


# Nothing was sent yet, or it surely is not out: while no attempt is open, a person may change it.
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
# Not out, and nothing happens until a person says so; but for its picture, when that was asked for.
AT_REST = frozenset({State.FAILED, State.MISSED, State.NEEDS_RECONNECT})
PICTURE_WANTED = frozenset({PictureState.QUEUED, PictureState.MAKING, PictureState.STALE})

_S = State
# The worker's own moves end in any of these; `published` may be learnt from anywhere, for it is the truth.
_ENDS = {_S.PUBLISHED, _S.FAILED, _S.UNCONFIRMED, _S.NEEDS_RECONNECT, _S.MISSED}
MOVES: Mapping[State, frozenset[State]] = {
    _S.DRAFT: frozenset({_S.SCHEDULED, _S.QUEUED, _S.CANCELLED}),
    _S.SCHEDULED: frozenset(
        {_S.DRAFT, _S.QUEUED, _S.PREPARING, _S.CANCELLED, _S.MISSED, _S.FAILED, _S.NEEDS_RECONNECT}
    ),
    # Straight to `publishing` with a ticket that it still has: after reconnecting, or by a person's word.
    _S.QUEUED: frozenset({_S.DRAFT, _S.SCHEDULED, _S.PREPARING, _S.WAITING, _S.PUBLISHING, _S.CANCELLED, *_ENDS}),
    # Back to `queued` when a person has changed what was prepared.
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
    """Staying is always legal."""
    return before == after or after in MOVES[before]


def status_of(states: Iterable[State]) -> str:
    """A post's status, derived from its deliveries' states."""
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
    # It goes out by itself once its account is connected again: whoever takes that for failed publishes it twice.
    return "needs_reconnect" if State.NEEDS_RECONNECT in live else "failed"


def success_of(state: State) -> bool | None:
    """True, false, or None while it is open or nobody knows."""
    if state is State.PUBLISHED:
        return True
    if state in {State.FAILED, State.NEEDS_RECONNECT, State.MISSED}:
        return False
    return None


class Slide(TypedDict, total=False):
    """One of a post's several pictures; what is left out comes from the post: its prompt, a part of its text.

    `media_id` is a picture that is there already, instead of one to make.
    """

    prompt: str
    headline: str
    text: str
    media_id: str


class SlidePicture(TypedDict, total=False):
    """What became of one slide on one delivery. `digest` is of what it is made from, as a delivery's own is."""

    state: Required[str]
    digest: Required[str | None]
    medium_id: str
    error: dict[str, Any]
    notes: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Post:
    id: str
    workspace_id: str
    content: str
    cta: str | None
    hashtags: list[str]
    texts: dict[str, str]
    image_prompt: str
    platform_prompts: dict[str, str]
    image_style: str
    image_provider: str
    due_at: datetime | None
    zone: str | None
    wall_time: str | None
    late_limit_s: int
    rev: int
    created_at: datetime
    updated_at: datetime
    # Of a post that a recurrence made: which, and of its occurrences the one at this instant.
    recurrence_id: str | None = None
    occurrence_at: datetime | None = None
    # By platform, the ratio of its picture where that is not the platform's own.
    shapes: dict[str, str] = field(default_factory=dict)
    # Its pictures in order; none: one picture, made from the post as a whole.
    slides: list[Slide] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One post to one account on one platform; only a draft may have no account yet.

    `open_attempts` counts sendings with no definite answer.
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
    picture_state: PictureState
    picture_media_id: str | None
    picture_digest: str | None
    picture_origin: str
    picture_error: dict[str, Any] | None
    picture_notes: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    # A person's words for who cannot see the picture; None: the post's headline.
    picture_alt: str | None = None
    # What a person asked of this picture alone; see posts.pictures. A locked one is not made again by itself.
    picture_wish: dict[str, Any] | None = None
    picture_locked: bool = False
    # Of a carousel, each picture in order; the `picture_` fields are then of all together.
    pictures: list[SlidePicture] | None = None
    # Sentences on what went out that failed nothing.
    notes: list[dict[str, Any]] | None = None

    @property
    def settled(self) -> bool:
        """Nobody is working on it and, until a person or its time comes, nobody will."""
        idle = self.lease_owner is None
        return idle and self.state not in WORKING and not self.picture_is_due

    @property
    def picture_is_due(self) -> bool:
        """A stale picture of what waits for a person is made again when somebody asks for it or for the post."""
        left = self.state in {State.DRAFT, *AT_REST} and self.picture_state is PictureState.STALE
        return self.picture_state in PICTURE_WANTED and self.state is not State.CANCELLED and not left

    @property
    def may_be_decided(self) -> bool:
        """It was sent, and only a person can say more now: an account that never comes back would hold it for ever."""
        unknown = self.state is State.NEEDS_RECONNECT and self.open_attempts > 0
        return unknown or self.state is State.UNCONFIRMED

    @property
    def picture_ids(self) -> list[str]:
        """The media that go out, in order. Raises LookupError while one of several is not ready."""
        if self.pictures is None:
            return [] if self.picture_media_id is None else [self.picture_media_id]
        if any(one["state"] != PictureState.READY for one in self.pictures):
            raise LookupError(f"{self.id} has a picture that is not ready")
        return [one["medium_id"] for one in self.pictures]

    @property
    def changeable(self) -> bool:
        """Before its intent, or with the certainty that it is not out."""
        return self.state in CHANGEABLE and not self.open_attempts


@dataclass(frozen=True, slots=True)
class PostView:
    """A post with its deliveries, in the order that was asked."""

    post: Post
    deliveries: list[Delivery] = field(default_factory=list)

    @property
    def status(self) -> str:
        return status_of(delivery.state for delivery in self.deliveries)

    @property
    def settled(self) -> bool:
        return all(delivery.settled for delivery in self.deliveries)

"""A post and its deliveries, their states, and the table of legal changes of state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Required, TypedDict


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


class PictureState(StrEnum):
    """State of a delivery's pictures. `stale`: generated from a text that has changed since."""

    NONE = "none"
    QUEUED = "queued"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    STALE = "stale"


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
PICTURE_WANTED = frozenset({PictureState.QUEUED, PictureState.MAKING, PictureState.STALE})

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


class Slide(TypedDict, total=False):
    """One slide of a carousel; keys that are absent come from the post: its prompt, a part of its text.

    `media_id` names a picture of the library to show instead of a generated one.
    """

    prompt: str
    headline: str
    text: str
    media_id: str


class DesignSeed(TypedDict):
    """The words that choose the design of a post's cards: prompt and headline of the time when one was first made."""

    prompt: str
    headline: str


class SlidePicture(TypedDict, total=False):
    """The picture of one slide on one delivery. `digest` identifies what it is made from, as `picture_digest` does."""

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
    # Set on a post that a recurrence created: the recurrence, and which of its occurrences the post is.
    recurrence_id: str | None = None
    occurrence_at: datetime | None = None
    # By platform, the picture's ratio where it differs from the platform's default.
    shapes: dict[str, str] = field(default_factory=dict)
    # The slides in order; empty: one picture, generated from the whole post.
    slides: list[Slide] = field(default_factory=list)
    # None: the words that the post has at present.
    design_seed: DesignSeed | None = None


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
    picture_state: PictureState
    picture_media_id: str | None
    picture_digest: str | None
    picture_origin: str
    picture_error: dict[str, Any] | None
    picture_notes: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    # The picture's alt text as a person wrote it; None: the post's headline.
    picture_alt: str | None = None
    # What a person asked of this picture alone (`posts.pictures.PictureOptions`). A locked one is never regenerated.
    picture_wish: dict[str, Any] | None = None
    picture_locked: bool = False
    # Made anew from changed words, without a person's request, after another one was shown.
    picture_remade: bool = False
    # The pictures of a carousel in order; the `picture_` fields then sum them up.
    pictures: list[SlidePicture] | None = None
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
        stays_stale = self.state in {State.DRAFT, *AT_REST} and self.picture_state is PictureState.STALE
        return self.picture_state in PICTURE_WANTED and self.state is not State.CANCELLED and not stays_stale

    @property
    def may_be_decided(self) -> bool:
        """Whether a person may decide the outcome: unconfirmed, or sent and waiting for its account to reconnect."""
        unknown = self.state is State.NEEDS_RECONNECT and self.open_attempts > 0
        return unknown or self.state is State.UNCONFIRMED

    @property
    def picture_ids(self) -> list[str]:
        """The ids of the media to publish, in order. Raises LookupError while a carousel's picture is not ready."""
        if self.pictures is None:
            return [] if self.picture_media_id is None else [self.picture_media_id]
        if any(picture["state"] != PictureState.READY for picture in self.pictures):
            raise LookupError(f"{self.id} has a picture that is not ready")
        return [picture["medium_id"] for picture in self.pictures]

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
class PostView:
    """A post with its deliveries in the order of its platforms and their accounts, and those accounts by id."""

    post: Post
    deliveries: list[Delivery] = field(default_factory=list)
    accounts: Mapping[str, AccountName] = field(default_factory=dict)

    @property
    def status(self) -> str:
        return status_of(delivery.state for delivery in self.deliveries)

    @property
    def settled(self) -> bool:
        return all(delivery.settled for delivery in self.deliveries)

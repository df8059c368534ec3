"""The interface of a platform: a declaration of its limits as data, and the calls that publish a post there.

For one account, the publisher (`araldo.workflows.publishing`) calls `prepare`, then `check` until the ticket is Ready,
stores the intent to send, and calls `publish` once. When the outcome of a send is unknown, `check` decides what it
was.
How to write one: docs/adding-a-platform.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from pydantic import BaseModel

from araldo.clock import Clock
from araldo.http import Http
from araldo.images.spec import ImageSpec
from araldo.messages import Message
from araldo.platforms.counting import TextLimits
from araldo.platforms.credentials import Credentials
from araldo.platforms.options import Option, OptionValue

Preview = Literal["feed_card", "square_post", "fullscreen"]


@dataclass(frozen=True, slots=True)
class Shape:
    """A picture size that a platform accepts, and what is added to the prompt of a picture of that size."""

    image: ImageSpec
    prompt_suffix: str


@dataclass(frozen=True, slots=True)
class SafeMargins:
    """Margins of a picture, in its pixels, that the service's own controls may cover."""

    top: int = 0
    right: int = 0
    bottom: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Fold:
    """Where a feed folds a text behind "… more", about: in graphemes and in lines, whichever comes first."""

    characters: int
    lines: int


@dataclass(frozen=True, slots=True)
class Declaration:
    """What differs between platforms, as data. The API, the validation rules and the studio read only this.

    `name` is the id in requests and the database, `label` the name for people. `service` is the name of its service;
    `account_kind` is the `DiscoveredAccount.kind` to publish to, which several platforms may share.
    `image` and `prompt_suffix` make the default shape; a post may ask for one of `other_shapes` by its ratio ("4:5").
    """

    name: str
    label: str
    service: str
    account_kind: str
    limits: TextLimits
    image: ImageSpec
    prompt_suffix: str
    # Layout of the studio's preview.
    preview: Preview
    # Whether the post's text is published; False for pictures alone.
    shows_text: bool
    # Whether readers can follow a URL in the text.
    links_clickable: bool
    needs_picture: bool
    # Whether the service fetches pictures by URL, so that Araldo needs a public address.
    needs_public_url: bool
    # Permissions that an account's token needs, by the service's own names.
    scopes: tuple[str, ...] = ()
    other_shapes: tuple[Shape, ...] = ()
    # Most pictures in one publication; of a post with more, only the first `pictures_max` are published here.
    pictures_max: int = 1
    safe_margins: SafeMargins = SafeMargins()
    # Whether a check can tell if a post was published; where not, a lost answer is for a person to decide.
    can_check: bool = True
    # Where the preview folds the text; None: nowhere.
    fold: Fold | None = None
    # What a person may choose of each post here, besides text and pictures.
    options: tuple[Option, ...] = ()

    @property
    def shapes(self) -> Mapping[str, Shape]:
        """All shapes by their ratio ("4:5"), the default first."""
        return {shape.image.ratio: shape for shape in (Shape(self.image, self.prompt_suffix), *self.other_shapes)}

    def shape_for(self, requested: Mapping[str, str]) -> Shape:
        """Return the shape that `requested` (ratio by platform name) names for this platform, else the default."""
        known = self.shapes
        return known.get(requested.get(self.name, ""), known[self.image.ratio])


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that meets its platform's ImageSpec: `data`, or a signed `url` that the service fetches it by.

    Which one, the platform declares (`needs_public_url`); the other is empty. `sha256`: of the bytes, in hexadecimal,
    where it is known.
    """

    data: bytes
    url: str
    width: int
    height: int
    alt: str = ""
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Publication:
    """What to publish: the composed text ("" for none), and at most `pictures_max` pictures in display order.

    `options`: by name, those that have a value; a default is filled in.
    """

    text: str
    pictures: tuple[Picture, ...] = ()
    options: Mapping[str, OptionValue] = field(default_factory=dict)

    def digest(self) -> str:
        """Return a digest of all that is published: the text, each picture's bytes and alt text in order, the options.

        Without options it is the one that tickets of earlier versions have.
        """
        pictures = [
            [picture.sha256 or hashlib.sha256(picture.data).hexdigest(), picture.alt] for picture in self.pictures
        ]
        content = [self.text, pictures, *([dict(self.options)] if self.options else [])]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Destination:
    """The account to publish to, with its decrypted credentials.

    `excluded_ids` are remote ids and tickets' ids that belong to other deliveries: `check` must never match them.
    """

    remote_id: str
    credentials: Credentials
    excluded_ids: frozenset[str] = frozenset()

    @property
    def host(self) -> str | None:
        """The account's server, where the service has many."""
        return self.credentials.host


@dataclass(frozen=True, slots=True)
class Ticket:
    """What `prepare` returned and every later `check` and `publish` needs; stored as JSON between them.

    `text`, `picture_count`, `digest`: of the publication; `digest` is None in a ticket of an earlier version.
    `ids`: the service's ids that belong to this delivery alone, for example unpublished photos: while it may be
    published they are in other deliveries' `excluded_ids`. `state`: JSON that only the platform reads.
    `sends`: intents to send so far. `sent_since`: time of the first intent. `send_before`: the current intent's request
    must not leave after it.
    `empty_read_at`: when a check after the last send first found nothing; every send sets it back to None.
    """

    text: str
    ids: tuple[str, ...] = ()
    sent_since: datetime | None = None
    send_before: datetime | None = None
    sends: int = 0
    empty_read_at: datetime | None = None
    state: Mapping[str, Any] = field(default_factory=dict)
    picture_count: int = 0
    digest: str | None = None

    @classmethod
    def of(
        cls,
        publication: Publication,
        *,
        ids: Sequence[str] = (),
        state: Mapping[str, Any] | None = None,
        picture_count: int | None = None,
    ) -> Ticket:
        """Return the ticket of a publication. `picture_count`: where fewer pictures are published than it has."""
        count = len(publication.pictures) if picture_count is None else picture_count
        return cls(publication.text, tuple(ids), state=state or {}, picture_count=count, digest=publication.digest())

    def is_of(self, publication: Publication) -> bool:
        """Return whether this is what the ticket was prepared for; True for a ticket of an earlier version."""
        return self.digest is None or self.digest == publication.digest()

    def as_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "ids": list(self.ids),
            "state": dict(self.state),
            "picture_count": self.picture_count,
            "digest": self.digest,
            "sent_since": _iso_text(self.sent_since),
            "send_before": _iso_text(self.send_before),
            "sends": self.sends,
            "empty_read_at": _iso_text(self.empty_read_at),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Ticket:
        data = _upgrade(data)
        return cls(
            text=data["text"],
            ids=tuple(data["ids"]),
            state=data["state"],
            picture_count=data["picture_count"],
            digest=data["digest"],
            sent_since=_parse_time(data["sent_since"]),
            send_before=_parse_time(data["send_before"]),
            sends=data["sends"],
            empty_read_at=_parse_time(data["empty_read_at"]),
        )


def _upgrade(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a stored ticket in today's format; before 0.1 it had `handles`, and `parts`: a carousel's children."""
    if "ids" in data:
        return data
    handles, children = data["handles"], data.get("parts") or []
    known = {"ids": handles, "state": {"children": children} if children else {}, "digest": None}
    return {"picture_count": len(children or handles), "empty_read_at": None, **data, **known}


def _iso_text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _parse_time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Not decided yet: check again after `after_s` seconds (None: the publisher's interval), with `ticket` if set."""

    after_s: float | None = None
    ticket: Ticket | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """How many posts an account may publish: `used` of `total` within `window_s` seconds, as read at `read_at`.

    `full` is the message to show when nothing is left.
    """

    total: int
    used: int
    window_s: float
    read_at: datetime
    full: Message

    def as_json(self) -> dict[str, Any]:
        return {
            "total": self.total,
            "used": self.used,
            "window_s": self.window_s,
            "read_at": self.read_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Ready:
    """The ticket can be sent, and nothing of it is published. `quota` is set where the service counts posts."""

    quota: Quota | None = None


@dataclass(frozen=True, slots=True)
class TicketUnusable:
    """The ticket can never be sent: it expired, or the service failed to process it. `prepare` makes another."""

    why: Message


@dataclass(frozen=True, slots=True)
class Published:
    """The post is published. A missing id or permalink is looked up later and is no failure.

    `matched_by_text`: found by its text alone, so `remote_id` may belong to another post of ours with the same text.
    `certain`: the post is published even then, and only the id may be wrong.
    """

    remote_id: str | None = None
    permalink: str | None = None
    matched_by_text: bool = False
    certain: bool = True


@dataclass(frozen=True, slots=True)
class UnknownStatus:
    """It is unknown whether the post is published; a person has to decide."""

    why: Message


@dataclass(frozen=True, slots=True)
class Repeatable:
    """After a send: until `until`, sending the same ticket again cannot publish twice, and answers with the post.

    For services that know an idempotency key or a fixed record key. Return it only where this also holds while the
    request before is still being processed; otherwise return Waiting until that has ended (`ticket.send_before` and a
    time-out). Derive `until` from `ticket.sent_since`, when the service may have seen the key first.
    """

    until: datetime


CheckResult = Waiting | Ready | Repeatable | TicketUnusable | Published | UnknownStatus


class Platform(Protocol):
    """One kind of destination, for example an Instagram feed.

    Methods raise only subclasses of errors.OutsideError: TryLater when surely nothing happened, OutcomeUnknown when
    something may have, Rejected when a repeat cannot succeed, ReconnectNeeded when the token or a permission is gone.
    """

    declaration: Declaration

    async def prepare(self, destination: Destination, publication: Publication, key: str) -> Ticket:
        """Upload and create everything that the post needs and that is not visible yet; return `Ticket.of` it.

        May be called again for the same publication, for example after a crash. Never raises OutcomeUnknown. `key`: an
        idempotency key of 32 hexadecimal digits, from the delivery's id, the number of tickets it had before this one,
        and the publication's digest. It is the same whenever this ticket has to be prepared again.
        """
        ...

    async def check(self, destination: Destination, ticket: Ticket) -> CheckResult:
        """Read the ticket's state from the service, once.

        After a send (`ticket.sends > 0`) Ready means "surely not published"; return UnknownStatus when in doubt.
        Published needs a unique match that is not in `excluded_ids`. Never raises OutcomeUnknown.
        """
        ...

    async def publish(self, destination: Destination, ticket: Ticket, publication: Publication) -> Published:
        """Send the one visible write, and nothing else. `publication` is what the ticket was prepared for.

        Raises NotSent when the request would leave after `ticket.send_before`, as `ServiceCaller.send_visible_write`
        does, and OutcomeUnknown when the post may have been published; then `check` is called before any repeat.
        """
        ...

    async def read_permalink(self, destination: Destination, remote_id: str) -> str | None:
        """Return the URL of the post as the service gives it, never built from the id; None when it cannot be read."""
        ...

    async def count_visible_pictures(self, destination: Destination, remote_id: str) -> int | None:
        """Return how many pictures the published post shows, as the service says; None when it cannot be read."""
        ...


@dataclass(frozen=True, slots=True)
class PlatformContext:
    """What a platform is constructed with.

    `settings`: each service's own, by its name. `check_gap_s`: least seconds between two empty checks that together
    mean "not published".
    `memory`: state that one vendor's platforms share while the process lives (rate limits); it may be lost any time.
    """

    http: Http
    clock: Clock
    settings: Mapping[str, BaseModel]
    check_gap_s: float = 30.0
    memory: dict[str, Any] = field(default_factory=dict)

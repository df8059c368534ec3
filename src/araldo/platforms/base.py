"""What a platform is: limits it declares as data, and three verbs that the publish guard stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from araldo.clock import Clock
from araldo.http import Http
from araldo.images.spec import ImageSpec
from araldo.messages import Message

Preview = Literal["feed_card", "square_post", "fullscreen"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a text may hold; None is no limit. Lengths are in Unicode code points."""

    text_max: int
    hashtags_max: int | None = None
    mentions_max: int | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """A form that a platform takes pictures in, and what a picture's prompt is told of it."""

    image: ImageSpec
    prompt_suffix: str


@dataclass(frozen=True, slots=True)
class SafeMargins:
    """The rims of a picture, in its pixels, that the service's own controls may lie over."""

    top: int = 0
    right: int = 0
    bottom: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Declaration:
    """All that differs between platforms and is not an action. The API, the rules and the wizard read only this.

    `image` and `prompt_suffix` are those of the shape that a picture has unless a post asks for one of `other_shapes`.
    """

    name: str
    label: str
    service: str
    account_kind: str
    limits: Limits
    image: ImageSpec
    prompt_suffix: str
    preview: Preview
    shows_text: bool
    # Whether an address in the text is a link that people can follow.
    links_clickable: bool
    needs_picture: bool
    needs_public_url: bool
    # What an account's token must be allowed, by the service's own names.
    scopes: tuple[str, ...] = ()
    other_shapes: tuple[Shape, ...] = ()
    # How many pictures one publication shows at most; of a post that has more, only the first go out there.
    pictures_max: int = 1
    safe_margins: SafeMargins = SafeMargins()

    @property
    def shapes(self) -> Mapping[str, Shape]:
        """By the names of their ratios ("4:5"), the default first."""
        return {shape.image.ratio: shape for shape in (Shape(self.image, self.prompt_suffix), *self.other_shapes)}

    def shape(self, asked: Mapping[str, str]) -> Shape:
        """The one that a post asks for here, by platform; the default where it asks for none, or for none of these."""
        known = self.shapes
        return known.get(asked.get(self.name, ""), known[self.image.ratio])


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that its platform's ImageSpec accepts: its bytes, and a signed URL where a stranger can fetch them."""

    data: bytes
    url: str
    width: int
    height: int
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """What is to be seen: the composed text ("" for none), and pictures in this order, at most `pictures_max`."""

    text: str
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Destination:
    """One account, opened for one piece of work.

    `token` writes; `read_token` is another one for reads that refuse it (None: there is none);
    `taken` are ids that other deliveries own, of what they published and of what they sent: never candidates.
    """

    remote_id: str
    token: str = field(repr=False)
    read_token: str | None = field(default=None, repr=False)
    taken: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a platform gave us to come back with, and all that a later look needs.

    `handles`: a container id, or unpublished photo ids; () where the platform has nothing single-use (text alone).
    `parts`: what the handle was made of and is never sent by itself, in order: a carousel's children.
    `sent_since`: the time of the first intent, None while there was none. `send_before`: the request of the present
    intent must not leave after it. `sends`: intents so far. `empty_read_at`: when a look after the last send first
    found nothing; None again after every send.
    """

    text: str
    handles: tuple[str, ...] = ()
    sent_since: datetime | None = None
    send_before: datetime | None = None
    sends: int = 0
    empty_read_at: datetime | None = None
    parts: tuple[str, ...] = ()

    @property
    def pictures(self) -> int:
        """How many it shows."""
        return len(self.parts or self.handles)

    def as_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "handles": list(self.handles),
            "parts": list(self.parts),
            "sent_since": _iso(self.sent_since),
            "send_before": _iso(self.send_before),
            "sends": self.sends,
            "empty_read_at": _iso(self.empty_read_at),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Ticket:
        return cls(
            text=data["text"],
            handles=tuple(data["handles"]),
            # Tickets of before carousels have none.
            parts=tuple(data.get("parts", ())),
            sent_since=_time(data["sent_since"]),
            send_before=_time(data["send_before"]),
            sends=data["sends"],
            empty_read_at=_time(data["empty_read_at"]),
        )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Not yet: look again after `after_s` seconds (None: the workflow's own rhythm), with `ticket` if one is given."""

    after_s: float | None = None
    ticket: Ticket | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """How much of an account's allowance of posts was used when it was read: `used` of `total` in `window_s` seconds.

    `full` is what a person is told when nothing is left.
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
    """The ticket can be sent, and nothing of it is out. `room` where the account's posts are counted."""

    quota: Quota | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """The ticket is dead: expired or errored."""

    why: Message


@dataclass(frozen=True, slots=True)
class Published:
    """It is out. A missing id or link is filled in later and fails nothing.

    `by_text`: recognised by its words alone, so a twin of ours with the same words may be meant. `sure`: it is out even
    then, and only the id may be the twin's.
    """

    remote_id: str | None = None
    permalink: str | None = None
    by_text: bool = False
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Unknown:
    """It cannot tell."""

    why: Message


Finding = Waiting | Ready | Gone | Published | Unknown


class Platform(Protocol):
    """A kind of place that a post can go to.

    Every verb raises only errors.OutsideError; what each class of it means is in `araldo.errors`.
    """

    declaration: Declaration

    async def prepare(self, to: Destination, publication: Publication) -> Ticket:
        """Do all that is not visible yet; may be repeated. Never raises OutcomeUnknown."""
        ...

    async def check(self, to: Destination, ticket: Ticket) -> Finding:
        """One look, no loop; truthful. Never raises OutcomeUnknown."""
        ...

    async def publish(self, to: Destination, ticket: Ticket) -> Published:
        """The one visible write and nothing else; not sent when `ticket.send_before` is past (then NotSent)."""
        ...

    async def link(self, to: Destination, remote_id: str) -> str | None:
        """Where people see it: asked for, never built. None when it cannot be read now."""
        ...

    async def pictures_shown(self, to: Destination, remote_id: str) -> int | None:
        """How many pictures people see of what is out: asked for. None when it cannot be read now."""
        ...


Expiry = Literal["never", "at", "unknown"]


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """A place that a token opens; places with one `page_id` are chosen together.

    `expires_at` is set when `expiry` is "at"; see accounts.models.Account. `lacks`: what it will not do as it is.
    `refusal`: why it cannot be connected, None when it can.
    """

    kind: str
    service: str
    remote_id: str
    page_id: str
    name: str
    username: str | None
    parent_remote_id: str | None
    token: str = field(repr=False)
    token_kind: str
    expiry: Expiry
    expires_at: datetime | None
    read_token: str | None = field(default=None, repr=False)
    read_token_expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    scopes: tuple[str, ...] | None = None
    lacks: tuple[Message, ...] = ()
    refusal: Message | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a token opens, and what a person should know of the token itself.

    `complete`: False where the service's lists could not be read to their end; then a note says so.
    """

    accounts: tuple[FoundAccount, ...]
    notes: tuple[Message, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Credentials:
    """One account's own tokens, opened, and where it hangs: what a check-up is done with."""

    kind: str
    remote_id: str
    parent_remote_id: str | None
    token: str = field(repr=False)
    read_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the service says of an account's tokens. None and "unknown": it did not say, which is not "never".

    `dead`: the token opens nothing any more. `broken`: it lives, and something that publishing needs is gone.
    `ending`: all works, and part of it on something that will not last.
    """

    expiry: Expiry = "unknown"
    expires_at: datetime | None = None
    read_token_expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    scopes: tuple[str, ...] | None = None
    dead: Message | None = None
    broken: Message | None = None
    ending: Message | None = None


class Login(Protocol):
    """How a service's accounts are found, and how they are kept well.

    Every method may raise errors.OutsideError, and UserError when the person has to do something first.
    """

    def dialog_url(self, state: str, redirect_uri: str) -> str:
        """Where a person grants access; it leads back to `redirect_uri` with `state` and a code or an error."""
        ...

    async def token_of(self, code: str, redirect_uri: str) -> str:
        """The person's token for a code, which is good once."""
        ...

    async def accounts_of(self, token: str) -> Found:
        """Every account that this token opens, at least one."""
        ...

    async def inspect(self, credentials: Credentials) -> Inspection:
        """Raises TryLater only: what is wrong with the account is in the answer."""
        ...


@dataclass(frozen=True, slots=True)
class Service:
    """How to reach one service.

    `is_local`: the base is loopback or private, so it can fetch from us privately. `dialog_url`: where people log in.
    `login_config` names what they are asked for, where the app's settings say that and not the address.
    """

    base_url: str
    version: str
    is_local: bool
    dialog_url: str = ""
    app_id: str | None = None
    app_secret: str | None = field(default=None, repr=False)
    login_config: str | None = None


@dataclass(frozen=True, slots=True)
class PlatformContext:
    """What a platform is built with: `services` by name, `check_gap_s` between two looks that count as empty.

    `memory` is what one vendor's platforms remember together while the process lives; nothing depends on it.
    """

    http: Http
    clock: Clock
    services: Mapping[str, Service]
    check_gap_s: float = 30.0
    memory: dict[str, Any] = field(default_factory=dict)

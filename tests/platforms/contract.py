"""The stage of a service: its server in tests, and what the contract of all platforms needs to do there.

A service brings `tests/platforms/<service>/stage.py` with one class `ServiceStage`; its platforms then run through
`tests/platforms/test_contract.py`. The server may be a folder of our sandbox, or a foreign one.
"""

from __future__ import annotations

import importlib
import io
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, ClassVar, Literal

from PIL import Image

from araldo.clock import Clock, SystemClock
from araldo.http import Http
from araldo.platforms import PLATFORMS
from araldo.platforms.base import (
    Declaration,
    Destination,
    Picture,
    Platform,
    PlatformContext,
    Publication,
    Ticket,
)

Build = Callable[[PlatformContext], Platform]
Operation = Literal["prepare", "check", "publish"]
# What a server answers to everything: the status, and the body.
OddAnswer = tuple[int, str]

# An idempotency key, as the publisher derives it.
KEY = "0123456789abcdef0123456789abcdef"
COLORS = ("teal", "gold", "navy")
CHECK_GAP_S = 30.0
# No service means any of these as an answer, and no client may take one for success.
ODD_ANSWERS: tuple[OddAnswer, ...] = (
    (502, "{}"),
    (503, '{"message": "no upstream"}'),
    (200, "{}"),
    (200, "<html>"),
    (200, "[" * 100_000),
    (200, "null"),
)


class MovedClock(SystemClock):
    """The real time plus an offset that a test sets, so that a server's times stay comparable."""

    moved_s = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.moved_s)


class ServiceStage(ABC):
    """One service, running. Made by `start`, once for all tests; `reset` comes before each."""

    # How the answer of a write that the service has committed can get lost, by names of the stage's own.
    lost_answers: ClassVar[tuple[str, ...]] = ("reset",)
    # Answers beyond `ODD_ANSWERS` that an operation must not take for success.
    odd_answers: ClassVar[Mapping[Operation, tuple[OddAnswer, ...]]] = {}
    # Answers to reading the pictures of a post that must not be counted wrongly.
    odd_counts: ClassVar[tuple[OddAnswer, ...]] = ()
    # What sending a sent ticket again does: an error, an answer with the same post, or another post. The last is for
    # platforms without `can_check` only, whose tickets the publisher never sends again by itself.
    repeat: ClassVar[Literal["refused", "same", "another"]] = "refused"
    # Whether `start` starts a process: `make quick` leaves its tests out.
    starts_process: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def start(cls, pictures_url: str) -> AbstractContextManager[ServiceStage]:
        """Start the server. `pictures_url`: where it can fetch the test's pictures, if it fetches them."""

    @classmethod
    @abstractmethod
    def on_gateway(cls) -> ServiceStage:
        """Return a stage without a server, for `build`, `destination` and `sent_ticket` with a `url`."""

    @abstractmethod
    def reset(self) -> None:
        """Delete everything that was published, prepared and planned."""

    @abstractmethod
    def build(self, platform: Build, http: Http, clock: Clock, *, url: str | None = None) -> Platform:
        """Return the platform as a client of this server; of the one at `url`, if given."""

    @abstractmethod
    def destination(self, declared: Declaration, *, url: str | None = None) -> Destination:
        """Return an account with working credentials; for the server at `url`, if given, any credentials."""

    @abstractmethod
    def secrets(self, destination: Destination) -> list[str]:
        """Return every secret value that a request to this destination carries."""

    @abstractmethod
    def sent_ticket(self, declared: Declaration, publication: Publication) -> Ticket:
        """Return a ticket as `prepare` returns it, of ids that no server knows."""

    @abstractmethod
    def published(self) -> list[str]:
        """Return the remote ids of everything that readers can see."""

    @abstractmethod
    def lose_answer(self, kind: str, when: Literal["before", "after"]) -> None:
        """Lose the answer of the next visible write, before or after the service has committed it."""

    @abstractmethod
    def end_access(self, destination: Destination) -> None:
        """Revoke the account's credentials."""

    @abstractmethod
    def refusal(self, text: str) -> str:
        """Return the body of the service's own error, with that text in its message."""

    @abstractmethod
    def is_open(self, link: str) -> bool:
        """Return whether a permalink leads to the post."""

    def typed_hosts(self) -> Sequence[str]:
        """Return "host:port" of the server, where people type its address, so that loopback may be called."""
        return ()

    def pictures_url(self) -> str:
        """Return where the server fetches the test's pictures from; "" when it fetches none."""
        return ""

    def make_unusable(self, ticket: Ticket) -> bool:
        """Make an unsent ticket unusable, as time does; False where a ticket never becomes so."""
        return False


@dataclass
class PlatformCase:
    """One platform with a destination and a publication for it."""

    platform: Platform
    destination: Destination
    publication: Publication
    stage: Any
    clock: MovedClock

    def start_anew(self) -> None:
        """Forget what was published, and connect the account again."""
        self.stage.reset()
        self.destination = self.stage.destination(self.platform.declaration)

    async def prepare(self) -> Ticket:
        return await self.platform.prepare(self.destination, self.publication, KEY)

    async def publish(self, ticket: Ticket) -> Any:
        return await self.platform.publish(self.destination, ticket, self.publication)

    def intent(self, ticket: Ticket) -> Ticket:
        """Return the ticket as the publisher stores it before a send."""
        now = self.clock.now()
        return replace(
            ticket, sent_since=ticket.sent_since or now, send_before=now + timedelta(seconds=10), sends=ticket.sends + 1
        )


@dataclass
class Stages:
    """The stages that were started, by service."""

    pictures_url: str
    enter: Callable[[AbstractContextManager[ServiceStage]], ServiceStage]
    started: dict[str, ServiceStage] = field(default_factory=dict)

    def get(self, service: str) -> ServiceStage:
        if service not in self.started:
            self.started[service] = self.enter(find_stage(service).start(self.pictures_url))
        self.started[service].reset()
        return self.started[service]


def find_stage(service: str) -> type[ServiceStage]:
    """Return the class `ServiceStage` of the service's own folder. Raises ImportError when it has none."""
    found: type[ServiceStage] = importlib.import_module(f"tests.platforms.{service}.stage").ServiceStage
    return found


def declaration_of(platform: Build) -> Declaration:
    declared: Declaration = vars(platform)["declaration"]
    return declared


def platform_cases() -> list[tuple[str, tuple[Build, int]]]:
    """Return every platform with one picture, and with three where it accepts that many, each with a name."""
    return [
        (f"{declared.name}{'' if count == 1 else count}", (platform, count))
        for platform in PLATFORMS
        for count in (1, 3)
        if count <= (declared := declaration_of(platform)).pictures_max
    ]


def build_case(stage: ServiceStage, platform: Build, count: int, http: Http) -> PlatformCase:
    clock = MovedClock()
    built = stage.build(platform, http, clock)
    declared = built.declaration
    publication = publication_for(declared, count, stage.pictures_url())
    return PlatformCase(built, stage.destination(declared), publication, stage, clock)


def publication_for(declared: Declaration, count: int, pictures_url: str) -> Publication:
    size = (declared.image.width, declared.image.height)
    pictures = tuple(
        Picture(jpeg(*size, color), f"{pictures_url}/{color}/{size[0]}x{size[1]}.jpg", *size, alt=color)
        for color in COLORS[:count]
    )
    return Publication("Ciao a tutti" if declared.shows_text else "", pictures)


@cache
def jpeg(width: int, height: int, color: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), color).save(out, "JPEG")
    return out.getvalue()

"""Fixtures: the instance of a sandbox, and the service and the platform as its clients."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest

from araldo.http import Http
from araldo.platforms.base import Destination, Publication, Ticket
from araldo.platforms.mastodon.service import MastodonService
from araldo.platforms.mastodon.status import MastodonStatus
from tests.platforms.contract import KEY, PlatformCase
from tests.platforms.contract import MovedClock as Clock
from tests.platforms.mastodon.stage import ServiceStage, context_of


@dataclass
class Instance:
    """`case`: a text without pictures, for the seeded account."""

    stage: ServiceStage
    service: MastodonService
    case: PlatformCase

    @property
    def url(self) -> str:
        return self.stage.sandbox.url

    @property
    def to(self) -> Destination:
        return self.case.destination

    async def sent(self, publication: Publication | None = None) -> Ticket:
        """Return the ticket of a publication with the intent to send it."""
        self.case.publication = publication or self.case.publication
        return self.case.intent(await self.case.platform.prepare(self.to, self.case.publication, KEY))

    def set(self, **settings: object) -> None:
        self.stage.sandbox.control("settings", {"mastodon": settings})

    def fail(self, path: str, **error: object) -> None:
        self.stage.sandbox.fault(service="mastodon", path=path, when="before", kind="mastodon_error", error=error)


@pytest.fixture(scope="module")
def stage() -> Iterator[ServiceStage]:
    with ServiceStage.start("") as started:
        yield started


@pytest.fixture
async def instance(stage: ServiceStage) -> AsyncIterator[Instance]:
    stage.reset()
    async with Http(timeout_s=5, allow=stage.typed_hosts()) as http:
        clock = Clock()
        context = context_of(http, clock)
        platform = MastodonStatus(context)
        case = PlatformCase(platform, stage.destination(platform.declaration), Publication("Ciao"), stage, clock)
        yield Instance(stage, MastodonService(context), case)

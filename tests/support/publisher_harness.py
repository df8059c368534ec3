"""A publisher on a real database with a scripted platform, which tests can make fail at every step."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import select

from araldo.accounts import store as account_store
from araldo.accounts.models import AccountLogin
from araldo.errors import OutcomeUnknown, OutsideError, TryLater
from araldo.http import Http
from araldo.images.provider_settings import ProviderSettings
from araldo.images.providers import ImageProviders
from araldo.media.urls import MediaUrls
from araldo.messages import message_of
from araldo.platforms.base import (
    CheckResult,
    Declaration,
    Destination,
    Publication,
    Published,
    Ready,
    Repeatable,
    Ticket,
)
from araldo.platforms.credentials import Credentials
from araldo.posts import store as post_store
from araldo.posts.models import Delivery, Post, State
from araldo.posts.rules import NewPost
from araldo.storage.database import Database, Transaction
from araldo.storage.local_blobs import LocalBlobs
from araldo.storage.schema import attempts, deliveries
from araldo.storage.vault import Vault
from araldo.workflows.accounts.credentials import AccountCredentials
from araldo.workflows.deliveries.claims import Claims
from araldo.workflows.pictures.branding import Branding
from araldo.workflows.pictures.delivery_pictures import DeliveryPictures
from araldo.workflows.pictures.fitting import Fitting
from araldo.workflows.pictures.generate import PictureGenerator
from araldo.workflows.posts.create import new_delivery, new_post
from araldo.workflows.publishing.destinations import Destinations
from araldo.workflows.publishing.publish import Publisher
from araldo.workflows.publishing.repeats import PublishTimings
from araldo.workspaces import store as workspace_store
from araldo.workspaces.models import Workspace
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.made_up_platforms import WALL
from tests.support.made_up_service import WallService

SAD = message_of({"en": "sad", "it": "triste"})


def without_traceback(error: Exception) -> Exception:
    """Clear the traceback of an error that tests share, which else keeps the frames of every raise."""
    error.__context__ = None
    return error.with_traceback(None)


class ScriptedPlatform:
    """A platform that records what is `published`; tests script the next results and errors of each call."""

    declaration: Declaration = WALL

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.published: list[str] = []
        self.calls: list[str] = []
        self.tickets: list[Ticket] = []
        self.publications: list[Publication] = []
        self.sent: list[Publication] = []
        self.keys: list[str] = []
        self.findings: list[CheckResult | OutsideError] = []
        self.prepare_errors: list[OutsideError] = []
        # (whether the post gets out, the error that is answered, or None)
        self.publish_plan: list[tuple[bool, Exception | None]] = []
        self.before_publish: Callable[[], None] | None = None
        self.before_check: Callable[[], Awaitable[None]] | None = None
        self.during_publish: asyncio.Event | None = None
        self.sending = asyncio.Event()
        # The link that comes with the answer, if one does.
        self.link: str | None = None
        # How long the service knows a ticket, so that sending it again answers with the same post; None: never.
        self.repeatable_for: timedelta | None = None
        self._known_until: dict[str, float] = {}

    async def prepare(self, to: Destination, publication: Publication, key: str) -> Ticket:
        self.calls.append("prepare")
        self.keys.append(key)
        self.publications.append(publication)
        if self.prepare_errors:
            raise without_traceback(self.prepare_errors.pop(0))
        return Ticket.of(publication, ids=(f"h{self.calls.count('prepare')}",))

    async def check(self, to: Destination, ticket: Ticket) -> CheckResult:
        self.calls.append("check")
        if self.before_check is not None:
            await self.before_check()
        if self.findings:
            finding = self.findings.pop(0)
            if isinstance(finding, OutsideError):
                raise without_traceback(finding)
            return finding
        if self.repeatable_for is not None and ticket.sent_since is not None:
            return Repeatable(ticket.sent_since + self.repeatable_for)
        if ticket.ids[0] in self.published:
            return Published(f"remote-{ticket.ids[0]}", "https://wall.example/1")
        return Ready()

    async def publish(self, to: Destination, ticket: Ticket, publication: Publication) -> Published:
        self.calls.append("publish")
        self.tickets.append(ticket)
        self.sent.append(publication)
        if self.before_publish is not None:
            self.before_publish()
        if ticket.send_before is None or self.clock.now() >= ticket.send_before:
            raise TryLater(SAD, after_s=1, service="made_up")
        is_published, error = self.publish_plan.pop(0) if self.publish_plan else (True, None)
        if self.repeatable_for is not None:
            is_published = is_published and self._is_unknown_key(ticket.ids[0], self.repeatable_for)
        elif ticket.ids[0] in self.published:
            # Single-use, as photo ids and containers are.
            raise OutcomeUnknown(SAD, service="made_up", code="already")
        if is_published:
            self.published.append(ticket.ids[0])
        self.sending.set()
        if self.during_publish is not None:
            await self.during_publish.wait()
        if error is not None:
            raise without_traceback(error)
        return Published(f"remote-{ticket.ids[0]}", self.link)

    def _is_unknown_key(self, key: str, known_for: timedelta) -> bool:
        """Return whether a service that forgets keys makes another post, by its own clock, which does not step."""
        if self.clock.running() < self._known_until.get(key, 0.0):
            return False
        self._known_until[key] = self.clock.running() + known_for.total_seconds()
        return True

    async def read_permalink(self, to: Destination, remote_id: str) -> str | None:
        return f"https://wall.example/{remote_id}"

    async def count_visible_pictures(self, to: Destination, remote_id: str) -> int | None:
        return None


@dataclass
class PublisherHarness:
    database: Database
    clock: FakeClock
    platform: ScriptedPlatform
    publisher: Publisher
    claims: Claims
    workspace: Workspace
    account_id: str
    vault: Vault
    service: WallService
    credentials: AccountCredentials
    posts: list[Post] = field(default_factory=list)

    @classmethod
    async def create(
        cls, database: Database, clock: FakeClock, folder: Path, *, lease_s: float = 15
    ) -> PublisherHarness:
        vault, service = Vault([Fernet.generate_key().decode()]), WallService(clock=clock)
        credentials = AccountCredentials(database, clock, vault, {"made_up": service})
        blobs = LocalBlobs(folder / "blobs")
        platform = ScriptedPlatform(clock)
        providers = ImageProviders(Http(), ProviderSettings(), clock)
        publisher = Publisher(
            database=database,
            clock=clock,
            platforms={WALL.name: platform},
            pictures=DeliveryPictures(
                database=database,
                picture_generator=PictureGenerator(
                    database=database,
                    clock=clock,
                    blobs=blobs,
                    providers=providers,
                    branding=Branding(database=database, clock=clock, blobs=blobs),
                ),
                fitting=Fitting(clock=clock, blobs=blobs),
            ),
            blobs=blobs,
            destinations=Destinations(database, credentials),
            media_urls=MediaUrls("http://127.0.0.1:1", vault),
            times=PublishTimings(http_timeout_s=20, lease_s=lease_s),
        )
        with open_transaction(database) as transaction:
            workspace = workspace_store.get_or_create_first(transaction, clock.now())
            login = AccountLogin(
                kind=WALL.account_kind,
                service="made_up",
                remote_id="wall-1",
                name="Wall",
                health="ok",
                credentials=vault.seal(Credentials({"access": "token", "refresh": service.server.issue()}).as_json()),
            )
            account_id = account_store.connect(transaction, workspace.id, login, clock.now())
        claims = Claims(database, lease_s=lease_s)
        return cls(database, clock, platform, publisher, claims, workspace, account_id, vault, service, credentials)

    async def add(self, new: NewPost | None = None, **changes: object) -> str:
        """Add a post with one delivery and return the delivery's id."""
        new = new or NewPost(content="Ciao", platforms=[WALL.name], intent="publish", makes_pictures=False)
        post = new_post(self.workspace, new, self.clock.now())
        with open_transaction(self.database) as transaction:
            account = account_store.get(transaction, self.workspace.id, self.account_id)
            row = replace(new_delivery(post, new, WALL.name, 0, account, None, self.clock.now()), **changes)  # type: ignore[arg-type]  # fields by name
            post_store.add(transaction, post, [row])
        self.posts.append(post)
        return row.id

    async def row(self, delivery_id: str) -> Delivery:
        with open_reading(self.database) as transaction:
            found = transaction.execute(select(deliveries).where(deliveries.c.id == delivery_id))
            return post_store.deliveries_of(transaction, found)[0]

    async def attempts(self, delivery_id: str) -> list[str | None]:
        """Return the outcomes of the delivery's attempts, in order."""
        with open_reading(self.database) as transaction:
            found = transaction.execute(
                select(attempts.c.outcome).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.number)
            )
            return list(found.scalars())

    async def work(self, delivery_id: str) -> Delivery:
        """Run one job as the engine does, and return the delivery afterwards."""
        await self.work_at(delivery_id, (await self.row(delivery_id)).rev)
        return await self.row(delivery_id)

    async def work_at(self, delivery_id: str, rev: int) -> None:
        """Run one job unless `rev` is stale or the delivery is not free."""
        claimed = await self.claims.claim(delivery_id, rev)
        if claimed is not None:
            await self.publisher.work(claimed)

    async def work_until_settled(self, delivery_id: str, rounds: int = 60) -> Delivery:
        """Run jobs, the clock moved to each `next_at`, until the delivery is settled."""
        for _ in range(rounds):
            row = await self.work(delivery_id)
            if row.settled:
                return row
            if row.next_at is not None and row.next_at > self.clock.now():
                self.clock.advance((row.next_at - self.clock.now()).total_seconds())
        raise AssertionError(f"not settled after {rounds} rounds: {row}")

    def take_over(self, transaction: Transaction, row: Delivery) -> None:
        """Raise the fence and take the lease, as another worker does."""
        taken = {"fence": row.fence + 1, "lease_owner": "other"}
        transaction.execute(deliveries.update().where(deliveries.c.id == row.id).values(taken))

    async def person_changes(self, delivery_id: str, state: State) -> None:
        """Change the state and raise `rev`, as cancelling and editing do."""
        row = await self.row(delivery_id)
        with open_transaction(self.database) as transaction:
            transaction.execute(
                deliveries.update()
                .where(deliveries.c.id == delivery_id, deliveries.c.rev == row.rev)
                .values(rev=row.rev + 1, state=state)
            )

"""One workspace with people's browsers: the outbox, the sender of push messages and a push service on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import select

from araldo.errors import NotFound
from araldo.http import Http
from araldo.notify.push_keys import ensure_key_pair
from araldo.notify.push_models import PushDevice, PushMessage
from araldo.posts import store as post_store
from araldo.posts.rules import NewPost
from araldo.storage.database import Database
from araldo.storage.events import record_event
from araldo.storage.push_tables import push_devices, push_messages
from araldo.storage.signals import ChangeSignal
from araldo.storage.vault import Vault
from araldo.workflows.notifications.outbox import Outbox
from araldo.workflows.notifications.push_consumer import GATHER, PushConsumer
from araldo.workflows.notifications.push_delivery import PushSender
from araldo.workflows.notifications.push_devices import NewSubscription, PushDevices
from araldo.workflows.posts.create import new_post
from araldo.workspaces import session_store, user_store
from araldo.workspaces import store as workspace_store
from araldo.workspaces.models import Workspace
from araldo.workspaces.roles import Role
from araldo.workspaces.users import Session
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.push_service import Browser, PushService, running_push_service

LOST = {"en": "Access has ended.", "it": "L'accesso è terminato."}


@dataclass
class PushHarness:
    database: Database
    clock: FakeClock
    workspace: Workspace
    service: PushService
    http: Http
    vault: Vault = field(default_factory=lambda: Vault([Fernet.generate_key().decode()]))

    @property
    def outbox(self) -> Outbox:
        return Outbox(
            database=self.database,
            clock=self.clock,
            event_feed=ChangeSignal(),
            on_enqueued=lambda: None,
            consumers=[PushConsumer(self.clock)],
        )

    @property
    def sender(self) -> PushSender:
        return PushSender(
            database=self.database,
            clock=self.clock,
            vault=self.vault,
            http=self.http,
            labels={"wall": "Wall"},
            subject="mailto:ops@studio.example",
            jitter=lambda: 0.5,
        )

    @property
    def devices(self) -> PushDevices:
        return PushDevices(
            database=self.database, clock=self.clock, vault=self.vault, http=self.http, sender=self.sender
        )

    def sign_in(self, name: str, role: Role = Role.OWNER, workspace: Workspace | None = None) -> Session:
        """Sign in a user, who is created and joins the workspace the first time."""
        here = workspace or self.workspace
        with open_transaction(self.database, self.clock) as transaction:
            now = self.clock.now()
            try:
                user = user_store.get_by_name(transaction, name)
            except NotFound:
                user = user_store.create(transaction, name, None, now)
            if user_store.find_role(transaction, user.id, here.id) is None:
                user_store.add_member(transaction, user.id, here.id, now, role=role)
            count = len(session_store.list_for_user(transaction, user.id, now))
            token_hash = f"{name} {here.name} {count}"
            session_store.add(transaction, token_hash, user.id, here.id, "Firefox/1 Linux", now)
            found = session_store.find_by_token(transaction, token_hash, now)
            assert found is not None
            return found

    def browser(self, name: str) -> Browser:
        return Browser(f"{self.service.url}/{name}")

    async def subscribe(self, session: Session, browser: Browser) -> PushDevice:
        return await self.devices.add(session, NewSubscription(browser.endpoint, **browser.keys))

    def record(self, health: str = "dead", account_id: str = "acc_1", workspace: Workspace | None = None) -> None:
        data = {"account_id": account_id, "name": "Pagina", "health": health, "message": LOST}
        self.record_event("account.health", data, workspace=workspace)

    def record_event(
        self, kind: str, data: dict[str, Any], *, post_id: str | None = None, workspace: Workspace | None = None
    ) -> None:
        with open_transaction(self.database, self.clock) as transaction:
            record_event(
                transaction,
                kind,
                workspace_id=(workspace or self.workspace).id,
                at=self.clock.now(),
                post_id=post_id,
                data=data,
            )

    def add_post(self, content: str) -> str:
        """Add a post without deliveries and return its id."""
        post = new_post(self.workspace, NewPost(content=content, note="internal", platforms=[]), self.clock.now())
        with open_transaction(self.database, self.clock) as transaction:
            post_store.add(transaction, post, [])
        return post.id

    def add_workspace(self, name: str) -> Workspace:
        with open_transaction(self.database, self.clock) as transaction:
            return workspace_store.add(transaction, name, self.clock.now())

    async def send(self) -> int:
        """Enqueue and send as the two workers do, after the time in which events are gathered."""
        await self.outbox.enqueue_events()
        self.clock.advance(GATHER.total_seconds())
        return await self.sender.send_due()

    def messages(self) -> list[PushMessage]:
        with open_reading(self.database) as transaction:
            rows = transaction.execute(select(push_messages).order_by(push_messages.c.created_at))
            return [PushMessage(**row._asdict()) for row in rows]

    def device_ids(self) -> list[str]:
        with open_reading(self.database) as transaction:
            return list(transaction.execute(select(push_devices.c.id)).scalars())


@asynccontextmanager
async def open_push_harness(database: Database, clock: FakeClock) -> AsyncIterator[PushHarness]:
    with open_transaction(database, clock) as transaction:
        workspace = workspace_store.add(transaction, "Studio", clock.now(), language="it")
    async with running_push_service() as service, Http(allow=[service.pair]) as http:
        made = PushHarness(database, clock, workspace, service, http)
        await ensure_key_pair(database, made.vault)
        # Enabled before the events of a test.
        await made.outbox.enqueue_events()
        yield made

"""The composition root: the one file that knows every part and puts them together."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

import structlog
from fastapi import FastAPI
from pydantic import SecretStr

from araldo import __version__
from araldo.accounts.connect import Connector
from araldo.api import (
    accounts,
    connections,
    events,
    health,
    home,
    marketing,
    media,
    platforms,
    posts,
    problems,
    social,
    timeline,
    webhooks,
)
from araldo.api.middleware import BodyLimit, RequestLine
from araldo.api.parts import Parts
from araldo.clock import Clock, SystemClock
from araldo.errors import Conflict, Sentence
from araldo.http import Http
from araldo.images.providers import ImageProviders
from araldo.images.providers.base import ProviderSettings
from araldo.media.urls import MediaUrls
from araldo.notify.models import EVERYTHING, TYPES
from araldo.platforms import LOGINS, PLATFORMS
from araldo.platforms.base import Service, Surroundings
from araldo.posts import delivery_store
from araldo.settings import Settings
from araldo.smtp import Smtp, is_address
from araldo.storage import idempotency
from araldo.storage.blobs import Blobs
from araldo.storage.database import Database
from araldo.storage.events import Bell
from araldo.storage.listen import Listener
from araldo.storage.vault import Vault, load_vault
from araldo.workflows.batch import Batch
from araldo.workflows.bring_in import BringIn
from araldo.workflows.checkup import Checkup
from araldo.workflows.destinations import Destinations
from araldo.workflows.engine import Engine
from araldo.workflows.illustrate import Illustrator
from araldo.workflows.links import Links
from araldo.workflows.mail import MailPlan
from araldo.workflows.publish import Publisher, Times
from araldo.workflows.resolve import Resolver
from araldo.workflows.submit import Intake, is_public
from araldo.workflows.told import Told
from araldo.workspaces import store as workspace_store

log = structlog.get_logger()


class Araldo:
    """One process's parts, built from settings. Open with `async with`; nothing runs before that."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        self.database = Database(settings.database_url)
        self.vault: Vault = load_vault(settings.data_dir, settings.secret_keys)
        self.http = Http(timeout_s=settings.publish.http_timeout_s, allow=settings.fetch.allow)
        self.surroundings = Surroundings(
            self.http, self.clock, services_of(settings), look_gap_s=settings.publish.look_gap_s
        )
        built = [platform(self.surroundings) for platform in PLATFORMS]
        self.platforms = {platform.declaration.name: platform for platform in built}
        self.declarations = {name: platform.declaration for name, platform in self.platforms.items()}
        # The bell rings for every commit here, the other one when there are new events, whoever told them.
        self.bell, self.news = Bell(), Bell()
        self.listener = Listener(database=self.database, bell=self.bell, news=self.news, clock=self.clock)
        self.blobs = Blobs(settings.data_dir / "blobs")
        self.media_urls = MediaUrls(settings.own_url, self.vault)
        self.providers = ImageProviders(self.http, provider_settings(settings), self.clock)
        self.illustrator = Illustrator(
            database=self.database, clock=self.clock, blobs=self.blobs, providers=self.providers
        )
        logins = {name: login(self.surroundings) for name, login in LOGINS.items()}
        self.connector = Connector(
            database=self.database,
            clock=self.clock,
            vault=self.vault,
            logins=logins,
            redirect_base=settings.own_url,
        )
        self.checkup = Checkup(
            database=self.database,
            clock=self.clock,
            vault=self.vault,
            bell=self.bell,
            logins=logins,
            declarations=list(self.declarations.values()),
        )
        self.destinations = Destinations(self.database, self.vault)
        self.links = Links(
            database=self.database,
            clock=self.clock,
            bell=self.bell,
            platforms=self.platforms,
            destinations=self.destinations,
            every_s=30 * settings.publish.sweep_s,
        )
        self.told = self._told()
        self.engine = Engine(
            work=self._publisher().work,
            find_due=self._find_due,
            clock=self.clock,
            sweep_s=settings.publish.sweep_s,
        )

    def _told(self) -> Told:
        return Told(
            database=self.database,
            clock=self.clock,
            news=self.news,
            vault=self.vault,
            http=self.http,
            mail=mail_plan(self.settings),
            labels={name: declared.label for name, declared in self.declarations.items()},
        )

    def _publisher(self) -> Publisher:
        publish = self.settings.publish
        return Publisher(
            database=self.database,
            clock=self.clock,
            platforms=self.platforms,
            illustrator=self.illustrator,
            blobs=self.blobs,
            destinations=self.destinations,
            media_urls=self.media_urls,
            bell=self.bell,
            times=Times(publish.http_timeout_s, publish.lease_s),
        )

    async def _find_due(self, limit: int) -> tuple[list[tuple[str, int]], datetime | None]:
        now = self.clock.now()
        async with self.database.reading() as transaction:
            due = await delivery_store.due(transaction, now, limit)
            return due, await delivery_store.next_moment(transaction, now)

    def parts(self) -> Parts:
        unreachable = [
            name
            for name, declared in self.declarations.items()
            if declared.needs_public_url
            and not self.surroundings.services[declared.service].is_local
            and not is_public(self.settings.public_url)
        ]
        intake = Intake(
            database=self.database,
            clock=self.clock,
            declarations=self.declarations,
            unreachable=unreachable,
            engine=self.engine,
            bell=self.bell,
        )
        return Parts(
            database=self.database,
            clock=self.clock,
            declarations=self.declarations,
            intake=intake,
            batch=Batch(
                database=self.database,
                providers=self.providers,
                illustrator=self.illustrator,
                declarations=self.declarations,
            ),
            bring_in=BringIn(
                database=self.database,
                clock=self.clock,
                blobs=self.blobs,
                http=self.http,
                media_urls=self.media_urls,
            ),
            resolver=Resolver(database=self.database, clock=self.clock, bell=self.bell, engine=self.engine),
            connector=self.connector,
            checkup=self.checkup,
            providers=self.providers,
            blobs=self.blobs,
            media_urls=self.media_urls,
            worker_alive=lambda: self.engine.alive,
            news=self.news,
            webhooks=self.told.webhooks,
        )

    async def prepare(self) -> None:
        """The schema, and a workspace to work in."""
        await self.database.migrate()
        async with self.database.transaction() as transaction:
            await workspace_store.first_or_new(transaction, self.clock.now())

    async def close(self) -> None:
        await self.http.close()
        await self.database.close()

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Prepared, and with the engine at work until the block ends."""
        await self.prepare()
        if self.database.is_sqlite:
            # This process has the data folder to itself, so whoever held a lease is dead.
            async with self.database.transaction() as transaction:
                await delivery_store.free_all_leases(transaction)
                await idempotency.free_all(transaction)
                await self.told.take_over(transaction)
        tasks = [
            asyncio.create_task(self.engine.run(), name="worker"),
            asyncio.create_task(self.checkup.run(), name="checkup"),
            asyncio.create_task(self.links.run(), name="links"),
            asyncio.create_task(self.told.run(), name="told"),
            asyncio.create_task(self.listener.run(), name="listener"),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


def services_of(settings: Settings) -> Mapping[str, Service]:
    meta = settings.meta
    return {
        "meta": Service(
            base_url=meta.graph_url.rstrip("/"),
            version=meta.graph_version,
            dialog_url=_dialog_url(settings),
            is_local=not is_public(meta.graph_url),
            app_id=meta.app_id,
            app_secret=_secret(meta.app_secret),
        )
    }


def _dialog_url(settings: Settings) -> str:
    """A base is enough; without one it is Meta's own, or the base that stands in for Meta."""
    meta = settings.meta
    base = meta.dialog_url or ("https://www.facebook.com" if is_public(meta.graph_url) else meta.graph_url)
    base = base.rstrip("/")
    return base if base.endswith("/dialog/oauth") else f"{base}/{meta.graph_version}/dialog/oauth"


def provider_settings(settings: Settings) -> ProviderSettings:
    images = settings.images
    return ProviderSettings(
        order=tuple(images.order),
        google_api_key=_secret(images.google_api_key),
        google_model=images.google_model,
        google_base_url=images.google_base_url.rstrip("/"),
        openai_api_key=_secret(images.openai_api_key),
        openai_base_url=images.openai_base_url.rstrip("/"),
        openai_model=images.openai_model,
        pollinations_api_key=_secret(images.pollinations_api_key),
        pollinations_keyless=images.pollinations_keyless,
        pollinations_model=images.pollinations_model,
        pollinations_base_url=images.pollinations_base_url.rstrip("/"),
        pollinations_keyless_url=images.pollinations_keyless_url.rstrip("/"),
    )


def mail_plan(settings: Settings) -> MailPlan | None:
    """None without a mail server. Raises Conflict for what cannot work."""
    mail = settings.mail
    if mail.host is None:
        return None
    for name, given in (("FROM", [mail.sender or ""]), ("TO", mail.to or [""])):
        if not all(is_address(one) for one in given):
            raise Conflict(_NO_ADDRESS.with_(name=f"ARALDO_MAIL__{name}"))
    unknown = sorted(set(mail.events) - {*TYPES, EVERYTHING})
    if unknown:
        raise Conflict(_NO_EVENT.with_(names=", ".join(unknown)))
    smtp = Smtp(mail.host, mail.port, mail.tls, mail.username, _secret(mail.password))
    return MailPlan(smtp, mail.sender or "", mail.to, mail.events or None, settings.own_url)


_NO_ADDRESS = Sentence("{name} has to be an e-mail address.", "{name} deve essere un indirizzo e-mail.")
_NO_EVENT = Sentence(
    "ARALDO_MAIL__EVENTS names what does not exist: {names}.", "ARALDO_MAIL__EVENTS indica eventi inesistenti: {names}."
)


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value is not None else None


def create_web(araldo: Araldo) -> FastAPI:
    """The web application; the worker runs within its life."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        async with araldo.working():
            log.info("up", url=araldo.settings.own_url)
            yield
        await araldo.close()

    app = FastAPI(
        title="Araldo",
        version=__version__,
        summary="One idea, the right post for every platform, exactly once and on time.",
        openapi_url="/api/v1/openapi.json",
        # Its pages load from a public network; the studio brings its own.
        docs_url=None,
        redoc_url=None,
        lifespan=life,
    )
    app.state.parts = araldo.parts()
    problems.install(app)
    for noun in (
        social,
        posts,
        timeline,
        events,
        webhooks,
        marketing,
        platforms,
        accounts,
        connections,
        health,
        media,
        home,
    ):
        app.include_router(noun.router)
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestLine)
    return app


@contextmanager
def sole_owner(data_dir: Path) -> Iterator[IO[str]]:
    """Hold the data folder for this process alone; raises Conflict when another one has it."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "araldo.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            sentence = Sentence(
                "Another `araldo up` is using the data folder {path}.",
                "Un altro `araldo up` sta usando la cartella dati {path}.",
            )
            raise Conflict(sentence.with_(path=data_dir)) from busy
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield lock

"""The composition root: the one module that imports every other and builds the application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TypedDict

from araldo.addresses import is_public_url
from araldo.api.dependencies import AppDependencies
from araldo.api.metrics import MetricsEndpoint, build_endpoint
from araldo.api.request_limits import RequestLimiter
from araldo.api.site import build_site
from araldo.api.stream_access import StreamAccess
from araldo.background import Jobs, Loops, Periodic, build_background
from araldo.clock import Clock, ClockSteps, SystemClock
from araldo.data_folder import make_data_folder
from araldo.http import Http
from araldo.images.process import ImageProcess
from araldo.images.providers import AUTO, ImageProviders
from araldo.images.providers.offline import Offline
from araldo.loops import try_until_done
from araldo.mail_settings import mail_settings, operator_contact
from araldo.maintenance import Maintenance
from araldo.media.urls import MediaUrls
from araldo.platforms import SERVICES
from araldo.platforms.base import Platform, PlatformContext
from araldo.platforms.service import Service, ServiceType
from araldo.setting_fields import reveal
from araldo.settings import Settings
from araldo.storage.blob_stores import open_blobs
from araldo.storage.blobs import check_and_log
from araldo.storage.database import Database
from araldo.storage.leases import release_all_leases
from araldo.storage.listen import EventFeed, Listener
from araldo.storage.private_files import restrict_tree
from araldo.storage.vault import Vault, load_vault
from araldo.telemetry.exporter import open_tracing
from araldo.telemetry.recorder import Telemetry
from araldo.workflows.accounts.account_settings import AccountSettings
from araldo.workflows.accounts.api_keys import ApiKeys
from araldo.workflows.accounts.connect import Connector
from araldo.workflows.accounts.credentials import AccountCredentials
from araldo.workflows.accounts.disconnect import Disconnector
from araldo.workflows.accounts.first_start import prepare_database
from araldo.workflows.accounts.inspection import AccountInspector
from araldo.workflows.accounts.members import Members
from araldo.workflows.accounts.sessions import Sessions
from araldo.workflows.accounts.sign_in import SignIn
from araldo.workflows.accounts.workspaces import Workspaces
from araldo.workflows.deliveries.claims import ClaimedDelivery, Claims
from araldo.workflows.deliveries.resume import AccountRecovery
from araldo.workflows.engine import JOBS_MAX, Engine
from araldo.workflows.maintenance.readiness import DiskFloor, ReadinessCheck
from araldo.workflows.monitoring.figures import DatabaseCollector, ProcessCollector
from araldo.workflows.monitoring.jobs import ObservedWork, observe_platforms
from araldo.workflows.notifications.bundle import Notifications
from araldo.workflows.pictures.batch import BatchGenerator
from araldo.workflows.pictures.branding import Branding
from araldo.workflows.pictures.custom import CustomPictures
from araldo.workflows.pictures.delivery_pictures import DeliveryPictures
from araldo.workflows.pictures.fitting import Fitting
from araldo.workflows.pictures.generate import PictureGenerator
from araldo.workflows.pictures.library import Library
from araldo.workflows.pictures.media_import import MediaImporter
from araldo.workflows.pictures.preview import Previews
from araldo.workflows.pictures.thumbnails import Thumbnails
from araldo.workflows.posts.approval_links import ApprovalLinks
from araldo.workflows.posts.approvals import Approvals, remind_unapproved
from araldo.workflows.posts.create import PostCreator
from araldo.workflows.posts.edit import PostEditor
from araldo.workflows.posts.importing import PostImporter
from araldo.workflows.posts.lifecycle import PostLifecycle
from araldo.workflows.posts.picture_history import PictureEditor
from araldo.workflows.posts.recurrence import RecurrenceRunner
from araldo.workflows.posts.resolve import OutcomeResolver
from araldo.workflows.posts.validation import Validator
from araldo.workflows.publishing.destinations import Destinations
from araldo.workflows.publishing.permalinks import PermalinkReader
from araldo.workflows.publishing.publish import Publisher
from araldo.workflows.publishing.repeats import PublishTimings

# How long a start waits for a disk or a database that is full, locked or unreachable, in seconds.
START_S = 60.0


class ActionDependencies(TypedDict):
    """The dependencies of every workflow that acts on a user's request."""

    database: Database
    clock: Clock
    nudge: Callable[[], None]
    validator: Validator


class PictureDependencies(TypedDict):
    """The workflows for users' own pictures."""

    media_importer: MediaImporter
    library: Library
    custom_pictures: CustomPictures
    thumbnails: Thumbnails


class Araldo:
    """The objects of one process, built from settings. Nothing runs before `background_work`.

    `works` False, on PostgreSQL: other processes publish. `concurrency`: deliveries that this one works on at once.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        *,
        works: bool = True,
        concurrency: int = JOBS_MAX,
        services: Sequence[ServiceType] = SERVICES,
    ) -> None:
        self.settings = settings
        self._works = works
        self.clock = clock or SystemClock()
        self.telemetry = Telemetry(open_tracing(self.clock))
        make_data_folder(settings.data_dir, has_database=settings.database.url is None)
        self.database = Database(settings.database_url, self.clock, observer=self.telemetry)
        self.vault: Vault = load_vault(settings.data_dir, settings.secret_keys)
        self.http = Http(timeout_s=settings.publish.http_timeout_s, allow=settings.fetch.allow, observer=self.telemetry)
        self.services, built = self._build_services(services)
        self.platforms = observe_platforms(built, self.telemetry, self.clock)
        self.declarations = {name: platform.declaration for name, platform in self.platforms.items()}
        self.event_feed = EventFeed()
        self.listener = Listener(database=self.database, feed=self.event_feed, clock=self.clock)
        self.blobs = open_blobs(settings.blobs, settings.data_dir / "blobs")
        self.maintenance = Maintenance(
            settings, database=self.database, clock=self.clock, blobs=self.blobs, vault=self.vault
        )
        self.media_urls = MediaUrls(settings.own_url, self.vault)
        self.images = ImageProcess(observer=self.telemetry)
        self.fitting = Fitting(clock=self.clock, blobs=self.blobs, images=self.images)
        self.providers = ImageProviders(self.http, settings.images, self.clock, self.images, self.telemetry)
        self.branding = Branding(database=self.database, clock=self.clock, blobs=self.blobs, images=self.images)
        self.picture_generator = PictureGenerator(
            database=self.database,
            clock=self.clock,
            blobs=self.blobs,
            providers=self.providers,
            branding=self.branding,
            images=self.images,
        )
        self.credentials = AccountCredentials(self.database, self.clock, self.vault, self.services)
        self.connector, self.account_inspector = self._build_accounts()
        self.disconnector = Disconnector(self.database, self.credentials, self.services)
        self.destinations = Destinations(self.database, self.credentials)
        self.links = PermalinkReader(
            database=self.database, clock=self.clock, platforms=self.platforms, destinations=self.destinations
        )
        self.notifications = self._build_notifications()
        self.engine = self._build_engine(concurrency)
        self.recurrence_runner = RecurrenceRunner(database=self.database, clock=self.clock, engine=self.engine)
        self.background = self._build_background()

    def _build_services(self, services: Sequence[ServiceType]) -> tuple[dict[str, Service], list[Platform]]:
        """Build the services by name, and their platforms, all with one context."""
        declarations = [service.declaration for service in services]
        context = PlatformContext(
            self.http,
            self.clock,
            {declared.name: self.settings.of_service(declared.name) for declared in declarations},
            check_gap_s=self.settings.publish.check_gap_s,
        )
        platforms = [platform(context) for declared in declarations for platform in declared.platforms]
        return {service.declaration.name: service(context) for service in services}, platforms

    def _build_engine(self, concurrency: int) -> Engine[ClaimedDelivery]:
        return Engine(
            name="delivery",
            work=ObservedWork(self._build_publisher().work, self.telemetry, self.database),
            claim_due=Claims(self.database, lease_s=self.settings.publish.lease_s).claim_due,
            clock=self.clock,
            sweep_s=self.settings.publish.sweep_s,
            jobs_max=concurrency,
            steps=ClockSteps(self.clock),
        )

    def _build_background(self) -> Loops | Jobs:
        seldom_s = 30 * self.settings.publish.sweep_s
        return build_background(
            database=self.database,
            clock=self.clock,
            engine=self.engine,
            works=self._works,
            notifications=self.notifications,
            listener=self.listener,
            backups=self.maintenance.backup_schedule,
            periodic={
                "accounts": Periodic(self.account_inspector.inspect_due, 60, "checkup_failed"),
                "links": Periodic(self.links.fill_in_missing, seldom_s, "links_failed"),
                "recurrences": Periodic(self.recurrence_runner.create_due_posts, seldom_s, "recurrences_failed"),
                "approvals": Periodic(lambda: remind_unapproved(self.database), 60, "approval_reminders_failed"),
                "housekeeping": Periodic(self.maintenance.housekeeping.purge, 3600, "housekeeping_failed"),
            },
        )

    def _build_accounts(self) -> tuple[Connector, AccountInspector]:
        """Build the connecting of accounts and their regular inspection."""
        declarations = list(self.declarations.values())
        connector = Connector(
            database=self.database,
            clock=self.clock,
            vault=self.vault,
            services=self.services,
            declarations=declarations,
            redirect_base=self.settings.own_url,
            resume=AccountRecovery(self.clock).resume,
        )
        account_inspector = AccountInspector(
            database=self.database,
            clock=self.clock,
            credentials=self.credentials,
            services=self.services,
            declarations=declarations,
        )
        return connector, account_inspector

    def _build_notifications(self) -> Notifications:
        return Notifications(
            database=self.database,
            clock=self.clock,
            event_feed=self.event_feed,
            vault=self.vault,
            http=self.http,
            mail=mail_settings(self.settings),
            labels={name: declared.label for name, declared in self.declarations.items()},
            contact=operator_contact(self.settings),
            observer=self.telemetry,
        )

    def _build_publisher(self) -> Publisher:
        publish = self.settings.publish
        return Publisher(
            database=self.database,
            clock=self.clock,
            platforms=self.platforms,
            pictures=DeliveryPictures(
                database=self.database, picture_generator=self.picture_generator, fitting=self.fitting
            ),
            blobs=self.blobs,
            destinations=self.destinations,
            media_urls=self.media_urls,
            times=PublishTimings(publish.http_timeout_s, publish.lease_s),
            observer=self.telemetry,
        )

    def platforms_unable_to_fetch(self) -> list[str]:
        """Return the platforms that must fetch pictures from this server but cannot with these settings."""
        return [
            name
            for name, declared in self.declarations.items()
            if declared.needs_public_url
            and self.services[declared.service].local_address(None) is None
            and not is_public_url(self.settings.public_url)
        ]

    def dependencies(self) -> AppDependencies:
        max_lifetime = timedelta(days=self.settings.session_max_days)
        validator = Validator(
            self.declarations,
            self.platforms_unable_to_fetch(),
            designed_only=[name for name in (AUTO, Offline.name) if self.providers.uses_only_offline(name)],
        )
        action_dependencies: ActionDependencies = {
            "database": self.database,
            "clock": self.clock,
            "nudge": self.engine.nudge,
            "validator": validator,
        }
        pictures, creator = self._build_picture_dependencies(), PostCreator(**action_dependencies)
        return AppDependencies(
            database=self.database,
            clock=self.clock,
            declarations=self.declarations,
            post_creator=creator,
            post_importer=PostImporter(creator, pictures["library"], pictures["custom_pictures"], self.database),
            lifecycle=PostLifecycle(**action_dependencies),
            approvals=Approvals(**action_dependencies),
            approval_links=ApprovalLinks(self.database),
            editor=PostEditor(**action_dependencies),
            picture_editor=PictureEditor(**action_dependencies),
            validator=validator,
            batch_generator=BatchGenerator(
                database=self.database, picture_generator=self.picture_generator, declarations=self.declarations
            ),
            branding=self.branding,
            previews=Previews(
                database=self.database, branding=self.branding, declarations=self.declarations, images=self.images
            ),
            **pictures,
            resolver=OutcomeResolver(database=self.database, clock=self.clock, engine=self.engine),
            connector=self.connector,
            disconnector=self.disconnector,
            account_inspector=self.account_inspector,
            recurrence_runner=self.recurrence_runner,
            providers=self.providers,
            blobs=self.blobs,
            media_urls=self.media_urls,
            readiness=self._build_readiness_check(),
            event_feed=self.event_feed,
            webhooks=self.notifications.webhooks,
            push_devices=self.notifications.push_devices,
            site=build_site(self.settings.own_url, self.settings.host, self.settings.allowed_hosts),
            sessions=Sessions(self.database),
            workspaces=Workspaces(self.database),
            members=Members(self.database),
            api_keys=ApiKeys(self.database),
            account_settings=AccountSettings(self.database),
            sign_in=SignIn(
                database=self.database, clock=self.clock, vault=self.vault, session_max_lifetime=max_lifetime
            ),
            session_max_lifetime=max_lifetime,
            stream_access=StreamAccess(self.database, self.clock),
            observer=self.telemetry,
            request_limiter=RequestLimiter(self.database, self.clock, self.settings.requests_per_minute),
        )

    def build_metrics(self, streams: Callable[[], int]) -> MetricsEndpoint:
        """Build `/metrics`, once; `streams` returns how many event streams are open."""
        return build_endpoint(
            self.telemetry,
            DatabaseCollector(self.database, self.clock, self.maintenance.backup_every),
            ProcessCollector(self.database, self.images, self.engine, streams, self.clock),
            token=reveal(self.settings.metrics.token),
        )

    def _build_readiness_check(self) -> ReadinessCheck:
        floor = DiskFloor(self.settings.data_dir, self.settings.min_free_mb * 1_000_000)
        return ReadinessCheck(self.database, self.clock, floor, worker_alive=lambda: self.background.worker_alive)

    def _build_picture_dependencies(self) -> PictureDependencies:
        """Build the workflows that import, store, fit and shrink pictures; they share one `Fitting`."""
        media_importer = MediaImporter(
            database=self.database,
            clock=self.clock,
            blobs=self.blobs,
            http=self.http,
            media_urls=self.media_urls,
            fitting=self.fitting,
        )
        return {
            "media_importer": media_importer,
            "library": Library(
                database=self.database, clock=self.clock, fitting=self.fitting, media_importer=media_importer
            ),
            "custom_pictures": CustomPictures(
                database=self.database, fitting=self.fitting, declarations=self.declarations
            ),
            "thumbnails": Thumbnails(blobs=self.blobs, images=self.images),
        }

    async def migrate(self) -> None:
        """Migrate the schema, after transient faults again for a minute. Raises SchemaTooNew."""
        await try_until_done(self.database.migrate, within_s=START_S, event="start_delayed", clock=self.clock)

    async def prepare(self) -> None:
        """Migrate the schema and create what has to be there before anybody can use it."""
        await prepare_database(self.database, self.vault)

    async def _recover(self) -> None:
        """Prepare the database and release the leases of an earlier process. Safe to repeat."""
        await self.prepare()
        if self.database.is_sqlite:
            # This process has locked the data folder, so no other owner of a lease is alive.
            await self.database.write(release_all_leases)

    async def close(self) -> None:
        await self.images.close()
        await self.http.close()
        await self.database.close()
        await asyncio.to_thread(self.telemetry.close)

    @asynccontextmanager
    async def background_work(self) -> AsyncIterator[None]:
        """Prepare, then run the background work until the block ends."""
        # A start that failed at once on a transient fault would leave the server down, with nobody to restart it.
        await try_until_done(self._recover, within_s=START_S, event="start_delayed", clock=self.clock)
        await asyncio.to_thread(restrict_tree, self.settings.data_dir)
        # Beside the rest, because what needs no picture must not wait for a store that does not answer.
        checking = asyncio.create_task(check_and_log(self.blobs, self.clock), name="blobs")
        try:
            async with self.background.running():
                yield
        finally:
            checking.cancel()
            await asyncio.gather(checking, return_exceptions=True)

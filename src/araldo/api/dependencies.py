"""The objects that routes depend on, built by the composition root, and the FastAPI dependency for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request

from araldo.api.request_limits import RequestLimiter
from araldo.api.site import Site
from araldo.api.stream_access import StreamAccess
from araldo.clock import Clock
from araldo.images.providers import ImageProviders
from araldo.media.urls import MediaUrls
from araldo.platforms.base import Declaration
from araldo.storage.blobs import Blobs
from araldo.storage.database import Database
from araldo.storage.listen import EventFeed
from araldo.telemetry.observer import Observer
from araldo.workflows.accounts.account_settings import AccountSettings
from araldo.workflows.accounts.api_keys import ApiKeys
from araldo.workflows.accounts.connect import Connector
from araldo.workflows.accounts.disconnect import Disconnector
from araldo.workflows.accounts.inspection import AccountInspector
from araldo.workflows.accounts.members import Members
from araldo.workflows.accounts.sessions import Sessions
from araldo.workflows.accounts.sign_in import SignIn
from araldo.workflows.accounts.workspaces import Workspaces
from araldo.workflows.maintenance.readiness import ReadinessCheck
from araldo.workflows.notifications.push_devices import PushDevices
from araldo.workflows.notifications.webhooks import Webhooks
from araldo.workflows.pictures.batch import BatchGenerator
from araldo.workflows.pictures.branding import Branding
from araldo.workflows.pictures.custom import CustomPictures
from araldo.workflows.pictures.library import Library
from araldo.workflows.pictures.media_import import MediaImporter
from araldo.workflows.pictures.preview import Previews
from araldo.workflows.pictures.thumbnails import Thumbnails
from araldo.workflows.posts.approval_links import ApprovalLinks
from araldo.workflows.posts.approvals import Approvals
from araldo.workflows.posts.create import PostCreator
from araldo.workflows.posts.edit import PostEditor
from araldo.workflows.posts.importing import PostImporter
from araldo.workflows.posts.lifecycle import PostLifecycle
from araldo.workflows.posts.picture_history import PictureEditor
from araldo.workflows.posts.recurrence import RecurrenceRunner
from araldo.workflows.posts.resolve import OutcomeResolver
from araldo.workflows.posts.validation import Validator


@dataclass(frozen=True, slots=True)
class AppDependencies:
    database: Database
    clock: Clock
    declarations: Mapping[str, Declaration]
    post_creator: PostCreator
    lifecycle: PostLifecycle
    approvals: Approvals
    approval_links: ApprovalLinks
    editor: PostEditor
    post_importer: PostImporter
    picture_editor: PictureEditor
    validator: Validator
    batch_generator: BatchGenerator
    branding: Branding
    previews: Previews
    media_importer: MediaImporter
    library: Library
    custom_pictures: CustomPictures
    resolver: OutcomeResolver
    connector: Connector
    disconnector: Disconnector
    account_inspector: AccountInspector
    recurrence_runner: RecurrenceRunner
    providers: ImageProviders
    blobs: Blobs
    media_urls: MediaUrls
    thumbnails: Thumbnails
    readiness: ReadinessCheck
    event_feed: EventFeed
    webhooks: Webhooks
    push_devices: PushDevices
    site: Site
    sign_in: SignIn
    sessions: Sessions
    workspaces: Workspaces
    members: Members
    api_keys: ApiKeys
    account_settings: AccountSettings
    stream_access: StreamAccess
    request_limiter: RequestLimiter
    observer: Observer
    # The longest time from signing in to the end of a session, however much it is used.
    session_max_lifetime: timedelta
    # Seconds between two comments on an idle event stream.
    heartbeat_s: float = 15.0
    # Number of open event streams by `Caller.id`.
    open_streams: Counter[str] = field(default_factory=Counter)


async def _dependencies(request: Request) -> AppDependencies:
    deps = request.app.state.dependencies
    assert isinstance(deps, AppDependencies)
    return deps


DependenciesDep = Annotated[AppDependencies, Depends(_dependencies)]

"""The list of all services, and the platforms that follow from it."""

from __future__ import annotations

from collections.abc import Callable

from araldo.messages import add_texts
from araldo.platforms.base import Platform, PlatformContext
from araldo.platforms.bluesky.service import BlueskyService
from araldo.platforms.mastodon.service import MastodonService
from araldo.platforms.meta.service import MetaService
from araldo.platforms.service import ServiceType
from araldo.platforms.telegram.service import TelegramService
from araldo.redaction import add_secret_patterns

SERVICES: tuple[ServiceType, ...] = (MetaService, MastodonService, TelegramService, BlueskyService)

PLATFORMS: tuple[Callable[[PlatformContext], Platform], ...] = tuple(
    platform for service in SERVICES for platform in service.declaration.platforms
)

for _service in SERVICES:
    add_texts(_service.declaration.texts)
    add_secret_patterns(_service.declaration.secret_patterns)

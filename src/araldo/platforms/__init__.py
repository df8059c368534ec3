"""The lists of all platforms and of all services' log-ins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from araldo.messages import add_texts
from araldo.platforms.base import Platform, PlatformContext
from araldo.platforms.login import Login
from araldo.platforms.meta.facebook_page import FacebookPage
from araldo.platforms.meta.facebook_story import FacebookStory
from araldo.platforms.meta.instagram_feed import InstagramFeed
from araldo.platforms.meta.instagram_story import InstagramStory
from araldo.platforms.meta.login import MetaLogin

PLATFORMS: tuple[Callable[[PlatformContext], Platform], ...] = (
    FacebookPage,
    InstagramFeed,
    InstagramStory,
    FacebookStory,
)

LOGINS: Mapping[str, Callable[[PlatformContext], Login]] = {"meta": MetaLogin}

# A service's messages are in its own folder.
for _service in LOGINS:
    add_texts(Path(__file__).parent / _service / "messages")

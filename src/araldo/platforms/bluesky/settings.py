"""Settings of Bluesky: which web app permalinks lead to, and which directory knows the servers of accounts."""

from __future__ import annotations

from pydantic import BaseModel, Field

from araldo.platforms.base import PlatformContext

SERVICE = "bluesky"
# Where Bluesky's own accounts log in: its entryway.
ENTRYWAY = "https://bsky.social"


class BlueskySettings(BaseModel):
    app_url: str = Field("https://bsky.app", description="The web app that links to published posts lead to")
    plc_url: str = Field("https://plc.directory", description="The directory of account identities (did:plc)")


def settings_of(context: PlatformContext) -> BlueskySettings:
    settings = context.settings[SERVICE]
    if not isinstance(settings, BlueskySettings):
        raise TypeError(f"the settings of {SERVICE} are {type(settings).__name__}")
    return settings

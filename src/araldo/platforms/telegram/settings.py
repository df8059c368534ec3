"""Settings of Telegram: where the Bot API and the pages of public channels are."""

from __future__ import annotations

from pydantic import BaseModel, Field

from araldo.platforms.base import PlatformContext
from araldo.setting_fields import BaseUrl

SERVICE = "telegram"


class TelegramSettings(BaseModel):
    api_url: BaseUrl = Field(
        "https://api.telegram.org", description="Base of the Bot API; your own Bot API server or the sandbox is another"
    )
    link_url: BaseUrl = Field("https://t.me", description="Base of the links to posts; the sandbox's ends with /t.me")


def settings_of(context: PlatformContext) -> TelegramSettings:
    settings = context.settings[SERVICE]
    if not isinstance(settings, TelegramSettings):
        raise TypeError(f"the settings of {SERVICE} are {type(settings).__name__}")
    return settings

"""Settings of Meta, and what follows from them: the Graph API's address, and the app's id and secret."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import BaseModel, Field

from araldo.addresses import is_public_url
from araldo.platforms.base import PlatformContext
from araldo.setting_fields import Secret, Text, reveal

SERVICE = "meta"


class MetaSettings(BaseModel):
    graph_url: str = Field(
        "https://graph.facebook.com", description="Base of the Graph API; the sandbox is another one"
    )
    graph_version: str = Field("v26.0", description="Version of the Graph API, as in its paths")
    dialog_url: Text = Field(None, description="Where people log in to Meta; default: Meta's own")
    app_id: Text = Field(None, description="Your Meta app's id")
    app_secret: Secret = Field(None, description="Your Meta app's secret")
    config_id: Text = Field(None, description="Configuration of Facebook Login for Business, instead of scopes")


@dataclass(frozen=True, slots=True)
class MetaApp:
    """Address of the Graph API and credentials of the app.

    `is_local`: `base_url` is loopback or private, so Meta can fetch pictures from a private address of ours.
    `dialog_url`: where people log in. `login_config`: id of the app's list of permissions; None: the URL lists them.
    """

    base_url: str
    version: str
    is_local: bool
    dialog_url: str = ""
    app_id: str | None = None
    app_secret: str | None = field(default=None, repr=False)
    login_config: str | None = None

    @classmethod
    def of(cls, context: PlatformContext) -> MetaApp:
        settings = context.settings[SERVICE]
        if not isinstance(settings, MetaSettings):
            raise TypeError(f"the settings of {SERVICE} are {type(settings).__name__}")
        return cls(
            base_url=settings.graph_url.rstrip("/"),
            version=settings.graph_version,
            is_local=not is_public_url(settings.graph_url),
            dialog_url=_dialog_url(settings),
            app_id=settings.app_id,
            app_secret=reveal(settings.app_secret),
            login_config=settings.config_id,
        )


def _dialog_url(settings: MetaSettings) -> str:
    """Return the log-in dialog's URL: from the setting (a base suffices), else Meta's own or the sandbox's."""
    is_real = is_public_url(settings.graph_url)
    base = (settings.dialog_url or ("https://www.facebook.com" if is_real else settings.graph_url)).rstrip("/")
    return base if base.endswith("/dialog/oauth") else f"{base}/{settings.graph_version}/dialog/oauth"

"""The settings: ARALDO_* environment variables, nested names joined with two underscores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field, SecretStr, create_model, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from araldo.images.provider_settings import ProviderSettings
from araldo.platforms import SERVICES
from araldo.setting_fields import Listed
from araldo.storage.blob_settings import BlobSettings
from araldo.storage.database_url import as_database_url, require_database_url


class DatabaseSettings(BaseModel):
    url: SecretStr | None = Field(None, description="Database; default: SQLite in the data folder")

    @field_validator("url")
    @classmethod
    def _is_known(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            require_database_url(value.get_secret_value())
        return value


class PublishSettings(BaseModel):
    """Times in seconds."""

    http_timeout_s: float = Field(20, gt=0, description="Longest time for one call to a platform")
    lease_s: float = Field(15, gt=0, description="How long a worker holds a delivery unless it renews")
    sweep_s: float = Field(2, gt=0, description="How often a worker looks for what is due")
    check_gap_s: float = Field(30, ge=0, description="Time between two looks that count as 'nothing is there'")


class FetchSettings(BaseModel):
    allow: Listed = Field(default_factory=list, description="host:port pairs on private addresses that may be fetched")


class MailServerSettings(BaseModel):
    """`sender` is `from` in the environment, a keyword in Python."""

    host: str | None = Field(None, description="Mail server that takes mail for others (SMTP); without it none is sent")
    port: int = Field(587, ge=1, le=65535, description="Its port; 465 with `tls`")
    username: str | None = Field(None, description="Name to log in with")
    password: SecretStr | None = Field(None, description="Password to log in with")
    tls: Literal["starttls", "tls", "none"] = Field("starttls", description="How the connection is encrypted")
    sender: str | None = Field(None, alias="from", description="Address that mail comes from")
    to: Listed = Field(default_factory=list, description="Addresses that are told")
    events: Listed = Field(default_factory=list, description="What is told; default: all but good news")


class MetricsSettings(BaseModel):
    """Without a port and a token there is no `/metrics`."""

    host: str = Field("127.0.0.1", description="Address that `/metrics` is served on, with `port`")
    port: int | None = Field(None, ge=1, le=65535, description="Port of its own for `/metrics`")
    token: SecretStr | None = Field(
        None, min_length=16, description="Bearer token for `/metrics`; without `port` it is on the web server's port"
    )


class BackupSettings(BaseModel):
    folder: Path | None = Field(None, description="Where backups are written by themselves; without it none are")
    every_hours: float = Field(24, gt=0, description="Hours between two backups")
    kept: int = Field(7, ge=1, description="How many backups are kept; the oldest are deleted")


class KeptSettings(BaseModel):
    """How long rows are kept that only history needs."""

    events_days: int = Field(365, ge=1, description="Days that events of settled posts are kept")
    attempts_days: int = Field(365, ge=2, description="Days that attempts of settled deliveries are kept")
    messages_days: int = Field(30, ge=1, description="Days that finished webhook messages and mails are kept")
    idempotency_hours: int = Field(24, ge=1, description="Hours that an `Idempotency-Key` is kept")
    pictures_days: int = Field(1, ge=1, description="Days that generated pictures are kept that nothing shows")


if TYPE_CHECKING:
    _ServiceSettings = BaseSettings
else:
    # One nested group of settings for each service, by its name.
    _ServiceSettings = create_model(
        "ServiceSettings",
        __base__=BaseSettings,
        **{
            service.declaration.name: (
                service.declaration.settings,
                Field(default_factory=service.declaration.settings),
            )
            for service in SERVICES
        },
    )


class Settings(_ServiceSettings):
    # A variable that is set to nothing counts as not set, as in an environment file whose lines wait to be filled in.
    model_config = SettingsConfigDict(
        env_prefix="ARALDO_", env_nested_delimiter="__", env_ignore_empty=True, extra="ignore"
    )

    data_dir: Path = Field(Path(".araldo"), description="Where the database, pictures and keys are kept")
    host: str = Field("127.0.0.1", description="Address that the web server listens on")
    port: int = Field(8000, ge=1, le=65535, description="Port that the web server listens on")
    sandbox_port: int = Field(8001, ge=1, le=65535, description="Port of the sandbox that `araldo run` starts")
    public_url: str | None = Field(
        None, description="Where the internet reaches this server, e.g. https://araldo.example"
    )
    allowed_hosts: Listed = Field(
        default_factory=list, description="Other host names that this server is reached by, besides its own URL's"
    )
    secret_keys: Listed = Field(default_factory=list, description="Fernet keys that seal tokens, newest first")
    min_free_mb: int = Field(100, ge=0, description="Free space in MB under which `/ready` says that the disk is full")
    session_max_days: int = Field(90, ge=1, description="Days until a person has to sign in again, however active")
    audit_kept_days: int = Field(365, ge=1, description="Days that the audit log keeps an entry")
    requests_per_minute: int = Field(
        6000, ge=0, description="Most requests of one API key in a minute, over all processes; 0: no limit"
    )
    log_level: str = Field("info", description="debug, info, warning or error")
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    blobs: BlobSettings = Field(default_factory=BlobSettings)
    publish: PublishSettings = Field(default_factory=PublishSettings)
    images: ProviderSettings = Field(default_factory=ProviderSettings)
    fetch: FetchSettings = Field(default_factory=FetchSettings)
    mail: MailServerSettings = Field(default_factory=MailServerSettings)
    metrics: MetricsSettings = Field(default_factory=MetricsSettings)
    kept: KeptSettings = Field(default_factory=KeptSettings)
    backup: BackupSettings = Field(default_factory=BackupSettings)

    @field_validator("public_url", mode="before")
    @classmethod
    def _no_trailing_slash(cls, value: str | None) -> str | None:
        return (value or "").strip().rstrip("/") or None

    def of_service(self, name: str) -> BaseModel:
        """Return the service's own settings."""
        found: BaseModel = getattr(self, name)
        return found

    @property
    def database_url(self) -> str:
        """The URL as SQLAlchemy wants it."""
        if self.database.url is None:
            return f"sqlite:///{self.data_dir.absolute() / 'araldo.db'}"
        return as_database_url(self.database.url.get_secret_value())

    @property
    def uses_sqlite(self) -> bool:
        """Whether one process owns the database; on PostgreSQL many share it."""
        return self.database_url.startswith("sqlite")

    @property
    def own_url(self) -> str:
        """Where a program on this machine, or the internet when `public_url` is set, reaches this server."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return self.public_url or f"http://{host}:{self.port}"

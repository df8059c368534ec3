"""Convert settings to the plain values that platforms, picture providers and mail take."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr

from araldo.addresses import is_public_url
from araldo.errors import Conflict
from araldo.images.providers.base import ProviderSettings
from araldo.messages import Message
from araldo.notify.models import ALL_TYPES, EVENT_TYPES
from araldo.platforms.base import Service
from araldo.settings import Settings
from araldo.smtp import Smtp, is_address
from araldo.workflows.notifications.mail import MailSettings


def services_of(settings: Settings) -> Mapping[str, Service]:
    meta = settings.meta
    return {
        "meta": Service(
            base_url=meta.graph_url.rstrip("/"),
            version=meta.graph_version,
            dialog_url=_dialog_url(settings),
            is_local=not is_public_url(meta.graph_url),
            app_id=meta.app_id,
            app_secret=_secret(meta.app_secret),
            login_config=meta.config_id,
        )
    }


def _dialog_url(settings: Settings) -> str:
    """Return the log-in dialog's URL: from the setting (a base suffices), else Meta's own or the sandbox's."""
    meta = settings.meta
    base = meta.dialog_url or ("https://www.facebook.com" if is_public_url(meta.graph_url) else meta.graph_url)
    base = base.rstrip("/")
    return base if base.endswith("/dialog/oauth") else f"{base}/{meta.graph_version}/dialog/oauth"


def provider_settings(settings: Settings) -> ProviderSettings:
    images = settings.images
    return ProviderSettings(
        order=tuple(images.order),
        at_once=images.at_once,
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


def mail_settings(settings: Settings) -> MailSettings | None:
    """Return the mail settings; None without a mail server. Raises Conflict for settings that cannot work."""
    mail = settings.mail
    if mail.host is None:
        return None
    for name, given in (("FROM", [mail.sender or ""]), ("TO", mail.to or [""])):
        if not all(is_address(address) for address in given):
            raise Conflict(Message("mail.address_invalid", {"name": f"ARALDO_MAIL__{name}"}))
    unknown = sorted(set(mail.events) - {*EVENT_TYPES, ALL_TYPES})
    if unknown:
        raise Conflict(Message("mail.event_unknown", {"names": ", ".join(unknown)}))
    smtp = Smtp(mail.host, mail.port, mail.tls, mail.username, _secret(mail.password))
    return MailSettings(smtp, mail.sender or "", mail.to, mail.events or None, settings.own_url)


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value is not None else None

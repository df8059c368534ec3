"""Convert settings to the plain values that platforms and mail take."""

from __future__ import annotations

from collections.abc import Mapping

from araldo.addresses import is_public_url
from araldo.errors import Conflict
from araldo.messages import Message
from araldo.notify.models import ALL_TYPES, EVENT_TYPES
from araldo.platforms.base import Service
from araldo.setting_fields import reveal
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
            app_secret=reveal(meta.app_secret),
            login_config=meta.config_id,
        )
    }


def _dialog_url(settings: Settings) -> str:
    """Return the log-in dialog's URL: from the setting (a base suffices), else Meta's own or the sandbox's."""
    meta = settings.meta
    base = meta.dialog_url or ("https://www.facebook.com" if is_public_url(meta.graph_url) else meta.graph_url)
    base = base.rstrip("/")
    return base if base.endswith("/dialog/oauth") else f"{base}/{meta.graph_version}/dialog/oauth"


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
    smtp = Smtp(mail.host, mail.port, mail.tls, mail.username, reveal(mail.password))
    return MailSettings(smtp, mail.sender or "", mail.to, mail.events or None, settings.own_url)

"""Convert settings to the plain values that notifications take."""

from __future__ import annotations

from araldo.errors import Conflict
from araldo.messages import Message
from araldo.notify.models import ALL_TYPES, EVENT_TYPES
from araldo.setting_fields import reveal
from araldo.settings import Settings
from araldo.smtp import Smtp, is_address
from araldo.workflows.notifications.mail import MailSettings


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


def operator_contact(settings: Settings) -> str:
    """Return how a push service reaches who operates this server: the sender of mail, else the public URL.

    Without either, an address that nobody has, because some push services refuse requests without one.
    """
    if settings.mail.sender is not None and is_address(settings.mail.sender):
        return f"mailto:{settings.mail.sender}"
    is_public = settings.public_url is not None and settings.public_url.startswith("https://")
    return settings.own_url if is_public else "mailto:araldo@localhost"

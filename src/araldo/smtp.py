"""Outbound mail: one message handed to the operator's own mail server, and its faults as our errors."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Literal

import aiosmtplib

from araldo.errors import TryLater
from araldo.local_faults import is_transient, without_details
from araldo.messages import Message

Tls = Literal["starttls", "tls", "none"]


def is_address(text: str) -> bool:
    """One plain address, without a name beside it."""
    try:
        return bool(Address(addr_spec=text).domain)
    except (HeaderParseError, ValueError, IndexError):
        return False


@dataclass(frozen=True, slots=True)
class Smtp:
    """`tls`: `starttls` (required), `tls` from the first byte, or `none`, for trusted networks only."""

    host: str
    port: int
    tls: Tls = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    # None: the system's certificates. For tests.
    trust: ssl.SSLContext | None = field(default=None, repr=False)
    # Seconds that one answer may take.
    timeout_s: float = 30.0

    async def send(self, message: EmailMessage, sender: str, recipients: Sequence[str]) -> list[str]:
        """Send the mail and return the addresses that were refused, when others were accepted.

        Raises TryLater when none was accepted, TransientFault for a fault of this machine.
        """
        try:
            refused, _ = await aiosmtplib.send(
                message,
                sender=sender,
                recipients=list(recipients),
                hostname=self.host,
                port=self.port,
                username=self.username,
                password=self.password,
                use_tls=self.tls == "tls",
                start_tls=self.tls == "starttls",
                tls_context=self.trust,
                timeout=self.timeout_s,
            )
        except (aiosmtplib.SMTPException, OSError, ValueError) as fault:
            if is_transient(fault):
                raise without_details(fault) from None
            raise self._error_of(fault) from None
        return list(refused)

    def _error_of(self, fault: Exception) -> TryLater:
        # Only the status code: the server's text can repeat what it was sent.
        number = getattr(fault, "code", None)
        why = type(fault).__name__ if number is None else f"{type(fault).__name__} {number}"
        return TryLater(
            Message("smtp.not_sent", {"host": self.host, "why": why}), service="mail", code="mail_not_sent", raw=why
        )

"""Faults of an HTTP exchange, without a response: their codes, and the errors that they become."""

from __future__ import annotations

import aiohttp

from araldo.errors import NotSent, OutcomeUnknown, OutsideError
from araldo.local_faults import is_transient
from araldo.messages import Message


class TooLarge(Exception):
    """The response is larger than allowed."""


def fault_code(fault: Exception) -> str:
    """Return what went wrong, as one of a few codes."""
    if is_transient(fault):
        return "local_fault"
    for kind, code in _CODES:
        if isinstance(fault, kind):
            return code
    return "reset"


def error_of(fault: Exception, service: str, *, sent: bool) -> OutsideError:
    """Return the error for a request of which no byte was sent, or of which it is unknown what became."""
    code = fault_code(fault)
    kind, message = (OutcomeUnknown, Message("http.outcome_unknown")) if sent else (NotSent, Message("http.not_sent"))
    return kind(message.with_values(service=service, code=code), service=service, code=code, raw=type(fault).__name__)


# From specific to general: the first match gives the code.
_CODES: tuple[tuple[type[Exception], str], ...] = (
    (aiohttp.ClientConnectorDNSError, "dns"),
    (UnicodeError, "dns"),
    (aiohttp.ClientSSLError, "tls"),
    (TimeoutError, "timeout"),
    (aiohttp.ClientConnectorError, "unreachable"),
    (TooLarge, "too_big"),
    (aiohttp.ClientPayloadError, "half_answer"),
    (aiohttp.ClientResponseError, "not_http"),
)

"""The kinds of provider failures, and calls to a provider that raise them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any, Literal

from araldo.errors import OutsideError, Rejected, TryLater
from araldo.http import Http
from araldo.http_exchange import HttpResponse
from araldo.images.spec import sniff
from araldo.images.unusable import MAX_BYTES
from araldo.messages import Message

FailureKind = Literal[
    "auth", "quota", "rate_limited", "blocked", "timeout", "bad_response", "unavailable", "misconfigured"
]
FailureClassifier = Callable[[HttpResponse], FailureKind | None]

# Largest answer in bytes: the largest picture that `fit` accepts, in base64 inside JSON.
MAX_ANSWER = MAX_BYTES * 4 // 3 + 100_000
GENERATION_TIMEOUT_S = 180.0

_RAW = 500
_SHORTEST_WAIT_S, _LONGEST_WAIT_S = 1.0, 3600.0
# Seconds to wait when the answer has no Retry-After.
_DEFAULT_WAIT_S = 1.0
_TRANSPORT: dict[str, FailureKind] = {
    "timeout": "timeout",
    "too_big": "bad_response",
    "half_answer": "bad_response",
    "not_http": "bad_response",
    "bad_base": "misconfigured",
}
_STATUS: dict[int, FailureKind] = {
    401: "auth",
    402: "quota",
    403: "auth",
    404: "misconfigured",
    405: "misconfigured",
    408: "timeout",
    429: "rate_limited",
    451: "blocked",
    504: "timeout",
}


def provider_error(
    kind: FailureKind, service: str, *, raw: str | None = None, after_s: float = _DEFAULT_WAIT_S
) -> OutsideError:
    """Return the error of one kind. Its `code` is the kind; `misconfigured` becomes a final `unavailable`."""
    code = "unavailable" if kind == "misconfigured" else kind
    message = MESSAGES[kind].with_values(service=service)
    if kind in ("rate_limited", "timeout", "unavailable", "bad_response"):
        wait = min(max(after_s, _SHORTEST_WAIT_S), _LONGEST_WAIT_S)
        return TryLater(message, service=service, code=code, raw=raw, after_s=wait)
    return Rejected(message, service=service, code=code, raw=raw)


async def call_provider(
    http: Http,
    method: str,
    url: str,
    *,
    service: str,
    secret: str | None,
    classify: FailureClassifier | None = None,
    **request: Any,
) -> HttpResponse:
    """Send one call and return its answer with status 200; raise `provider_error` for any other.

    `classify` may find a more specific kind in the answer than its status says.
    """
    try:
        answer = await http.call(
            method, url, service=service, max_bytes=MAX_ANSWER, timeout_s=GENERATION_TIMEOUT_S, **request
        )
    except OutsideError as fault:
        raise provider_error(_TRANSPORT.get(fault.code, "unavailable"), service, raw=fault.code) from fault
    if answer.status == 200:
        return answer
    kind = (
        (classify(answer) if classify else None) or _STATUS.get(answer.status) or _kind_by_status_class(answer.status)
    )
    raise provider_error(kind, service, raw=describe_answer(answer, secret), after_s=_retry_after(answer))


def _kind_by_status_class(status: int) -> FailureKind:
    if status >= 500:
        return "unavailable"
    # Any other 4xx means that our request is wrong, and a redirect that the base URL is.
    return "misconfigured"


def describe_answer(answer: HttpResponse, secret: str | None) -> str:
    """Return status and beginning of an answer, with the API key removed."""
    text = answer.body.decode(errors="replace")
    if secret:
        text = text.replace(secret, "***")
    return f"HTTP {answer.status}: {text[:_RAW]}"


def _retry_after(answer: HttpResponse) -> float:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdecimal() and len(text) < 9 else _DEFAULT_WAIT_S


def parse_json(answer: HttpResponse, service: str) -> Any:
    """Return an answer's JSON. Raises a bad_response when it has none."""
    try:
        return answer.json()
    except ValueError as broken:
        raise provider_error("bad_response", service, raw=describe_answer(answer, None)) from broken


def get_path(value: Any, *path: str | int) -> Any:
    """Return the value at `path` in JSON, None when a step of it is missing."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def decode_picture(text: object, service: str) -> bytes:
    """Decode a base64 picture, also from a data URI. Raises a bad_response when it is none."""
    if not isinstance(text, str):
        raise provider_error("bad_response", service, raw="no picture in the answer")
    try:
        data = base64.b64decode(text.rpartition("base64,")[2], validate=True)
    except (binascii.Error, ValueError) as broken:
        raise provider_error("bad_response", service, raw="not base64") from broken
    return require_picture(data, service)


def require_picture(data: bytes, service: str) -> bytes:
    """Return `data` when its first bytes are a supported picture format's. Raises a bad_response otherwise."""
    if sniff(data) is None:
        raise provider_error("bad_response", service, raw=data[:_RAW].decode(errors="replace"))
    return data


MESSAGES: dict[FailureKind, Message] = {
    "auth": Message("failures.auth"),
    "quota": Message("failures.quota"),
    "rate_limited": Message("failures.rate_limited"),
    "blocked": Message("failures.blocked"),
    "timeout": Message("failures.timeout"),
    "bad_response": Message("failures.bad_response"),
    "unavailable": Message("failures.unavailable"),
    "misconfigured": Message("failures.misconfigured"),
}

"""How a provider fails, in the few kinds that a person or `auto` can act on, and asking one so that it fails so."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any, Literal

from araldo.errors import OutsideError, Rejected, TryLater
from araldo.http import Http, HttpResponse
from araldo.images.spec import sniff
from araldo.images.unfit import MAX_BYTES
from araldo.messages import Message

Kind = Literal["auth", "quota", "rate_limited", "blocked", "timeout", "bad_response", "unavailable", "misconfigured"]
KindOf = Callable[[HttpResponse], Kind | None]

# A picture of the largest size that `fit` takes, in base64 and with JSON around it.
MAX_ANSWER = MAX_BYTES * 4 // 3 + 100_000
GENERATION_TIMEOUT_S = 180.0

_RAW = 500
_SHORTEST_WAIT_S, _LONGEST_WAIT_S = 1.0, 3600.0
# When the answer does not say how long.
_UNTOLD_S = 1.0
_TRANSPORT: dict[str, Kind] = {
    "timeout": "timeout",
    "too_big": "bad_response",
    "half_answer": "bad_response",
    "not_http": "bad_response",
    "bad_base": "misconfigured",
}
_STATUS: dict[int, Kind] = {
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


def failure(kind: Kind, service: str, *, raw: str | None = None, after_s: float = _UNTOLD_S) -> OutsideError:
    """The error of one kind. `code` is the kind, but `misconfigured` is an `unavailable` that waiting does not mend."""
    code = "unavailable" if kind == "misconfigured" else kind
    message = MESSAGES[kind].with_values(service=service)
    if kind in ("rate_limited", "timeout", "unavailable", "bad_response"):
        wait = min(max(after_s, _SHORTEST_WAIT_S), _LONGEST_WAIT_S)
        return TryLater(message, service=service, code=code, raw=raw, after_s=wait)
    return Rejected(message, service=service, code=code, raw=raw)


async def ask(
    http: Http,
    method: str,
    url: str,
    *,
    service: str,
    secret: str | None,
    kind_of: KindOf | None = None,
    **request: Any,
) -> HttpResponse:
    """One call whose answer is 200, or an error of a kind. `kind_of` knows better than the status where it can.

    A picture is no visible write: what may or may not have been made is simply asked for again another time.
    """
    try:
        answer = await http.call(
            method, url, service=service, max_bytes=MAX_ANSWER, timeout_s=GENERATION_TIMEOUT_S, **request
        )
    except OutsideError as fault:
        raise failure(_TRANSPORT.get(fault.code, "unavailable"), service, raw=fault.code) from fault
    if answer.status == 200:
        return answer
    kind = (kind_of(answer) if kind_of else None) or _STATUS.get(answer.status) or _class_of(answer.status)
    raise failure(kind, service, raw=told(answer, secret), after_s=_retry_after(answer))


def _class_of(status: int) -> Kind:
    if status >= 500:
        return "unavailable"
    # Anything else in the 400s is our request not to its liking, and a redirect a wrong base.
    return "misconfigured"


def told(answer: HttpResponse, secret: str | None) -> str:
    """The beginning of what it said, the key struck out."""
    text = answer.body.decode(errors="replace")
    if secret:
        text = text.replace(secret, "***")
    return f"HTTP {answer.status}: {text[:_RAW]}"


def _retry_after(answer: HttpResponse) -> float:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdecimal() and len(text) < 9 else _UNTOLD_S


def said_in(answer: HttpResponse, service: str) -> Any:
    """The JSON of an answer; a bad_response when it is none."""
    try:
        return answer.json()
    except ValueError as broken:
        raise failure("bad_response", service, raw=told(answer, None)) from broken


def dig(value: Any, *path: str | int) -> Any:
    """What stands at `path` in JSON, None when any step of it is not there."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def from_base64(text: object, service: str) -> bytes:
    """A picture out of JSON; a bad_response when it is not one."""
    if not isinstance(text, str):
        raise failure("bad_response", service, raw="no picture in the answer")
    try:
        data = base64.b64decode(text.rpartition("base64,")[2], validate=True)
    except (binascii.Error, ValueError) as broken:
        raise failure("bad_response", service, raw="not base64") from broken
    return picture(data, service)


def picture(data: bytes, service: str) -> bytes:
    """`data` when its first bytes are those of a picture that we read: no SVG, no page."""
    if sniff(data) is None:
        raise failure("bad_response", service, raw=data[:_RAW].decode(errors="replace"))
    return data


MESSAGES: dict[Kind, Message] = {
    "auth": Message("failures.auth"),
    "quota": Message("failures.quota"),
    "rate_limited": Message("failures.rate_limited"),
    "blocked": Message("failures.blocked"),
    "timeout": Message("failures.timeout"),
    "bad_response": Message("failures.bad_response"),
    "unavailable": Message("failures.unavailable"),
    "misconfigured": Message("failures.misconfigured"),
}

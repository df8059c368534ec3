"""What the errors of the AT Protocol mean: by name, and by HTTP status where there is no known name.

Facts: https://atproto.com/specs/xrpc (names by status), the errors that the lexicons com.atproto.server.*,
com.atproto.repo.* and com.atproto.identity.* name, and those of the PDS (github.com/bluesky-social/atproto,
packages/pds). Rate limits: https://docs.bsky.app/docs/advanced-guides/rate-limits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from araldo.errors import OutcomeUnknown, OutsideError, PrepareAgain, ReconnectNeeded, Rejected, TryLater
from araldo.messages import Message
from araldo.platforms.bluesky.settings import SERVICE
from araldo.platforms.caller import Answer

Outcome = Literal["later", "prepare_again", "unknown", "rejected", "reconnect"]

_RATE_LIMIT_S = 300.0
_RESET_MAX_S = 86_400.0
NOT_JSON = "no_json"
_NAME = re.compile(r"[A-Za-z0-9]{1,60}")


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """What an error means. `visible`: on the visible write, where it means something else there."""

    outcome: Outcome
    message: Message
    visible: Outcome | None = None
    after_s: float = 30.0


def _reconnect(message: Message) -> ErrorRule:
    return ErrorRule("reconnect", message)


def _rejected(message: Message) -> ErrorRule:
    return ErrorRule("rejected", message)


_TEMPORARY = ErrorRule("later", Message("bluesky.errors.temporary"), visible="unknown", after_s=5)
_UNREADABLE = ErrorRule("later", Message("bluesky.errors.unreadable"), visible="unknown", after_s=5)
_SLOW_DOWN = ErrorRule("later", Message("bluesky.errors.slow_down"), after_s=_RATE_LIMIT_S)

TABLE: Mapping[str, ErrorRule] = {
    # The session. An access token that has expired is renewed before the next try.
    "ExpiredToken": ErrorRule("later", Message("bluesky.errors.session_expired"), after_s=30),
    **dict.fromkeys(
        ("InvalidToken", "AuthenticationRequired", "AuthMissing", "MissingJwt", "BadJwtAudience", "UntrustedIss"),
        _reconnect(Message("bluesky.errors.access_ended")),
    ),
    "AuthFactorTokenRequired": _reconnect(Message("bluesky.errors.app_password_needed")),
    # The account.
    **dict.fromkeys(
        ("AccountTakedown", "RepoTakendown", "AccountSuspended", "RepoSuspended"),
        _reconnect(Message("bluesky.errors.taken_down")),
    ),
    **dict.fromkeys(("AccountDeactivated", "RepoDeactivated"), _reconnect(Message("bluesky.errors.deactivated"))),
    **dict.fromkeys(("AccountNotFound", "RepoNotFound"), _reconnect(Message("bluesky.errors.account_gone"))),
    # The post. A record that has our key and is not ours, or is ours already: a check tells.
    "InvalidSwap": ErrorRule("later", Message("bluesky.errors.other_record"), visible="unknown", after_s=5),
    # A picture that no record refers to is deleted after some hours.
    "BlobNotFound": ErrorRule("prepare_again", Message("bluesky.errors.picture_gone"), after_s=1),
    **dict.fromkeys(("BlobTooLarge", "PayloadTooLarge"), _rejected(Message("bluesky.errors.picture_too_large"))),
    **dict.fromkeys(("InvalidMimeType", "UnsupportedMediaType"), _rejected(Message("bluesky.errors.picture_refused"))),
    **dict.fromkeys(
        ("InvalidRequest", "InvalidRecord", "RecordNotFound", "NotAcceptable"),
        _rejected(Message("bluesky.errors.invalid")),
    ),
    "Forbidden": _rejected(Message("bluesky.errors.forbidden")),
    # The server.
    "RateLimitExceeded": _SLOW_DOWN,
    **dict.fromkeys(("XRPCNotSupported", "MethodNotImplemented"), _rejected(Message("bluesky.errors.no_server"))),
    **dict.fromkeys(
        ("InternalServerError", "UpstreamFailure", "UpstreamTimeout", "NotEnoughResources", "InvalidResponse"),
        _TEMPORARY,
    ),
}


def name_of(answer: Answer) -> str | None:
    """Return the name of the error that an answer says; None where it says none. No token looks like a name."""
    name = (answer.fields or {}).get("error")
    return name if answer.status >= 400 and isinstance(name, str) and _NAME.fullmatch(name) else None


def error_of(answer: Answer, now: datetime, *, visible: bool) -> OutsideError:
    """Return the exception for an answer that is no success; `visible` when it answers the one visible write."""
    name = name_of(answer)
    rule = _rule_of(answer, name)
    known: dict[str, Any] = {"service": SERVICE, "code": name or NOT_JSON, "raw": answer.raw}
    outcome = (rule.visible or rule.outcome) if visible else rule.outcome
    after_s = rule.after_s if rule is not _SLOW_DOWN else _seconds_to_reset(answer, now)
    match outcome:
        case "later":
            return TryLater(rule.message, after_s=after_s, **known)
        case "prepare_again":
            return PrepareAgain(rule.message, after_s=after_s, **known)
        case "unknown":
            return OutcomeUnknown(rule.message, **known)
        case "reconnect":
            return ReconnectNeeded(rule.message, **known)
    return Rejected(rule.message, **known)


def unreadable(answer: Answer, *, visible: bool) -> OutsideError:
    """Return the exception for a success whose body is not what it has to be."""
    known: dict[str, Any] = {"service": SERVICE, "code": NOT_JSON, "raw": answer.raw}
    if visible:
        return OutcomeUnknown(_UNREADABLE.message, **known)
    return TryLater(_UNREADABLE.message, after_s=_UNREADABLE.after_s, **known)


def _rule_of(answer: Answer, name: str | None) -> ErrorRule:
    if name is not None and name in TABLE:
        return TABLE[name]
    if answer.status == 429:
        return _SLOW_DOWN
    if answer.status >= 500:
        return _TEMPORARY
    if name is None:
        # No error of a PDS: something in between has answered.
        return _UNREADABLE
    if answer.status == 401:
        return _reconnect(Message("bluesky.errors.access_ended"))
    return ErrorRule("rejected", Message("bluesky.errors.unknown", {"code": name}))


def _seconds_to_reset(answer: Answer, now: datetime) -> float:
    """Return how long a limit lasts: by `ratelimit-reset`, seconds since 1970, else by Retry-After."""
    reset = answer.headers.get("ratelimit-reset", "")
    if reset.isascii() and reset.isdigit():
        return min(_RESET_MAX_S, max(1.0, float(reset) - now.timestamp()))
    return _RATE_LIMIT_S if answer.retry_after_s is None else answer.retry_after_s

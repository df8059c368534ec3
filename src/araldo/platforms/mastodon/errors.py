"""What an instance's error answers mean, by what to do next.

Sources: content/en/methods/statuses.md, media.md and oauth.md, content/en/api/rate-limits.md of Mastodon's
documentation; app/controllers/concerns/api/error_handling.rb, app/controllers/api/base_controller.rb and
config/locales/en.yml of its source, for the statuses and the English texts (the API never translates them).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from araldo.errors import OutcomeUnknown, OutsideError, PrepareAgain, ReconnectNeeded, Rejected, TryLater
from araldo.messages import Message
from araldo.platforms.caller import Answer
from araldo.platforms.mastodon.app import SERVICE

_RATE_LIMIT_PAUSE_S = 300.0
_RATE_LIMIT_MAX_S = 86_400.0
_NOT_PROCESSED_S = 5.0
_SCOPE = "outside the authorized scopes"
# Of 403: the person cannot use the account now; a moderator or the person has to act at the instance.
_LOGIN_OFF = ("login is", "suspended", "pending approval", "confirmed e-mail", "confirmed email")


def error_from(answer: Answer, *, visible: bool, host: str, now: datetime) -> OutsideError:
    """Return the error for an answer that is no success. `visible`: it answers the one visible write.

    Only an answer with Mastodon's own error object is trusted to say that nothing was published. A server error is not:
    the instance may have failed after it had stored the status.
    """
    error = answer.fields.get("error") if answer.fields is not None else None
    known: dict[str, Any] = {"service": SERVICE, "raw": answer.raw, "code": answer.status}
    if answer.status == 429:
        message = Message("mastodon.error.rate_limit", {"host": host})
        return TryLater(message, after_s=_seconds_until_reset(answer, now), **known)
    if not isinstance(error, str) or not 400 <= answer.status < 500 or answer.status == 408:
        if visible:
            return OutcomeUnknown(Message("mastodon.error.unclear", {"host": host, "status": answer.status}), **known)
        message = Message("mastodon.error.away", {"host": host, "status": answer.status})
        return TryLater(message, after_s=answer.retry_after_s or 30, **known)
    if answer.status == 401:
        return ReconnectNeeded(Message("mastodon.error.token", {"host": host}), **known)
    if answer.status == 403:
        return _error_of_refused_access(error, host, known)
    if answer.status == 422:
        return _error_of_invalid(error, host, known)
    if answer.status in {404, 410}:
        return Rejected(Message("mastodon.error.not_found", {"host": host}), **known)
    return Rejected(Message("mastodon.error.rejected", {"host": host, "status": answer.status}), **known)


def _error_of_refused_access(error: str, host: str, known: dict[str, Any]) -> OutsideError:
    if _SCOPE in error:
        return ReconnectNeeded(Message("mastodon.error.scope", {"host": host}), **_as(known, "scope"))
    if any(words in error.lower() for words in _LOGIN_OFF):
        return ReconnectNeeded(Message("mastodon.error.login_off", {"host": host}), **_as(known, "login_off"))
    return Rejected(Message("mastodon.error.not_allowed", {"host": host}), **known)


def _error_of_invalid(error: str, host: str, known: dict[str, Any]) -> OutsideError:
    """Return the error for a failed validation (422); its own words are in `raw` alone."""
    if "not finished processing" in error:
        message = Message("mastodon.error.media_processing")
        return TryLater(message, after_s=_NOT_PROCESSED_S, **_as(known, "media_processing"))
    if "already attached" in error or (error.startswith("Media ") and "not found" in error):
        return PrepareAgain(Message("mastodon.error.media_gone"), after_s=1, **_as(known, "media_gone"))
    if "requires an authenticated user" in error:
        return ReconnectNeeded(Message("mastodon.error.not_a_person", {"host": host}), **_as(known, "not_a_person"))
    if "Text character limit" in error or "Text is too long" in error:
        return Rejected(Message("mastodon.error.text_too_long", {"host": host}), **_as(known, "text_too_long"))
    if "Text can't be blank" in error:
        return Rejected(Message("mastodon.error.text_missing"), **_as(known, "text_missing"))
    if "Description is too long" in error:
        return Rejected(Message("mastodon.error.alt_too_long", {"host": host}), **_as(known, "alt_too_long"))
    if "Cannot attach more than" in error:
        return Rejected(Message("mastodon.error.too_many_pictures", {"host": host}), **_as(known, "too_many_pictures"))
    if error.startswith(("Validation failed: File", "File type")) or "images are not supported" in error:
        return Rejected(Message("mastodon.error.picture_refused", {"host": host}), **_as(known, "picture_refused"))
    return Rejected(Message("mastodon.error.rejected", {"host": host, "status": 422}), **known)


def _as(known: dict[str, Any], subcode: str) -> dict[str, Any]:
    return {**known, "subcode": subcode}


def _seconds_until_reset(answer: Answer, now: datetime) -> float:
    """Return how long a rate limit lasts: X-RateLimit-Reset is a time in ISO 8601, by the instance's clock."""
    try:
        reset = datetime.fromisoformat(answer.headers.get("X-RateLimit-Reset", ""))
    except ValueError:
        return answer.retry_after_s or _RATE_LIMIT_PAUSE_S
    moment = reset if reset.tzinfo is not None else reset.replace(tzinfo=UTC)
    return min(_RATE_LIMIT_MAX_S, max(1.0, (moment - now).total_seconds()))

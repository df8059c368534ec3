"""Map the Bot API's errors to ours.

Source: core.telegram.org/bots/api, "Making requests" and ResponseParameters. A refusal has `ok: false`, an HTTP-like
`error_code`, and a description for people that may change: what it was is read from the code, and the description only
chooses between refusals of the same certainty. An unknown description is a plain refusal. The known ones are those of
the Bot API's server (github.com/tdlib/telegram-bot-api).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from araldo.errors import OutcomeUnknown, OutsideError, ReconnectNeeded, Rejected, TryLater
from araldo.messages import Message
from araldo.platforms.caller import Answer
from araldo.platforms.telegram.settings import SERVICE

_RETRY_S, _RETRY_MAX_S = 30.0, 86_400.0
# "Will not be able to log in back to the cloud Bot API server for 10 minutes" (logOut).
_LOGGED_OUT_S = 600.0


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """One kind of refusal, known by parts of its description in lower case. `name` is the error's subcode."""

    name: str
    handling: Literal["later", "rejected", "reconnect"]
    message: Message
    parts: tuple[str, ...] = ()


TOKEN_REFUSED = ErrorRule("token_refused", "reconnect", Message("telegram.errors.token_refused"))
NOT_MEMBER = ErrorRule("not_member", "reconnect", Message("telegram.errors.not_member"))
CHANNEL_MOVED = ErrorRule(
    "channel_moved", "reconnect", Message("telegram.errors.channel_moved"), ("upgraded to a supergroup",)
)
CHANNEL_NOT_FOUND = ErrorRule(
    "channel_not_found",
    "reconnect",
    Message("telegram.errors.channel_not_found"),
    ("chat not found", "channel_invalid", "channel_private"),
)
RIGHTS_MISSING = ErrorRule(
    "rights_missing",
    "reconnect",
    Message("telegram.errors.rights_missing"),
    (
        "need administrator rights",
        "not enough rights",
        "have no rights",
        "have no write access",
        "chat_write_forbidden",
        "chat_admin_required",
        "member list is inaccessible",
    ),
)
# The first that matches a refusal with code 400 counts.
BAD_REQUESTS: tuple[ErrorRule, ...] = (
    CHANNEL_MOVED,
    CHANNEL_NOT_FOUND,
    RIGHTS_MISSING,
    ErrorRule("logged_out", "later", Message("telegram.errors.logged_out"), ("logged out",)),
    ErrorRule(
        "text_too_long",
        "rejected",
        Message("telegram.errors.text_too_long"),
        ("message is too long", "caption is too long", "caption_too_long"),
    ),
    ErrorRule(
        "text_empty", "rejected", Message("telegram.errors.text_empty"), ("text is empty", "text must be non-empty")
    ),
    ErrorRule(
        "picture_refused",
        "rejected",
        Message("telegram.errors.picture_refused"),
        (
            "photo_",
            "image_process_failed",
            "too big for a photo",
            "file must be non-empty",
            "no photo in the request",
            "wrong type of the web page content",
        ),
    ),
)
_PICTURE_TOO_BIG = ErrorRule("picture_too_big", "rejected", Message("telegram.errors.picture_too_big"))
_REFUSED = ErrorRule("refused", "rejected", Message("telegram.errors.refused"))


def result_of(answer: Answer, *, visible: bool) -> Any:
    """Return the `result` of an answer.

    Raises OutsideError: by the table for a refusal; for an answer that is none of the Bot API's or a fault of its
    server, OutcomeUnknown after a visible write and TryLater else.
    """
    body = answer.fields or {}
    if body.get("ok") is True and answer.status == 200 and body.get("result") is not None:
        return body["result"]
    code = body.get("error_code") if body.get("ok") is False else None
    if not isinstance(code, int) or not 400 <= code < 500:
        raise unreadable(answer, visible=visible)
    raise _refusal(code, body, answer)


def unreadable(answer: Answer, *, visible: bool) -> OutsideError:
    """Return the error for an answer that does not say what happened."""
    message, code = Message("telegram.errors.unreadable"), f"status_{answer.status}"
    if visible:
        return OutcomeUnknown(message, service=SERVICE, code=code, raw=answer.raw)
    return TryLater(message, after_s=5, service=SERVICE, code=code, raw=answer.raw)


def _refusal(code: int, body: Mapping[str, Any], answer: Answer) -> OutsideError:
    if code == 429:
        wait = _retry_after_s(body, answer)
        return TryLater(Message("telegram.errors.slow_down"), after_s=wait, service=SERVICE, code=code, raw=answer.raw)
    rule = _rule_of(code, body)
    message = rule.message.with_values(code=code)
    known: dict[str, Any] = {"service": SERVICE, "code": code, "subcode": rule.name, "raw": answer.raw}
    if rule.handling == "later":
        return TryLater(message, after_s=_LOGGED_OUT_S, **known)
    return (ReconnectNeeded if rule.handling == "reconnect" else Rejected)(message, **known)


def _rule_of(code: int, body: Mapping[str, Any]) -> ErrorRule:
    if code in {401, 404}:
        # 404 "Not Found" is the answer to a malformed token.
        return TOKEN_REFUSED
    if code == 403:
        return NOT_MEMBER
    if code == 413:
        return _PICTURE_TOO_BIG
    if "migrate_to_chat_id" in _parameters(body):
        return CHANNEL_MOVED
    description = str(body.get("description")).lower()
    return next((rule for rule in BAD_REQUESTS if any(part in description for part in rule.parts)), _REFUSED)


def _retry_after_s(body: Mapping[str, Any], answer: Answer) -> float:
    given = _parameters(body).get("retry_after")
    if isinstance(given, int | float) and not isinstance(given, bool):
        return min(_RETRY_MAX_S, max(1.0, float(given)))
    return answer.retry_after_s or _RETRY_S


def _parameters(body: Mapping[str, Any]) -> Mapping[str, Any]:
    given = body.get("parameters")
    return given if isinstance(given, Mapping) else {}

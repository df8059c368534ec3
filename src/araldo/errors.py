"""Errors, named by what to do next.

AraldoError
- UserError          the user can fix it; nothing was sent
  . NotFound 404  . Conflict 409  . TooLarge 413  . PostInvalid 422  . NotAllowed 401/403  . TooMany 429
- OutsideError       a platform or a provider answered with an error, or not at all
  . TryLater         nothing happened; wait `after_s` seconds (PrepareAgain: and then with a new ticket)
  . OutcomeUnknown   it may have happened: check before writing again
  . Rejected         it will never work unchanged
  . ReconnectNeeded  token, scope or role is gone
Any other exception is a bug: not caught, logged with its traceback, answered with 500.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from araldo.messages import DEFAULT_LANGUAGE, Message


class AraldoError(Exception):
    """Base class. `code` is stable, for programs; `message` is for people."""

    code: str = "error"

    def __init__(self, message: Message, *, code: str | None = None) -> None:
        super().__init__(message.to(DEFAULT_LANGUAGE))
        self.message = message
        if code is not None:
            self.code = code


class UserError(AraldoError):
    """The user can fix it; nothing was sent."""

    status: ClassVar[int] = 400


class NotFound(UserError):
    status = 404
    code = "not_found"


class Conflict(UserError):
    """The current state does not allow it. `problems`: the obstacles one by one, where the message does not suffice."""

    status = 409
    code = "conflict"

    def __init__(self, message: Message, *, code: str | None = None, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message, code=code)
        self.problems = list(problems)


class ChangedMeanwhile(Conflict):
    """The change was based on an outdated version: read again."""

    status = 412
    code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__(Message("errors.changed_meanwhile"))


class TooLarge(UserError):
    """The body is larger than allowed."""

    status = 413
    code = "too_large"


class NotAllowed(UserError):
    """401: not authenticated; 403 (Forbidden): authenticated, but not allowed to."""

    status = 401
    code = "unauthorized"


class Forbidden(NotAllowed):
    status = 403
    code = "forbidden"


class TooMany(UserError):
    """Too many requests: try again after `after_s` seconds."""

    status = 429
    code = "too_many"

    def __init__(self, message: Message, *, after_s: float) -> None:
        super().__init__(message)
        self.after_s = after_s


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of a request. `pointer`: RFC 6901 pointer into the body, "" for the whole."""

    pointer: str
    code: str
    message: Message
    platform: str | None = None
    suggestions: tuple[str, ...] = ()


@dataclass
class PostInvalid(UserError):
    """All problems of a request at once."""

    problems: list[Problem] = field(default_factory=list)

    status: ClassVar[int] = 422
    code: str = "invalid"

    def __post_init__(self) -> None:
        first = self.problems[0].message if self.problems else Message("errors.invalid_request")
        super().__init__(first, code=self.code)

    __hash__ = Exception.__hash__


class OutsideError(AraldoError):
    """An external service answered with an error, or did not answer.

    `service`: "meta", "openai", "web" ...; `subcode` and `trace_id`: the service's own, if any; `raw`: its text with
    secrets redacted, for the attempt's record, never shown as the message.
    """

    def __init__(
        self,
        message: Message,
        *,
        service: str,
        code: str | int = "unknown",
        subcode: str | int | None = None,
        trace_id: str | None = None,
        raw: str | None = None,
    ) -> None:
        super().__init__(message, code=str(code))
        self.service = service
        self.subcode = None if subcode is None else str(subcode)
        self.trace_id = trace_id
        self.raw = raw

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": type(self).__name__,
            "service": self.service,
            "code": self.code,
            "subcode": self.subcode,
            "trace_id": self.trace_id,
            "raw": self.raw,
            "message": self.message.as_json(),
        }


class TryLater(OutsideError):
    """Nothing happened; the same call may be repeated after `after_s` seconds."""

    def __init__(self, message: Message, *, after_s: float = 30.0, **known: Any) -> None:
        super().__init__(message, **known)
        self.after_s = after_s


class NotSent(TryLater):
    """No byte of the request was sent, so there is nothing to check."""


class PrepareAgain(TryLater):
    """Nothing happened and the ticket is unusable: try later with a new ticket."""


class OutcomeUnknown(OutsideError):
    """It may have happened: check before writing again, then ask a person."""


class Rejected(OutsideError):
    """It will never work unchanged."""


class ReconnectNeeded(OutsideError):
    """The token, a scope or a role is gone; the work waits until the account is connected again."""

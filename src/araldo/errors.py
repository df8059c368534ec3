"""What can go wrong, named by what to do next.

AraldoError
- UserError          the person can mend it; nothing left this machine
  . NotFound 404  . Conflict 409  . TooLarge 413  . PostInvalid 422  . NotAllowed 401/403  . TooMany 429
- OutsideError       a platform or a provider answered, or did not
  . TryLater         nothing happened; wait `after_s` seconds (PrepareAgain: and then with a new ticket)
  . OutcomeUnknown   it may have happened: look before writing again
  . Rejected         it will never work unchanged
  . ReconnectNeeded  token, scope or role is gone
Anything else is a bug: not caught, logged with its trace, answered 500.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from araldo.messages import DEFAULT_LANGUAGE, Message


class AraldoError(Exception):
    """The root: `code` is stable for programs, `message` is for people."""

    code: str = "error"

    def __init__(self, message: Message, *, code: str | None = None) -> None:
        super().__init__(message.to(DEFAULT_LANGUAGE))
        self.message = message
        if code is not None:
            self.code = code


class UserError(AraldoError):
    """The person can mend it; nothing left this machine."""

    status: ClassVar[int] = 400


class NotFound(UserError):
    status = 404
    code = "not_found"


class Conflict(UserError):
    """`problems`: what stands in the way, one by one, where there is more to say than the message."""

    status = 409
    code = "conflict"

    def __init__(self, message: Message, *, code: str | None = None, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message, code=code)
        self.problems = list(problems)


class ChangedMeanwhile(Conflict):
    """What the change was based on is no longer so: read again."""

    status = 412
    code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__(Message("errors.changed_meanwhile"))


class TooLarge(UserError):
    """More bytes than are taken."""

    status = 413
    code = "too_large"


class NotAllowed(UserError):
    """401 without a valid key, 403 when the key may not do this."""

    status = 401
    code = "unauthorized"


class Forbidden(NotAllowed):
    status = 403
    code = "forbidden"


class TooMany(UserError):
    """Too often: again after `after_s` seconds."""

    status = 429
    code = "too_many"

    def __init__(self, message: Message, *, after_s: float) -> None:
        super().__init__(message)
        self.after_s = after_s


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: `pointer` is an RFC 6901 pointer into the request, "" for the whole."""

    pointer: str
    code: str
    message: Message
    platform: str | None = None
    suggestions: tuple[str, ...] = ()


@dataclass
class PostInvalid(UserError):
    """Everything that is wrong with a request, at once."""

    problems: list[Problem] = field(default_factory=list)

    status: ClassVar[int] = 422
    code: str = "invalid"

    def __post_init__(self) -> None:
        first = self.problems[0].message if self.problems else Message("errors.invalid_request")
        super().__init__(first, code=self.code)

    __hash__ = Exception.__hash__


class OutsideError(AraldoError):
    """Someone outside answered with an error, or did not answer.

    `service` names who ("meta", "openai", "web"); `subcode` and `trace_id` are the service's own, when it gave any;
    `raw` is its own text, tokens struck out, for the attempt's record and never for a person's first look.
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
    """Nothing happened; the same call may be made again after `after_s` seconds."""

    def __init__(self, message: Message, *, after_s: float = 30.0, **known: Any) -> None:
        super().__init__(message, **known)
        self.after_s = after_s


class NotSent(TryLater):
    """Not a byte of the request left this machine, so there is nothing to look for."""


class PrepareAgain(TryLater):
    """Nothing happened, and what was prepared is dead: later, and with a new ticket."""


class OutcomeUnknown(OutsideError):
    """It may have happened: look before writing again, then ask a person."""


class Rejected(OutsideError):
    """It will never work unchanged."""


class ReconnectNeeded(OutsideError):
    """The token, a scope or a role is gone; the work waits for the account to be connected again."""

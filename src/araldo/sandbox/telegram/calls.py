"""One call of the Bot API: token and method in the path, its parameters, and its errors.

Sources: core.telegram.org/bots/api, "Making requests" and ResponseParameters; the texts are those of the Bot API's
server, github.com/tdlib/telegram-bot-api (Client.cpp, ClientManager.cpp, HttpConnection.cpp).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request

from araldo.sandbox.common.faults import FaultError
from araldo.sandbox.common.request_bodies import RequestBody, parse_json
from araldo.sandbox.common.runner import LoggedCall
from araldo.sandbox.telegram.records import TelegramUser
from araldo.sandbox.telegram.state import TelegramState

_PATH = re.compile(r"/bot(?P<token>[^/]*)/?(?P<method>[^/]*)")
# Not within a number: to begin at each of its digits takes a second for five thousand of them.
_TOKEN = re.compile(r"(?<!\d)(\d{5,}):[\w-]{20,}", re.ASCII)


class TelegramError(Exception):
    """A refusal; `parameters`: retry_after or migrate_to_chat_id."""

    def __init__(self, code: int, description: str, parameters: dict[str, int] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters or {}

    def body(self) -> dict[str, Any]:
        shown = {"ok": False, "error_code": self.code, "description": self.description}
        return shown | ({"parameters": self.parameters} if self.parameters else {})

    def headers(self) -> dict[str, str]:
        after = self.parameters.get("retry_after")
        return {} if after is None else {"Retry-After": str(after)}


def bad_request(description: str) -> TelegramError:
    return TelegramError(400, f"Bad Request: {description}")


def forbidden(description: str) -> TelegramError:
    return TelegramError(403, f"Forbidden: {description}")


def too_many_requests(after_s: int) -> TelegramError:
    return TelegramError(429, f"Too Many Requests: retry after {after_s}", {"retry_after": after_s})


class TelegramFaultError(FaultError):
    """The error to answer; with `retry_after` the description is Telegram's own."""

    error_code: int = 500
    description: str = "Internal Server Error"
    retry_after: int | None = None
    migrate_to_chat_id: int | None = None

    def to_error(self) -> TelegramError:
        if self.retry_after is not None:
            return too_many_requests(self.retry_after)
        moved = {} if self.migrate_to_chat_id is None else {"migrate_to_chat_id": self.migrate_to_chat_id}
        return TelegramError(self.error_code, self.description, moved)


@dataclass(slots=True)
class TelegramCall:
    """`made`: the objects that the call created, for the log."""

    state: TelegramState
    http_method: str
    path: str
    token: str
    method: str
    body: RequestBody
    bot: TelegramUser | None = None
    made: list[dict[str, str]] = field(default_factory=list)
    visible: bool = False

    def text(self, name: str) -> str:
        return self.body.text(name)

    def json(self, name: str, kind: str) -> Any:
        """Return a parameter that is JSON; None when it is absent or empty.

        :raises TelegramError: when it is none; `kind`: what the server calls it.
        """
        value = self.body.get(name)
        if not isinstance(value, str):
            return value
        try:
            return parse_json(value) if value else None
        except ValueError:
            raise bad_request(f"can't parse {kind} JSON object") from None

    def own(self) -> TelegramUser:
        """Return the call's bot."""
        if self.bot is None:
            raise TelegramError(401, "Unauthorized")
        return self.bot

    def logged(self) -> LoggedCall:
        """Return what the log shows: the token in the path is replaced, and tokens in parameters."""
        shown = _PATH.match(self.path)
        redacted = self.path.replace(self.token, redact_token(self.token)) if shown and self.token else self.path
        params = {name: _TOKEN.sub(r"\1:***", text) for name, text in self.body.redacted(frozenset()).items()}
        return LoggedCall(self.http_method, self.path, _TOKEN.sub(r"\1:***", redacted), params)


def redact_token(token: str) -> str:
    """Return a token for the log: the bot's id, which is no secret, and nothing else of it."""
    number = token.partition(":")[0]
    return f"{number}:***" if number.isdigit() else "***"


def make_call(state: TelegramState, request: Request, body: RequestBody) -> TelegramCall:
    path = request.scope["path"]
    found = _PATH.match(path)
    token, method = (found["token"], found["method"]) if found else ("", "")
    return TelegramCall(state, request.method, path, token, method.lower() or body.text("method").lower(), body)

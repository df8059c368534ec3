"""One call of the Mastodon API: its parameters and token, and its errors."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request

from araldo.sandbox.common.faults import FaultError
from araldo.sandbox.common.request_bodies import RequestBody, read_body
from araldo.sandbox.common.runner import LoggedCall
from araldo.sandbox.mastodon.records import AccessToken, Account
from araldo.sandbox.mastodon.state import MastodonState

SECRETS = frozenset(
    {"access_token", "bearer_token", "client_secret", "code", "code_verifier", "token", "refresh_token", "password"}
)
_TRUE = frozenset({"1", "t", "true", "on"})


class MastodonError(Exception):
    """An error answer: `{"error"}`, with `error_description` from OAuth's endpoints."""

    def __init__(self, status: int, error: str, description: str | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.description = description

    def body(self) -> dict[str, str]:
        return {"error": self.error} | ({} if self.description is None else {"error_description": self.description})


class MastodonFaultError(FaultError):
    """The error to answer; `rate_limit_reset_s`: when the limit ends, in seconds from now, in X-RateLimit-Reset."""

    error: str = "There was a temporary problem serving your request, please try again"
    error_description: str | None = None
    rate_limit_reset_s: float | None = None

    def to_error(self) -> MastodonError:
        return MastodonError(self.status or 503, self.error, self.error_description)


# doc: content/en/methods/*.md, "404: Not found"; app/controllers/concerns/api/error_handling.rb
def record_not_found() -> MastodonError:
    return MastodonError(404, "Record not found")


def invalid(problem: str) -> MastodonError:
    """Return the error of a failed validation."""
    return MastodonError(422, f"Validation failed: {problem}")


@dataclass(slots=True)
class MastodonCall:
    """`found`: what the endpoint's pattern matched; `made`: the objects that the call created, for the log."""

    state: MastodonState
    method: str
    path: str
    body: RequestBody
    headers: dict[str, str]
    token: str | None = None
    found: tuple[str, ...] = ()
    access: AccessToken | None = None
    made: list[dict[str, str]] = field(default_factory=list)
    visible: bool = False

    def text(self, name: str) -> str:
        return self.body.text(name)

    def list_of(self, name: str) -> list[str]:
        """Return `name[]=a&name[]=b`, or a JSON list, or one value."""
        values = self.body.values.get(f"{name}[]", []) + self.body.values.get(name, [])
        flat: list[Any] = []
        for value in values:
            flat += value if isinstance(value, list) else [value]
        return [value if isinstance(value, str) else json.dumps(value) for value in flat]

    def flag(self, name: str) -> bool | None:
        """Return a boolean as Rails reads it; None when it is absent or empty."""
        text = self.text(name).lower()
        return text in _TRUE if text else None

    def account(self) -> Account:
        """Return the token's account.

        :raises MastodonError: 422 for an app's own token, as `require_user!` does.
        """
        owner = self.state.accounts.get(self.access.account) if self.access is not None else None
        if owner is None:
            raise MastodonError(422, "This method requires an authenticated user")
        return owner

    def logged(self) -> LoggedCall:
        return LoggedCall(self.method, self.path, self.path, self.body.redacted(SECRETS))


async def read_call(state: MastodonState, request: Request) -> MastodonCall:
    """Read a call; the token is in the Authorization header, or a parameter as Doorkeeper takes it.

    :raises UnreadableBody: when the body cannot be read.
    """
    return make_call(state, request, await read_body(request))


def make_call(state: MastodonState, request: Request, body: RequestBody) -> MastodonCall:
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    token = credential.strip() if scheme.lower() == "bearer" else body.text("access_token")
    method = "GET" if request.method == "HEAD" else request.method
    return MastodonCall(state, method, request.scope["path"], body, dict(request.headers), token or None)

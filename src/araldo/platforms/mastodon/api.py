"""Client of an instance's API: the token in a header, answers parsed, errors raised by what to do next.

The host was typed by a person, so every rule for untrusted URLs applies to every call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

from araldo.errors import OutsideError
from araldo.http_exchange import RequestOptions
from araldo.platforms.base import PlatformContext, Ticket
from araldo.platforms.caller import Answer, ServiceCaller
from araldo.platforms.credentials import Credentials
from araldo.platforms.mastodon.app import SERVICE, host_of
from araldo.platforms.mastodon.errors import error_from

_SECRET_FIELDS = ("client_secret", "code", "code_verifier", "token")


class MastodonClient:
    def __init__(self, context: PlatformContext) -> None:
        self._caller = ServiceCaller(context.http, context.clock, SERVICE, typed_hosts=True)
        self._clock = context.clock

    async def ask(
        self, method: str, base_url: str, path: str, *, token: str = "", **options: Unpack[RequestOptions]
    ) -> Answer:
        """Send a request that readers cannot see the effect of; return the answer, whatever its status.

        Raises TryLater when there is none, and Rejected for an address that must not be reached.
        """
        form = options.get("form") or {}
        secrets = [value for value in (token, *(form.get(name, "") for name in _SECRET_FIELDS)) if value]
        if token:
            options["headers"] = {"Authorization": f"Bearer {token}"}
        return await self._caller.call(method, base_url + path, secrets=secrets, **options)

    async def call(self, method: str, credentials: Credentials, path: str, **options: Unpack[RequestOptions]) -> Answer:
        """Send a request that readers cannot see the effect of, for an account; return a success with JSON.

        Raises OutsideError, never OutcomeUnknown.
        """
        base_url, token = _access_of(credentials)
        answer = await self.ask(method, base_url, path, token=token, **options)
        return self.require_success(answer, base_url)

    async def publish(self, credentials: Credentials, status: Mapping[str, Any], key: str, ticket: Ticket) -> Answer:
        """Send the one visible write, a status; return the answer, whatever its status. `key`: its idempotency key."""
        base_url, token = _access_of(credentials)
        return await self._caller.send_visible_write(
            "POST",
            f"{base_url}/api/v1/statuses",
            send_before=ticket.send_before,
            secrets=[token],
            json=dict(status),
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
        )

    def require_success(self, answer: Answer, base_url: str, *, visible: bool = False) -> Answer:
        """Return the answer if it is a success with JSON; otherwise raise its error."""
        if 200 <= answer.status < 300 and isinstance(answer.value, dict | list):
            return answer
        raise self.error_of(answer, base_url, visible=visible)

    def error_of(self, answer: Answer, base_url: str, *, visible: bool = False) -> OutsideError:
        return error_from(answer, visible=visible, host=host_of(base_url), now=self._clock.now())


def _access_of(credentials: Credentials) -> tuple[str, str]:
    return str(credentials.host), credentials.secrets["token"]

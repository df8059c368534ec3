"""Mastodon's stage: the sandbox on loopback, and an instance that is somebody else's program."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from araldo.clock import Clock
from araldo.http import Http
from araldo.platforms.base import Declaration, Destination, Platform, PlatformContext, Publication, Ticket
from araldo.platforms.credentials import Credentials
from araldo.platforms.mastodon.app import MastodonSettings
from tests.platforms import contract
from tests.platforms.sandbox_stage import SandboxStage
from tests.support.running_system import ask

ACCOUNT_ID = "110000000000000101"
_STATUSES = "/api/v1/statuses"
_NO_IDS = (
    (302, '{"id": "7", "url": "http://m/7"}'),
    (200, '{"id": null}'),
    (200, '{"id": ""}'),
    (200, '{"id": {"a": 1}}'),
    (200, '{"id": true}'),
    (200, '["7"]'),
)


class ServiceStage(SandboxStage):
    lost_answers: ClassVar[tuple[str, ...]] = ("reset", "html", "mastodon_error")
    repeat = "same"
    odd_answers: ClassVar[Mapping[contract.Operation, tuple[contract.OddAnswer, ...]]] = {
        "prepare": _NO_IDS,
        "check": ((200, '{"error": "no list"}'), (200, "[7]"), (206, "{}"), (404, "<html>")),
        "publish": (*_NO_IDS, (404, "<html>"), (403, "<html>"), (500, '{"error": "oops"}')),
    }
    odd_counts = tuple((200, body) for body in ('{"media_attachments": null}', '{"media_attachments": 7}', "[]"))
    # Uploads are limited to thirty in half an hour.
    sandbox_settings: ClassVar[Mapping[str, object]] = {"mastodon": {"media_rate_limit": 1_000, "rate_limit": 10_000}}

    def build(self, platform: contract.Build, http: Http, clock: Clock, *, url: str | None = None) -> Platform:
        return platform(context_of(http, clock))

    def destination(self, declared: Declaration, *, url: str | None = None) -> Destination:
        if url is not None:
            return destination_of(url, "odd-token-of-no-account")
        token = self.sandbox.control("mastodon/tokens", {})["access_token"]
        return destination_of(self.sandbox.url, token)

    def secrets(self, destination: Destination) -> list[str]:
        return list(destination.credentials.secrets.values())

    def sent_ticket(self, declared: Declaration, publication: Publication) -> Ticket:
        return Ticket.of(publication, ids=("5",), state={"key": contract.KEY})

    def published(self) -> list[str]:
        return [status["id"] for status in self._state()["statuses"]]

    def lose_answer(self, kind: str, when: Literal["before", "after"]) -> None:
        moment = "before" if when == "before" else "after_commit"
        fault = {"service": "mastodon", "method": "POST", "path": _STATUSES, "kind": kind, "when": moment}
        self.sandbox.fault(**fault)

    def end_access(self, destination: Destination) -> None:
        self.sandbox.control("mastodon/tokens/revoke", {"access_token": destination.credentials.secrets["token"]})

    def refusal(self, text: str) -> str:
        return json.dumps({"error": f"Validation failed: {text}"})

    def is_open(self, link: str) -> bool:
        return ask("GET", link).status == 200

    def typed_hosts(self) -> Sequence[str]:
        return (urlsplit(self.sandbox.url).netloc,)

    def make_unusable(self, ticket: Ticket) -> bool:
        """Delete the pictures, as an instance does with those that no status has shown for a day."""
        for media_id in ticket.ids:
            headers = {"Authorization": "Bearer sandbox-mastodon-token"}
            assert ask("DELETE", f"{self.sandbox.url}/api/v1/media/{media_id}", headers=headers).status == 200
        return bool(ticket.ids)

    def _state(self) -> dict[str, list[dict[str, str]]]:
        found: dict[str, list[dict[str, str]]] = self.sandbox.control("state")["mastodon"]
        return found


def context_of(http: Http, clock: Clock) -> PlatformContext:
    return PlatformContext(http, clock, {"mastodon": MastodonSettings.model_validate({})})


def destination_of(url: str, token: str, account_id: str = ACCOUNT_ID) -> Destination:
    facts = {"account_id": account_id, "description_max": 1_500, "scopes": None}
    return Destination(f"{account_id}@{urlsplit(url).netloc}", Credentials({"token": token}, facts, url))

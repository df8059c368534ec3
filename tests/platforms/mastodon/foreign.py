"""The stage of `mastodon-mock`, an instance that is somebody else's program.

It cannot lose an answer after it has stored a status, has no media that are being processed, and shows a picture in any
number of statuses: the sandbox covers these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import urlsplit

from mastodon_mock.config import AuthConfig
from mastodon_mock.testing.server import MockServer

from araldo.platforms.base import Declaration, Destination, Ticket
from tests.platforms.mastodon import stage
from tests.support.running_system import SandboxClient, ask


class ForeignStage(stage.ServiceStage):
    lost_answers = ()

    def __init__(self, server: MockServer) -> None:
        super().__init__(SandboxClient(server.base_url))
        self.server = server

    @classmethod
    @contextmanager
    def start(cls, pictures_url: str) -> Iterator[ForeignStage]:
        server = MockServer()
        # Else it answers without a token, too.
        server.config.auth = AuthConfig(permissive=False)
        with server:
            yield cls(server)

    def reset(self) -> None:
        assert ask("POST", f"{self.url}/api/v1/_mock/reset", {}).status == 200
        assert ask("DELETE", f"{self.url}/api/v1/_mock/faults").status < 300

    @property
    def url(self) -> str:
        base_url: str = self.server.base_url
        return base_url

    def client(self) -> Any:
        """Return Mastodon.py, logged in as the account."""
        return self.server.client("alice")

    def destination(self, declared: Declaration, *, url: str | None = None) -> Destination:
        return stage.destination_of(self.url, "alice_token", str(self.client().me().id))

    def published(self) -> list[str]:
        client = self.client()
        return [str(status.id) for status in client.account_statuses(client.me())]

    def lose_answer(self, kind: str, when: Literal["before", "after"]) -> None:
        """Answer without JSON; only `before` can be had."""
        assert when == "before"
        self.server.fault(path="/api/v1/statuses", methods=["POST"], type="malformed", count=1)

    def end_access(self, destination: Destination) -> None:
        token = destination.credentials.secrets["token"]
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = ask("POST", f"{self.url}/oauth/revoke", headers=headers, data=f"token={token}".encode())
        assert answer.status == 200

    def typed_hosts(self) -> Sequence[str]:
        return (urlsplit(self.url).netloc,)

    def make_unusable(self, ticket: Ticket) -> bool:
        for media_id in ticket.ids:
            headers = {"Authorization": "Bearer alice_token"}
            assert ask("DELETE", f"{self.url}/api/v1/media/{media_id}", headers=headers).status == 200
        return bool(ticket.ids)

    def is_open(self, link: str) -> bool:
        """Return whether a status has this link, for it serves no pages."""
        client = self.client()
        return link in [status.url for status in client.account_statuses(client.me())]

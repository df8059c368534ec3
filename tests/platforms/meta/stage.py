"""Meta's stage: the sandbox on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Literal

from araldo.clock import Clock
from araldo.http import Http
from araldo.platforms.base import Declaration, Destination, Platform, PlatformContext, Publication, Ticket
from araldo.platforms.meta.app import MetaSettings
from araldo.platforms.meta.tokens import AccountIdentity, make_credentials
from tests.platforms import contract
from tests.support.running_system import SandboxClient, ask, running_sandbox

PAGE, ACCOUNT = "100000000000101", "17841400000000101"
_VISIBLE_WRITES = ("/feed", "/media_publish", "/photo_stories")
_NO_IDS = (
    (302, '{"id": "7", "post_id": "7"}'),
    (200, '{"id": null, "post_id": null}'),
    (200, '{"id": "", "post_id": ""}'),
    (200, '{"id": {"a": 1}, "post_id": ["7"]}'),
    (200, '{"id": true, "post_id": true}'),
)


class ServiceStage(contract.ServiceStage):
    lost_answers = ("reset", "html", "graph_error")
    odd_answers: ClassVar[Mapping[contract.Operation, tuple[contract.OddAnswer, ...]]] = {
        "prepare": _NO_IDS,
        "check": (
            (502, '{"data": [], "status_code": "FINISHED"}'),
            (200, '{"status_code": "FINISHED", "data": null}'),
        ),
        "publish": (*_NO_IDS, (200, '{"success": false, "id": "7", "post_id": "7"}')),
    }

    odd_counts = tuple(
        (200, body)
        for body in (
            '{"children": null}',
            '{"children": []}',
            '{"children": {"data": 7}}',
            '{"attachments": {"data": null}}',
        )
    )

    def __init__(self, meta: SandboxClient, pictures_url: str = "") -> None:
        self.meta = meta
        self._pictures_url = pictures_url

    @classmethod
    @contextmanager
    def start(cls, pictures_url: str) -> Iterator[ServiceStage]:
        with running_sandbox() as opened:
            yield cls(opened, pictures_url)

    @classmethod
    def on_gateway(cls) -> ServiceStage:
        return cls(SandboxClient(""))

    def reset(self) -> None:
        reset_sandbox(self.meta)

    def build(self, platform: contract.Build, http: Http, clock: Clock, *, url: str | None = None) -> Platform:
        settings = sandbox_settings(self.meta.url) if url is None else settings_of(url, app_secret="not-for-you")
        return platform(PlatformContext(http, clock, {"meta": settings}, check_gap_s=contract.CHECK_GAP_S))

    def destination(self, declared: Declaration, *, url: str | None = None) -> Destination:
        remote_id = PAGE if declared.account_kind == "facebook_page" else ACCOUNT
        if url is not None:
            return destination_of("odd-token", remote_id=remote_id)
        user = self.meta.mint("user_long")
        return destination_of(user_pages(self.meta, user), user, remote_id)

    def secrets(self, destination: Destination) -> list[str]:
        return [*destination.credentials.secrets.values(), "not-for-you"]

    def sent_ticket(self, declared: Declaration, publication: Publication) -> Ticket:
        # With a text, so that a check of a container that is FINISHED reads the list of media, too.
        return Ticket("Ciao", ("5",))

    def published(self) -> list[str]:
        return self.meta.published_ids()

    def lose_answer(self, kind: str, when: Literal["before", "after"]) -> None:
        error = {"error": {"status": 500, "code": 2, "message": "unexpected"}} if kind == "graph_error" else {}
        moment = "before" if when == "before" else "after_commit"
        for path in _VISIBLE_WRITES:
            self.meta.fault(method="POST", path=path, when=moment, kind=kind, times=1, **error)

    def end_access(self, destination: Destination) -> None:
        for token in destination.credentials.secrets.values():
            self.meta.control("tokens/kill", {"access_token": token, "subcode": 460})

    def refusal(self, text: str) -> str:
        return json.dumps({"error": {"code": 100, "message": text}})

    def is_open(self, link: str) -> bool:
        return ask("GET", link).status == 200

    def pictures_url(self) -> str:
        return self._pictures_url

    def make_unusable(self, ticket: Ticket) -> bool:
        """Let a day pass, after which containers have expired; photos never do."""
        self.meta.control("clock", {"advance_s": 86_400})
        return bool(self.meta.state()["containers"])


def reset_sandbox(meta: SandboxClient) -> None:
    meta.control("reset", {})
    meta.control("faults", method="DELETE")
    meta.control("clock", {"real": True})
    meta.control("settings", {"container_delay_s": 0})


def user_pages(meta: SandboxClient, user: str) -> str:
    """Return the Page's own token for a user token."""
    answer = ask("GET", f"{meta.url}/v26.0/me/accounts?fields=access_token&access_token={user}")
    return str(answer.body["data"][0]["access_token"])


def settings_of(url: str, **more: Any) -> MetaSettings:
    known = {"app_id": "1", "app_secret": "hush", "dialog_url": "http://d", **more}
    return MetaSettings.model_validate({"graph_url": url, **known})


def sandbox_settings(url: str) -> MetaSettings:
    return settings_of(url, app_id="1000000000000001", app_secret="sandbox-secret", dialog_url=None)


def destination_of(page_token: str, person_token: str | None = None, remote_id: str = "1") -> Destination:
    account = AccountIdentity("facebook_page", remote_id, None)
    return Destination(remote_id, make_credentials(account, page_token, person_token))

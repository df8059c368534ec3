"""Acme's stage: the sandbox on loopback."""

from __future__ import annotations

import json
from typing import Any, Literal

from tests.platforms import contract
from tests.platforms.sandbox_stage import SandboxStage
from tests.support.running_system import ask

from araldo.clock import Clock
from araldo.http import Http
from araldo.platforms.base import Declaration, Destination, Platform, PlatformContext, Publication, Ticket
from araldo.platforms.credentials import Credentials
from tools.scaffold.acme.sandbox.state import ACCESS_TOKEN, ACCOUNT_ID
from tools.scaffold.acme.service.client import AcmeSettings


class ServiceStage(SandboxStage):
    lost_answers = ("reset", "html")

    def build(self, platform: contract.Build, http: Http, clock: Clock, *, url: str | None = None) -> Platform:
        settings = {"acme": AcmeSettings(url=url or self.sandbox.url)}
        return platform(PlatformContext(http, clock, settings, check_gap_s=contract.CHECK_GAP_S))

    def destination(self, declared: Declaration, *, url: str | None = None) -> Destination:
        return Destination(ACCOUNT_ID, Credentials({"token": ACCESS_TOKEN}))

    def secrets(self, destination: Destination) -> list[str]:
        return list(destination.credentials.secrets.values())

    def sent_ticket(self, declared: Declaration, publication: Publication) -> Ticket:
        return Ticket.of(publication, ids=["5"], state={"reference": contract.KEY})

    def published(self) -> list[str]:
        state: Any = self.sandbox.state()
        return [post["id"] for post in state["acme"]["posts"]]

    def lose_answer(self, kind: str, when: Literal["before", "after"]) -> None:
        moment = "before" if when == "before" else "after_commit"
        self.sandbox.fault(service="acme", kind=kind, method="POST", path="/posts", when=moment, times=1)

    def end_access(self, destination: Destination) -> None:
        self.sandbox.control("acme/revoke", {})

    def refusal(self, text: str) -> str:
        return json.dumps({"error": text})

    def is_open(self, link: str) -> bool:
        return ask("GET", link).status == 200

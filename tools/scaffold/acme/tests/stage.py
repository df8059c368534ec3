"""Acme's stage: the sandbox on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from tests.platforms import contract
from tests.sandbox.control import Control
from tests.support.running_system import ask
from tests.support.serving import serve_made

from araldo.clock import Clock
from araldo.http import Http
from araldo.platforms.base import Declaration, Destination, Platform, PlatformContext, Publication, Ticket
from araldo.platforms.credentials import Credentials
from araldo.sandbox.app import create_app
from tools.scaffold.acme.sandbox.state import ACCESS_TOKEN, ACCOUNT_ID
from tools.scaffold.acme.service.client import AcmeSettings


class ServiceStage(contract.ServiceStage):
    lost_answers = ("reset", "html")

    def __init__(self, url: str) -> None:
        self._url = url
        self._control = Control(url)

    @classmethod
    @contextmanager
    def start(cls, pictures_url: str) -> Iterator[ServiceStage]:
        with serve_made(lambda url: create_app(public_url=url)) as url:
            yield cls(url)

    @classmethod
    def on_gateway(cls) -> ServiceStage:
        return cls("")

    def reset(self) -> None:
        self._control("POST", "reset")
        self._control("DELETE", "faults")

    def build(self, platform: contract.Build, http: Http, clock: Clock, *, url: str | None = None) -> Platform:
        settings = {"acme": AcmeSettings(url=url or self._url)}
        return platform(PlatformContext(http, clock, settings, check_gap_s=contract.CHECK_GAP_S))

    def destination(self, declared: Declaration, *, url: str | None = None) -> Destination:
        return Destination(ACCOUNT_ID, Credentials({"token": ACCESS_TOKEN}))

    def secrets(self, destination: Destination) -> list[str]:
        return list(destination.credentials.secrets.values())

    def sent_ticket(self, declared: Declaration, publication: Publication) -> Ticket:
        return Ticket.of(publication, ids=["5"], state={"reference": contract.KEY})

    def published(self) -> list[str]:
        return [post["id"] for post in self._control.state("acme")["posts"]]

    def lose_answer(self, kind: str, when: Literal["before", "after"]) -> None:
        moment = "before" if when == "before" else "after_commit"
        self._control.fault(service="acme", kind=kind, method="POST", path="/posts", when=moment)

    def end_access(self, destination: Destination) -> None:
        self._control("POST", "acme/revoke")

    def refusal(self, text: str) -> str:
        return json.dumps({"error": text})

    def is_open(self, link: str) -> bool:
        return ask("GET", link).status == 200

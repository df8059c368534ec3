"""Bluesky's stage: a real PDS, behind a proxy that loses answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from araldo.clock import Clock
from araldo.http import Http
from araldo.platforms.base import Declaration, Destination, Platform, PlatformContext, Publication, Ticket
from araldo.platforms.bluesky.settings import BlueskySettings
from araldo.platforms.credentials import Credentials
from tests.platforms import contract
from tests.platforms.bluesky.pds_process import POST, Pds, PdsAccount, running_pds
from tests.support.lossy_proxy import LossKind, LossyProxy, lossy_proxy

_PUT = "/xrpc/com.atproto.repo.putRecord"
_ODD_DID = "did:plc:oddoddoddoddoddoddoddodd"
_NO_BLOBS = tuple(
    (200, body) for body in ('{"blob": null}', '{"blob": {}}', '{"blob": "bafy"}', '{"blob": {"ref": 7}}')
)


class ServiceStage(contract.ServiceStage):
    lost_answers = ("reset", "html")
    repeat = "same"
    starts_process = True
    odd_answers: ClassVar[Mapping[contract.Operation, tuple[contract.OddAnswer, ...]]] = {
        "prepare": _NO_BLOBS,
        "check": (
            (200, '{"uri": "at://x"}'),
            (200, '{"value": null}'),
            (404, "{}"),
            (200, '{"error": "RecordNotFound"}'),
        ),
        "publish": ((302, "{}"), (404, "<html>"), (200, '{"uri": null}'), (200, '{"uri": "at://did:plc:x/y/z"}')),
    }
    odd_counts = ((200, '{"value": {"embed": {"images": 7}}}'), (200, '{"value": []}'))

    def __init__(
        self, pds: Pds | None = None, proxy: LossyProxy | None = None, owner: PdsAccount | None = None
    ) -> None:
        self._pds, self._proxy, self._owner = pds, proxy, owner
        self._session = pds.log_in(owner.handle, owner.app_password) if pds and owner else {}

    @property
    def pds(self) -> Pds:
        assert self._pds is not None
        return self._pds

    @property
    def proxy(self) -> LossyProxy:
        assert self._proxy is not None
        return self._proxy

    @property
    def owner(self) -> PdsAccount:
        assert self._owner is not None
        return self._owner

    @classmethod
    @contextmanager
    def start(cls, pictures_url: str) -> Iterator[ServiceStage]:
        with running_pds() as pds, lossy_proxy(pds.url) as proxy:
            yield cls(pds, proxy, pds.create_account("studio"))

    @classmethod
    def on_gateway(cls) -> ServiceStage:
        return cls()

    def reset(self) -> None:
        self.proxy.forget()
        self.pds.set_suspended(self.owner.did, False)
        self.pds.delete_posts(self.owner.did, self._session["accessJwt"])

    def context(self, http: Http, clock: Clock) -> PlatformContext:
        plc_url = self._pds.plc_url if self._pds else "http://127.0.0.1:9"
        return PlatformContext(http, clock, {"bluesky": BlueskySettings(plc_url=plc_url)}, contract.CHECK_GAP_S)

    def build(self, platform: contract.Build, http: Http, clock: Clock, *, url: str | None = None) -> Platform:
        return platform(self.context(http, clock))

    def destination(self, declared: Declaration, *, url: str | None = None) -> Destination:
        if url is not None:
            return destination_of(_ODD_DID, {"accessJwt": "odd-access-token", "refreshJwt": "odd-refresh-token"}, url)
        return destination_of(self.owner.did, self._session, self.proxy.url)

    def secrets(self, destination: Destination) -> list[str]:
        return list(destination.credentials.secrets.values())

    def sent_ticket(self, declared: Declaration, publication: Publication) -> Ticket:
        record = {"$type": POST, "text": publication.text}
        return Ticket.of(publication, state={"record": record, "key": contract.KEY})

    def published(self) -> list[str]:
        return [post["uri"] for post in self.pds.posts(self.owner.did)]

    def lose_answer(self, kind: str, when: Literal["before", "after"]) -> None:
        found: LossKind = "html" if kind == "html" else "reset"
        self.proxy.lose_next(_PUT, found, when)

    def end_access(self, destination: Destination) -> None:
        """Suspend the account: a token of the protocol works until its end, whatever was revoked."""
        self.pds.set_suspended(self.owner.did, True)

    def refusal(self, text: str) -> str:
        return json.dumps({"error": "InvalidRequest", "message": text})

    def is_open(self, link: str) -> bool:
        profile, did, post, key = urlsplit(link).path.strip("/").split("/")
        found = self.pds.call("com.atproto.repo.getRecord", repo=did, collection=POST, rkey=key)
        return (profile, post) == ("profile", "post") and found.status == 200

    def typed_hosts(self) -> list[str]:
        return [urlsplit(url).netloc for url in (self.proxy.url, self.pds.url)]


def destination_of(did: str, session: Mapping[str, Any], host: str) -> Destination:
    secrets = {"app_password": "oddo-oddo-oddo-oddo", "access": session["accessJwt"], "refresh": session["refreshJwt"]}
    return Destination(did, Credentials(secrets, {"did": did, "handle": "studio.test"}, host))

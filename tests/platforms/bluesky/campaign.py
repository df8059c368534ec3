"""Bluesky in a campaign: a real PDS, whose accounts' identities name a proxy that loses answers and delays them.

A repeat puts the same record under the same key. Sessions end after seconds, so that renewals are interrupted too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, get_args
from urllib.parse import urlsplit

from tests.chaos import service
from tests.platforms.bluesky.pds_process import Pds, PdsAccount, running_pds
from tests.support.lossy_proxy import Loss, LossKind, LossyProxy, ProxyAnswer, lossy_proxy
from tests.support.running_system import SandboxClient

_XRPC = "/xrpc/com.atproto"
_PUT_RECORD = f"{_XRPC}.repo.putRecord"
# Renewed after half of it.
_SESSION = "20 seconds"


def _error(status: int, name: str, **headers: str) -> dict[str, Any]:
    return {"kind": "answer", "error": {"status": status, "name": name, "headers": headers}}


@dataclass
class PdsClient(SandboxClient):
    """The PDS and its proxy, with the calls of the sandbox's control plane. `url`: the proxy's."""

    pds: Pds
    proxy: LossyProxy
    # Each system's in turn.
    accounts: list[PdsAccount] = field(default_factory=list)

    def control(self, path: str, body: object = None, method: str | None = None) -> Any:
        """Set what applies here of "faults" and "settings"; "reset" begins with a new account, without posts."""
        if path in {"faults", "reset"}:
            self.proxy.forget()
        if path == "reset":
            self.proxy.received.clear()
            self.accounts.append(self.pds.create_account(f"studio{len(self.accounts)}"))
        if path == "settings" and isinstance(body, Mapping) and "publish_latency_s" in body:
            self.proxy.answer_delays_s[_PUT_RECORD] = body["publish_latency_s"]

    def state(self) -> dict[str, list[dict[str, Any]]]:
        return {"posts": self.pds.posts(self.accounts[-1].did)}

    def log(self, path: str = "", method: str | None = None) -> list[dict[str, Any]]:
        return [
            {"method": sent, "path": there}
            for sent, there in self.proxy.received
            if path in there and method in {None, sent}
        ]

    def fault(self, **what: Any) -> None:
        for _ in range(what["times"]):
            self.proxy.lose(_loss_of(what))


class ServiceCampaign(service.ServiceCampaign):
    name = "bluesky"
    platforms = ("bluesky",)
    text_platforms = platforms
    carousel_platforms = platforms
    visible_writes = (_PUT_RECORD,)
    # A PDS costs more than an emulation.
    short_deliveries = 20
    own_faults: ClassVar[Mapping[str, Any]] = {
        "500, not done": {"when": "before", **_error(500, "InternalServerError")},
        "500, done": {"when": "after_commit", **_error(500, "InternalServerError")},
        "429, not done": {"when": "before", **_error(429, "RateLimitExceeded", **{"Retry-After": "1"})},
        "the account is suspended for a moment": {"when": "before", **_error(400, "AccountTakedown")},
        "a read is not answered": {
            "method": "GET",
            "path": f"{_XRPC}.repo.getRecord",
            "when": "before",
            "kind": "reset",
        },
        "a picture's upload is not answered": {
            "path": f"{_XRPC}.repo.uploadBlob",
            "when": "after_commit",
            "kind": "reset",
        },
        "a renewal is not answered": {
            "path": f"{_XRPC}.server.refreshSession",
            "when": "after_commit",
            "kind": "reset",
        },
    }

    def __init__(self) -> None:
        self._client: PdsClient | None = None

    @property
    def client(self) -> PdsClient:
        assert self._client is not None
        return self._client

    @contextmanager
    def own_server(self) -> Iterator[SandboxClient]:
        with lossy_proxy() as proxy, running_pds(public_url=proxy.url, access_lifetime=_SESSION) as pds:
            proxy.upstream = pds.url
            self._client = PdsClient(proxy.url, pds, proxy)
            yield self._client

    def settings(self, sandbox_url: str) -> Mapping[str, Mapping[str, Any]]:
        plc_url = self.client.pds.plc_url
        return {
            "bluesky": {"plc_url": plc_url},
            "fetch": {"allow": [urlsplit(url).netloc for url in (sandbox_url, plc_url)]},
        }

    def connection(self, sandbox: SandboxClient) -> tuple[str, dict[str, str]]:
        owner = self.client.accounts[-1]
        return "app_password", {"handle": owner.handle, "app_password": owner.app_password, "host": sandbox.url}

    def visible_posts(self, state: service.State) -> service.VisiblePosts:
        return service.posts_by_first_line((post["uri"], post["value"]["text"]) for post in state["posts"])


def _loss_of(what: Mapping[str, Any]) -> Loss:
    """Return the loss for a fault as the sandbox's control plane takes it."""
    kind: LossKind = what["kind"]
    assert kind in get_args(LossKind)
    loss = Loss(
        what["path"],
        kind,
        "before" if what["when"] == "before" else "after",
        method=what.get("method"),
        delay_s=what.get("delay_s", 0),
    )
    if kind != "answer":
        return loss
    error = what["error"]
    headers = {"Content-Type": "application/json", **error["headers"]}
    body = json.dumps({"error": error["name"], "message": error["name"]}).encode()
    return Loss(loss.path, kind, loss.when, method=loss.method, answer=ProxyAnswer(error["status"], body, headers))

"""Acme's entry in the list of services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from araldo.sandbox.common.faults import FaultQueue
from araldo.sandbox.common.html_helpers import ViewerLink
from araldo.sandbox.common.service import CONTROL_PREFIX, SandboxService, ServiceParts
from araldo.sandbox.common.store import SandboxStore
from tools.scaffold.acme.sandbox import pages
from tools.scaffold.acme.sandbox.api import AcmeApi
from tools.scaffold.acme.sandbox.state import ACCOUNT_ID, AcmeState


def _build(store: SandboxStore, faults: FaultQueue, viewers: Sequence[ViewerLink]) -> ServiceParts:
    state = AcmeState(store)
    api = AcmeApi(state, faults)
    routes = APIRouter(include_in_schema=False)
    routes.routes.extend(pages.router(state).routes)

    @routes.api_route("/acme/v1/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    async def answer(request: Request) -> Response:
        return await api.handle(request)

    return ServiceParts(state, routes, state.snapshot, state.seed, _control(state))


def _control(state: AcmeState) -> APIRouter:
    """Return the service's own calls below /_sandbox."""
    control = APIRouter(prefix=f"{CONTROL_PREFIX}/acme")

    @control.post("/revoke")
    async def revoke() -> dict[str, Any]:
        """End the account's token, as a person does at the service."""
        state.accounts[ACCOUNT_ID].token = ""
        state.accounts.save(state.accounts[ACCOUNT_ID])
        state.commit()
        return {"success": True}

    return control


ACME = SandboxService("acme", _build, ViewerLink("Acme", "/acme"))

"""The Bot API's entry in the list of services."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from araldo.sandbox.common.faults import FaultQueue
from araldo.sandbox.common.html_helpers import ViewerLink
from araldo.sandbox.common.service import SandboxService, ServiceParts
from araldo.sandbox.common.store import SandboxStore
from araldo.sandbox.telegram import control, pages
from araldo.sandbox.telegram.api import BotApi
from araldo.sandbox.telegram.calls import TelegramFaultError
from araldo.sandbox.telegram.state import TelegramState


def _build(store: SandboxStore, faults: FaultQueue, viewers: Sequence[ViewerLink]) -> ServiceParts:
    state = TelegramState(store)
    api = BotApi(state, faults)
    routes = APIRouter(include_in_schema=False)
    routes.routes.extend(pages.router(state).routes)

    @routes.api_route("/bot{rest:path}", methods=["GET", "HEAD", "POST"])
    async def answer(request: Request, rest: str) -> Response:
        return await api.handle(request)

    return ServiceParts(state, routes, lambda: control.snapshot(state), state.seed, control.router(state))


TELEGRAM = SandboxService(
    "telegram", _build, ViewerLink("Telegram", "/t.me/studio_demo"), {"telegram_error": TelegramFaultError}
)

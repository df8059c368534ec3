"""Telegram's stage: the sandbox on loopback."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from araldo.clock import Clock
from araldo.http import Http
from araldo.platforms.base import Declaration, Destination, Platform, PlatformContext, Publication, Ticket
from araldo.platforms.credentials import Credentials
from araldo.platforms.telegram.settings import TelegramSettings
from tests.platforms import contract
from tests.platforms.sandbox_stage import SandboxStage
from tests.support.running_system import ask

BOT, CHANNEL = "7000000001", "-1002000000101"
TOKEN = f"{BOT}:AASandbox_Telegram_Bot_Token_000000"
LINKS = "https://t.me"
# Each is an answer of the Bot API in form alone.
_RESULTS: tuple[object, ...] = ([], [{}], {"message_id": True}, {"message_id": "7"}, {"message_id": 0}, 7, "7", True)
_NO_MESSAGES = tuple((200, json.dumps({"ok": True, "result": result})) for result in _RESULTS)
_NO_REFUSALS = (
    (200, '{"ok": false}'),
    (400, '{"ok": false, "error_code": "400"}'),
    (500, '{"ok": false, "error_code": 500, "description": "Internal Server Error"}'),
    (502, '{"ok": true, "result": {"message_id": 7, "id": 7}}'),
    (302, '{"ok": true, "result": {"message_id": 7, "id": 7}}'),
    (200, '{"ok": "true", "result": {"message_id": 7, "id": 7}}'),
    (404, '{"detail": "Not Found"}'),
)


class ServiceStage(SandboxStage):
    lost_answers = ("reset", "html", "telegram_error")
    odd_answers: ClassVar[Mapping[contract.Operation, tuple[contract.OddAnswer, ...]]] = {
        "prepare": (*_NO_REFUSALS, (200, '{"ok": true, "result": []}')),
        "publish": (*_NO_REFUSALS, *_NO_MESSAGES),
    }
    odd_counts = _NO_MESSAGES
    repeat = "another"

    def build(self, platform: contract.Build, http: Http, clock: Clock, *, url: str | None = None) -> Platform:
        return platform(context_for(http, clock, self.sandbox.url if url is None else url))

    def destination(self, declared: Declaration, *, url: str | None = None) -> Destination:
        return Destination(CHANNEL, credentials_of(TOKEN))

    def secrets(self, destination: Destination) -> list[str]:
        return [*destination.credentials.secrets.values()]

    def sent_ticket(self, declared: Declaration, publication: Publication) -> Ticket:
        return Ticket.of(publication)

    def published(self) -> list[str]:
        """Return each post's first message: an album is one post."""
        posts = {str(one.get("media_group_id") or one["message_id"]): one for one in reversed(self.messages())}
        return [f"{one['chat']['id']}:{one['message_id']}" for one in posts.values()]

    def messages(self) -> list[dict[str, Any]]:
        state: Any = self.sandbox.state()
        found: list[dict[str, Any]] = state["telegram"]["messages"]
        return found

    def lose_answer(self, kind: str, when: Literal["before", "after"]) -> None:
        error = {"error": {"error_code": 500, "description": "Internal Server Error"}}
        moment = "before" if when == "before" else "after_commit"
        more = error if kind == "telegram_error" else {}
        self.sandbox.fault(service="telegram", path="/send", when=moment, kind=kind, times=1, **more)

    def end_access(self, destination: Destination) -> None:
        self.sandbox.control(f"telegram/bots/{BOT}/revoke", {})

    def refusal(self, text: str) -> str:
        return json.dumps({"ok": False, "error_code": 400, "description": f"Bad Request: {text}"})

    def is_open(self, link: str) -> bool:
        return link.startswith(f"{LINKS}/") and ask("GET", page_of(self.sandbox.url, link)).status == 200


def page_of(sandbox_url: str, link: str) -> str:
    """Return where the sandbox shows what a link of Telegram leads to."""
    return f"{sandbox_url}/t.me/{link.removeprefix(f'{LINKS}/')}"


def context_for(http: Http, clock: Clock, url: str) -> PlatformContext:
    return PlatformContext(http, clock, {"telegram": TelegramSettings(api_url=url)})


def credentials_of(token: str, chat_id: str = CHANNEL) -> Credentials:
    return Credentials({"token": token}, {"chat_id": chat_id})

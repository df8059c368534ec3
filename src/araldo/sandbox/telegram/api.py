"""Handle the calls of the Bot API: validate the token, log without it, inject faults, answer."""

from __future__ import annotations

from fastapi import Request, Response
from starlette.requests import ClientDisconnect

from araldo.sandbox.common.answers import Answer
from araldo.sandbox.common.faults import Fault, FaultQueue
from araldo.sandbox.common.request_bodies import UnreadableBody, read_body, read_query
from araldo.sandbox.common.runner import CallRunner
from araldo.sandbox.common.store import LogEntry
from araldo.sandbox.telegram.calls import TelegramCall, TelegramError, TelegramFaultError, bad_request, make_call
from araldo.sandbox.telegram.methods import METHODS
from araldo.sandbox.telegram.records import TelegramUser
from araldo.sandbox.telegram.state import TelegramState

_LOGGED_OUT_S = 600.0


class BotApi:
    """Answers calls of `/bot<TOKEN>/<method>`."""

    def __init__(self, state: TelegramState, faults: FaultQueue) -> None:
        self._state = state
        self._runner = CallRunner[Answer](state.name, state.store, faults, _fail)

    async def handle(self, request: Request) -> Response:
        readable = True
        try:
            call = make_call(self._state, request, await read_body(request))
        except ClientDisconnect:
            return Response(status_code=400)
        except UnreadableBody:
            call, readable = make_call(self._state, request, read_query(request)), False

        async def execute(entry: LogEntry) -> Answer:
            call.made = entry.made
            if not readable:
                return _refuse(bad_request("can't parse the request's body"))
            return await self._execute(call)

        return (await self._runner.run(call.logged(), execute)).to_response()

    async def _execute(self, call: TelegramCall) -> Answer:
        try:
            call.bot = self._authenticate(call)
            handle = METHODS.get(call.method)
            if handle is None:
                raise TelegramError(404, "Not Found: method not found")
            result = await handle(call)
        except TelegramError as error:
            return _refuse(error)
        return Answer(200, {"ok": True, "result": result}, visible=call.visible)

    def _authenticate(self, call: TelegramCall) -> TelegramUser:
        if not call.method or ":" not in call.token:
            raise TelegramError(404, "Not Found")
        bot = self._state.find_bot(call.token)
        if bot is None:
            raise TelegramError(401, "Unauthorized")
        if bot.logged_out_at is not None and self._state.now() - bot.logged_out_at < _LOGGED_OUT_S:
            raise TelegramError(400, "Logged out")
        return bot


def _refuse(error: TelegramError) -> Answer:
    return Answer(error.code, error.body(), error.headers(), error_code=error.code)


def _fail(fault: Fault) -> Answer:
    if isinstance(fault.error, TelegramFaultError):
        return _refuse(fault.error.to_error())
    return Answer(0, None, fault=fault)

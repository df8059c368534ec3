"""HTTP/1.1 with a time limit for every phase of a connection."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

from araldo.server.connections import ConnectionTable, Phase, client_network_of
from araldo.server.limits import ServerLimits
from araldo.server.lingering import LingeringTransport

_RETRY_AFTER_S = 5


class LimitedServerState(ServerState):
    """The state that the connections of one server share."""

    def __init__(self, limits: ServerLimits) -> None:
        super().__init__()
        self.limits = limits
        self.table = ConnectionTable(limits.connections)


class LimitedProtocol(H11Protocol):
    """uvicorn's protocol, which limits only idle time, with limits for head, body and response too.

    Based on the h11 implementation, not on whichever uvicorn finds, because the phase follows from h11's states.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        assert isinstance(server_state, LimitedServerState)
        self._limits, self._table = server_state.limits, server_state.table
        self.address = ""
        self.phase, self.since = Phase.HEAD, self.loop.time()
        # The same phase of another request counts as a new phase.
        self._phase_cycle: object = None
        self._received = 0
        self._timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        self._lingering = LingeringTransport(transport, self._is_client_sending)
        super().connection_made(self._lingering)  # type: ignore[arg-type]  # all of a transport, by delegation
        self.address = client_network_of(self.client[0] if self.client else "")
        if not self._table.admit(self):
            self._close_with(
                _problem_response(503, "Service Unavailable", "Too many connections: try again in a moment.")
            )
            return
        self._enter_phase(Phase.HEAD)

    def data_received(self, data: bytes) -> None:
        if self._lingering.is_lingering:
            return
        self._received += len(data)
        super().data_received(data)
        self._update_phase()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._update_phase()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._update_phase()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._write_timer = self.loop.call_later(self._limits.write_s, self.evict)

    def resume_writing(self) -> None:
        super().resume_writing()
        _cancel(self._write_timer)

    def connection_lost(self, exc: Exception | None) -> None:
        _cancel(self._timer)
        _cancel(self._write_timer)
        self._table.remove(self)
        super().connection_lost(exc)

    def evict(self) -> None:
        self._close_with(None)

    def _is_client_sending(self) -> bool:
        """Return whether the client may still send a body, or more of an unreadable request."""
        return self.conn.their_state in {h11.SEND_BODY, h11.ERROR}

    def _last_cycle(self) -> RequestResponseCycle | None:
        """Return the current or last request; None before the first, which uvicorn's type leaves out."""
        return self.cycle

    def _update_phase(self) -> None:
        """Enter the phase that follows from h11's states, if it has changed."""
        phase = self._current_phase()
        if phase is not self.phase or self.cycle is not self._phase_cycle:
            self._enter_phase(phase)

    def _current_phase(self) -> Phase:
        if self._lingering.is_lingering:
            return Phase.DISCARDING
        if self.transport.is_closing():
            return Phase.CLOSING
        ours, theirs = self.conn.our_state, self.conn.their_state
        if theirs is h11.IDLE:
            return Phase.HEAD if self._last_cycle() is None or self.conn.trailing_data[0] else Phase.IDLE
        if theirs is h11.SEND_BODY:
            return Phase.BODY if ours in {h11.SEND_RESPONSE, h11.SEND_BODY} else Phase.DISCARDING
        return Phase.ANSWERING

    def _enter_phase(self, phase: Phase) -> None:
        self.phase, self.since, self._phase_cycle, self._received = phase, self.loop.time(), self.cycle, 0
        limit_s = self._phase_limit_s()
        _cancel(self._timer)
        if limit_s is not None:
            self._timer = self.loop.call_later(limit_s, self._check_deadline)

    def _phase_limit_s(self) -> float | None:
        """Return the seconds that the phase may take; None when uvicorn or the application ends it."""
        limits = self._limits
        return {
            Phase.HEAD: limits.head_s,
            Phase.BODY: limits.body_s + self._received / limits.body_rate,
            Phase.DISCARDING: limits.discard_s,
            Phase.CLOSING: limits.write_s,
        }.get(self.phase)

    def _check_deadline(self) -> None:
        left = self.since + (self._phase_limit_s() or 0) - self.loop.time()
        if left > 0.001:
            self._timer = self.loop.call_later(left, self._check_deadline)
            return
        begun = self.phase is Phase.BODY or bool(self.conn.trailing_data[0])
        late = _problem_response(408, "Request Timeout", "The request took too long to arrive.")
        self._close_with(late if begun else None)

    def _close_with(self, answer: bytes | None) -> None:
        """Close the connection; send `answer` first if no response has begun and nothing waits to be sent."""
        cycle = self._last_cycle()
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
        answered = self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE} or self.transport.is_closing()
        if answer is None or answered or self.transport.get_write_buffer_size():
            self.transport.abort()
            return
        self.transport.write(answer)
        self.transport.close()
        self._enter_phase(self._current_phase())


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def _problem_response(status: int, reason: str, detail: str) -> bytes:
    """Return a complete HTTP response with a problem in English, for when no request has been read."""
    code = reason.lower().replace(" ", "_")
    body = (
        f'{{"type":"urn:araldo:problem:{code}","title":"{reason}","status":{status},'
        f'"detail":"{detail}","code":"{code}","request_id":"","errors":[]}}'
    )
    retry = f"retry-after: {_RETRY_AFTER_S}\r\n" if status == 503 else ""
    head = f"HTTP/1.1 {status} {reason}\r\ncontent-type: application/problem+json\r\ncontent-length: {len(body)}\r\n"
    return f"{head}{retry}connection: close\r\n\r\n{body}".encode()

"""The Graph itself: what happens around every call, alone or in a batch, and which handler answers it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from starlette.requests import ClientDisconnect

from araldo.sandbox import batches, faults, login, nodes, tokens
from araldo.sandbox.answers import answer, check_fields
from araldo.sandbox.asks import Ask, Moved, Ref
from araldo.sandbox.calls import Call, from_query, read_call, refused_method
from araldo.sandbox.faults import FaultOrder, Faults
from araldo.sandbox.fields import wanted
from araldo.sandbox.not_emulated import unknown_edge
from araldo.sandbox.replies import GraphError, bad_parameter, headers_of, reply
from araldo.sandbox.state import Entry, State


@dataclass(slots=True)
class HandledCall:
    """An answer to send; `fault` replaces it. `body` is JSON, or where to go instead."""

    status: int
    body: Any
    call: Call
    fault: FaultOrder | None = None
    throttle: int | None = None


class Graph:
    """Answers calls, one by one or in a batch."""

    def __init__(self, state: State, ordered: Faults) -> None:
        self._state = state
        self._faults = ordered

    async def handle(self, request: Request) -> Response:
        try:
            call = await read_call(request)
        except ClientDisconnect:
            return Response(status_code=400)
        except GraphError as error:
            return self._send(self._unread(from_query(request), error))
        if call.method == "POST" and not call.path and "batch" in call.params:
            return self._send(await self._batch(call))
        return self._send(await self._one(call))

    def _send(self, outcome: HandledCall) -> Response:
        if outcome.fault is not None:
            return faults.response(outcome.fault)
        headers = self._headers(outcome)
        if isinstance(outcome.body, Moved):
            return Response(status_code=302, headers=headers | {"Location": outcome.body.url})
        quiet = outcome.call.flag_or("suppress_http_code", False)
        return reply(outcome.body, 200 if quiet else outcome.status, headers)

    def _headers(self, outcome: HandledCall) -> dict[str, str]:
        about = outcome.call.path.partition("/")[0]
        return headers_of(outcome.call.version, self._state.switches, outcome.throttle, about)

    def _unread(self, call: Call, error: GraphError) -> HandledCall:
        """A call that could not be read is a call all the same, and in the log."""
        entry = self._state.open_entry(call.method, call.struck_path(), call.struck_out())
        outcome = self._refused(call, error)
        self._closed(entry, outcome)
        self._state.commit()
        return outcome

    async def _batch(self, call: Call) -> HandledCall:
        """Each item is a call of its own, in the log too; one that a fault strikes comes back as null."""
        try:
            items = batches.items_of(call)
        except GraphError as error:
            return self._unread(call, error)
        built_on = set().union(*(batches.waits_for(item) for item in items))
        bodies: dict[str, str | None] = {}
        results = []
        for item in items:
            outcome = await self._item(call, item, bodies)
            shown = None
            if outcome.fault is None:
                shown = batches.shown(outcome.status, self._headers(outcome), _plain(outcome.body), call)
            name = str(item.get("name") or "")
            if name:
                bodies[name] = shown["body"] if shown is not None and outcome.status == 200 else None
            quiet = batches.omits_response(item, name in built_on)
            results.append(None if quiet and name and bodies[name] is not None else shown)
        return HandledCall(200, results, call)

    async def _item(self, call: Call, item: dict[str, Any], bodies: dict[str, str | None]) -> HandledCall:
        try:
            for name in batches.waits_for(item):
                if bodies.get(name) is None:
                    raise bad_parameter(f"The result of {name}, on which this call depends, is not there")
            one = batches.call_of(call, item, bodies)
        except GraphError as error:
            return self._refused(call, error)
        return await self._one(one)

    async def _one(self, call: Call) -> HandledCall:
        entry = self._state.open_entry(call.method, call.struck_path(), call.struck_out())
        try:
            outcome = await self._with_faults(call, entry)
            self._closed(entry, outcome)
        finally:
            self._state.close_entry(entry)
            self._state.commit()
        return outcome

    def _closed(self, entry: Entry, outcome: HandledCall) -> None:
        if outcome.fault is None:
            entry.status = outcome.status
            error = outcome.body.get("error") if isinstance(outcome.body, dict) else None
            entry.error_code = error.get("code") if isinstance(error, dict) else None
        self._state.close_entry(entry)

    async def _with_faults(self, call: Call, entry: Entry) -> HandledCall:
        if self._state.switches.latency_s:
            await asyncio.sleep(self._state.switches.latency_s)
        struck = self._faults.take(call, "before")
        outcome = await self._struck(call, entry, struck) if struck is not None else None
        if outcome is not None:
            return outcome
        outcome = await self._carried_out(call, entry)
        later = self._faults.take(call, "after_commit") if outcome.status < 400 else None
        if later is not None:
            outcome = await self._struck(call, entry, later) or outcome
        return outcome

    async def _struck(self, call: Call, entry: Entry, order: FaultOrder) -> HandledCall | None:
        """What the fault makes of the call; None when it only was slow."""
        entry.fault = order.kind
        if order.kind == "slow":
            await asyncio.sleep(order.delay_s if order.delay_s is not None else 1.0)
            return None
        if order.kind == "graph_error":
            return self._refused(call, order.error.raised())
        return HandledCall(0, None, call, order)

    async def _carried_out(self, call: Call, entry: Entry) -> HandledCall:
        state = self._state
        state.go_live()
        try:
            body, visible = await self._body(call, entry)
        except GraphError as error:
            return self._refused(call, error)
        state.close_entry(entry)
        state.commit()
        if visible and state.switches.publish_latency_s:
            await asyncio.sleep(state.switches.publish_latency_s)
        return HandledCall(302 if isinstance(body, Moved) else 200, body, call)

    def _refused(self, call: Call, error: GraphError) -> HandledCall:
        switches = self._state.switches
        body = error.body(switches, call.text("locale") or None)
        return HandledCall(error.status(switches), body, call, throttle=error.throttle)

    async def _body(self, call: Call, entry: Entry) -> tuple[Any, bool]:
        """The answer, and whether people can see what the call did."""
        if call.method not in {"GET", "POST", "DELETE"}:
            raise refused_method(call.method)
        if call.path == "oauth/access_token":
            return login.access_token(self._state, call), False
        ask = Ask(self._state, call, tokens.checked(self._state, call), entry.made, lists=nodes.LISTS)
        if call.path == "debug_token" and call.method == "GET":
            return login.debug_token(ask), False
        name, _, edge = call.path.partition("/")
        if call.method == "GET" and "ids" in call.params and not edge:
            return await self._several(ask, name), False
        body = await self._reached(ask, name or ask.call.text("id"), edge)
        return body, ask.visible

    async def _several(self, ask: Ask, edge: str) -> dict[str, Any]:
        """`?ids=a,b` and `/accounts?ids=a,b`: each under its id."""
        names = dict.fromkeys(str(name) for name in ask.call.listed("ids"))
        if not names or len(names) > batches.MOST:
            raise bad_parameter(f"Param ids must be 1 to {batches.MOST} ids")
        params = {name: text for name, text in ask.call.params.items() if name != "ids"}
        return {name: await self._reached(ask.inside(name, edge, params), name, edge) for name in names}

    async def _reached(self, ask: Ask, name: str, edge: str) -> Any:
        wanted(ask.call.fields())  # before anything is done: what cannot be read must not leave a post behind
        method = ask.call.method
        if not name:
            raise GraphError(100, message=f"Unsupported {method.lower()} request. Please read the documentation")
        record = nodes.find(ask, name)
        kind = nodes.KINDS[type(record)]
        if method == "GET":
            return self._read(ask, record, kind, edge)
        write = nodes.WRITES.get((method, kind.name, edge))
        if write is None:
            raise unknown_edge(ask.call, kind, edge)
        if write.makes is not None:
            check_fields(ask, write.makes)
        return answer(ask, await write.work(ask, record))

    def _read(self, ask: Ask, record: Any, kind: Any, edge: str) -> Any:
        nodes.check_read(ask, record)
        if not edge:
            return answer(ask, Ref(kind, record))
        lister = nodes.LISTS.get((kind.name, edge))
        if lister is None and edge in kind.empty_edges:
            return {"data": []}
        if lister is None:
            raise unknown_edge(ask.call, kind, edge)
        result = lister(ask, record)
        return result if isinstance(result, Moved) else answer(ask, result)


def _plain(body: Any) -> Any:
    return {"url": body.url} if isinstance(body, Moved) else body

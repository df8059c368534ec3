"""Handle Graph calls, single or in a batch: read, log, inject faults, dispatch to a handler, and answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from starlette.requests import ClientDisconnect

from araldo.sandbox.common import faults
from araldo.sandbox.common.faults import Fault, FaultQueue
from araldo.sandbox.common.runner import CallRunner, LoggedCall
from araldo.sandbox.common.store import LogEntry
from araldo.sandbox.meta import batches, login, nodes, tokens
from araldo.sandbox.meta.answers import check_requested_fields, render_result
from araldo.sandbox.meta.call_context import CallContext, NodeRef, Redirect
from araldo.sandbox.meta.calls import Call, read_call, read_call_from_query, unsupported_method
from araldo.sandbox.meta.faults import GraphFaultError
from araldo.sandbox.meta.fields import parse_fields
from araldo.sandbox.meta.not_emulated import unknown_edge
from araldo.sandbox.meta.replies import GraphError, bad_parameter, json_response, response_headers
from araldo.sandbox.meta.state import MetaState


@dataclass(slots=True)
class HandledCall:
    """The answer to a call; `fault` replaces it. `body` is JSON or a Redirect."""

    status: int
    body: Any
    call: Call
    fault: Fault | None = None
    throttle: int | None = None
    visible: bool = False

    @property
    def error_code(self) -> int | None:
        error = self.body.get("error") if isinstance(self.body, dict) else None
        return error.get("code") if isinstance(error, dict) else None


class GraphHandler:
    """Answers calls, one by one or in a batch."""

    def __init__(self, state: MetaState, ordered: FaultQueue) -> None:
        self._state = state
        self._faults = ordered

    async def handle(self, request: Request) -> Response:
        try:
            call = await read_call(request)
        except ClientDisconnect:
            return Response(status_code=400)
        except GraphError as error:
            return self._send(self._refuse_unreadable(read_call_from_query(request), error))
        if call.method == "POST" and not call.path and "batch" in call.params:
            return self._send(await self._handle_batch(call))
        return self._send(await self._handle_call(call))

    def _send(self, outcome: HandledCall) -> Response:
        if outcome.fault is not None:
            return faults.response(outcome.fault)
        headers = self._headers(outcome)
        if isinstance(outcome.body, Redirect):
            return Response(status_code=302, headers=headers | {"Location": outcome.body.url})
        quiet = outcome.call.lenient_flag("suppress_http_code", False)
        return json_response(outcome.body, 200 if quiet else outcome.status, headers)

    def _headers(self, outcome: HandledCall) -> dict[str, str]:
        about = outcome.call.path.partition("/")[0]
        return response_headers(outcome.call.version, self._state.switches, outcome.throttle, about)

    def _runner(self, call: Call) -> CallRunner[HandledCall]:
        return CallRunner(self._state.name, self._state.store, self._faults, lambda fault: self._fail(call, fault))

    def _refuse_unreadable(self, call: Call, error: GraphError) -> HandledCall:
        """Log a call that could not be read, and return its error."""
        outcome = self._error_result(call, error)
        runner = self._runner(call)
        runner.log_outcome(runner.open_log_entry(_logged(call)), outcome)
        self._state.commit()
        return outcome

    async def _handle_batch(self, call: Call) -> HandledCall:
        """Handle and log each item as a call of its own; an item that a fault replaces is answered with null."""
        try:
            items = batches.parse_items(call)
        except GraphError as error:
            return self._refuse_unreadable(call, error)
        built_on = set().union(*(batches.dependencies_of(item) for item in items))
        bodies: dict[str, str | None] = {}
        results = []
        for item in items:
            outcome = await self._handle_item(call, item, bodies)
            shown = None
            if outcome.fault is None:
                shown = batches.item_result(outcome.status, self._headers(outcome), _as_json(outcome.body), call)
            name = str(item.get("name") or "")
            if name:
                bodies[name] = shown["body"] if shown is not None and outcome.status == 200 else None
            quiet = batches.omits_response(item, name in built_on)
            results.append(None if quiet and name and bodies[name] is not None else shown)
        return HandledCall(200, results, call)

    async def _handle_item(self, call: Call, item: dict[str, Any], bodies: dict[str, str | None]) -> HandledCall:
        try:
            for name in batches.dependencies_of(item):
                if bodies.get(name) is None:
                    raise bad_parameter(f"The result of {name}, on which this call depends, is not there")
            item_call = batches.build_call(call, item, bodies)
        except GraphError as error:
            return self._error_result(call, error)
        return await self._handle_call(item_call)

    async def _handle_call(self, call: Call) -> HandledCall:
        return await self._runner(call).run(_logged(call), lambda entry: self._execute(call, entry))

    def _fail(self, call: Call, fault: Fault) -> HandledCall:
        if isinstance(fault.error, GraphFaultError):
            return self._error_result(call, fault.error.to_error())
        return HandledCall(0, None, call, fault)

    async def _execute(self, call: Call, entry: LogEntry) -> HandledCall:
        self._state.publish_due_posts()
        try:
            body, visible = await self._compute_answer(call, entry)
        except GraphError as error:
            return self._error_result(call, error)
        return HandledCall(302 if isinstance(body, Redirect) else 200, body, call, visible=visible)

    def _error_result(self, call: Call, error: GraphError) -> HandledCall:
        switches = self._state.switches
        body = error.body(switches, call.text("locale") or None)
        return HandledCall(error.status(switches), body, call, throttle=error.throttle)

    async def _compute_answer(self, call: Call, entry: LogEntry) -> tuple[Any, bool]:
        """Return the answer, and whether the call changed something visible."""
        if call.method not in {"GET", "POST", "DELETE"}:
            raise unsupported_method(call.method)
        if call.path == "oauth/access_token":
            return login.access_token(self._state, call), False
        context = CallContext(
            self._state, call, tokens.require_valid_token(self._state, call), entry.made, lists=nodes.LISTS
        )
        if call.path == "debug_token" and call.method == "GET":
            return login.debug_token(context), False
        name, _, edge = call.path.partition("/")
        if call.method == "GET" and "ids" in call.params and not edge:
            return await self._read_several(context, name), False
        body = await self._dispatch(context, name or context.call.text("id"), edge)
        return body, context.visible

    async def _read_several(self, context: CallContext, edge: str) -> dict[str, Any]:
        """Answer `?ids=a,b` and `/accounts?ids=a,b` with each result under its id."""
        names = dict.fromkeys(str(name) for name in context.call.list_param("ids"))
        if not names or len(names) > batches.MOST:
            raise bad_parameter(f"Param ids must be 1 to {batches.MOST} ids")
        params = {name: text for name, text in context.call.params.items() if name != "ids"}
        return {name: await self._dispatch(context.for_edge(name, edge, params), name, edge) for name in names}

    async def _dispatch(self, context: CallContext, name: str, edge: str) -> Any:
        parse_fields(context.call.fields())  # before any change: an invalid list must not leave a post behind
        method = context.call.method
        if not name:
            raise GraphError(100, message=f"Unsupported {method.lower()} request. Please read the documentation")
        record = nodes.find_record(context, name)
        kind = nodes.KINDS[type(record)]
        if method == "GET":
            return self._read(context, record, kind, edge)
        write = nodes.WRITES.get((method, kind.name, edge))
        if write is None:
            raise unknown_edge(context.call, kind, edge)
        if write.creates is not None:
            check_requested_fields(context, write.creates)
        return render_result(context, await write.handle(context, record))

    def _read(self, context: CallContext, record: Any, kind: Any, edge: str) -> Any:
        nodes.require_read_access(context, record)
        if not edge:
            return render_result(context, NodeRef(kind, record))
        lister = nodes.LISTS.get((kind.name, edge))
        if lister is None and edge in kind.empty_edges:
            return {"data": []}
        if lister is None:
            raise unknown_edge(context.call, kind, edge)
        result = lister(context, record)
        return result if isinstance(result, Redirect) else render_result(context, result)


def _logged(call: Call) -> LoggedCall:
    return LoggedCall(call.method, call.raw_path, call.redacted_path(), call.redacted_params())


def _as_json(body: Any) -> Any:
    return {"url": body.url} if isinstance(body, Redirect) else body

"""The context of a Graph call that every handler gets, and the types that handlers return."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from araldo.sandbox.meta.calls import Call
from araldo.sandbox.meta.fields import RequestedField
from araldo.sandbox.meta.records import App, Token
from araldo.sandbox.meta.state import MetaState
from araldo.sandbox.meta.times import parse_time


@dataclass(slots=True)
class CallContext:
    """One Graph call being handled. `lists`: the readable edges; `made`: the objects that it created, for the log."""

    state: MetaState
    call: Call
    token: Token
    made: list[dict[str, str]] = field(default_factory=list)
    visible: bool = False
    lists: Mapping[tuple[str, str], Lister] = field(default_factory=dict)

    def record_created(self, kind: str, name: str, *, visible: bool = False) -> None:
        """Record a created object; `visible`: people can see it now, so publish_latency_s applies."""
        self.made.append({"kind": kind, "id": name})
        self.visible = self.visible or visible

    @property
    def app(self) -> App:
        return self.state.apps[self.token.app]

    def for_edge(self, name: str, edge: str, modifiers: dict[str, str]) -> CallContext:
        """Return the context for an edge that was requested as a field, with its modifiers as parameters."""
        path = f"{name}/{edge}".strip("/")
        call = Call("GET", f"/{path}", path, self.call.version, modifiers, self.call.token)
        return CallContext(self.state, call, self.token, self.made, self.visible, self.lists)

    def is_listed(self, created: float) -> bool:
        """Whether lists show an object already: they can lag behind what was published."""
        return self.state.now() - created >= self.state.switches.list_lag_s

    def time_filter(self) -> Callable[[float], bool]:
        """Return a list's filter by creation time: `since` and `until` in whole seconds, inclusive, and the lag."""
        now = self.state.now()
        since = parse_time(self.call.text("since"), "since", now)
        until = parse_time(self.call.text("until"), "until", now)
        first = -math.inf if since is None else int(since)
        last = math.inf if until is None else int(until)
        newest = now - self.state.switches.list_lag_s
        return lambda created: created <= newest and first <= int(created) <= last


Getter = Callable[[CallContext, Any, RequestedField], Any]
Lister = Callable[[CallContext, Any], Any]
Writer = Callable[[CallContext, Any], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class NodeKind:
    """A kind of node: its name, its default fields, and a getter for each field (None: leave the field out).

    `empty`: fields and edges of Graph that are never filled here and are left out when requested as fields.
    `empty_edges`: those of them that can be read by a path of their own, as empty lists.
    """

    name: str
    default: tuple[str, ...]
    fields: Mapping[str, Getter]
    empty: frozenset[str] = frozenset()
    empty_edges: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NodeRef:
    """A node in an answer, rendered with the requested fields; `record` may have no id."""

    kind: NodeKind
    record: Any


@dataclass(frozen=True, slots=True)
class EdgeItems:
    """An edge in an answer, in paging order. `named` False: items are rendered without an id."""

    items: Sequence[NodeRef]
    named: bool = True


@dataclass(frozen=True, slots=True)
class WriteResult:
    """The node that a write created, and its plain answer; with `fields` the node is rendered instead."""

    ref: NodeRef
    plain: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Redirect:
    """An answer that redirects to `url`."""

    url: str

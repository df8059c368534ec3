"""What every handler of a Graph call is given, and the nodes that answers are made of."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from araldo.sandbox.calls import Call
from araldo.sandbox.fields import RequestedField
from araldo.sandbox.records import App, Token
from araldo.sandbox.state import State
from araldo.sandbox.times import moment


@dataclass(slots=True)
class Ask:
    """One Graph call at work. `lists`: the edges that can be read; `made`: what it brings into being, for the log."""

    state: State
    call: Call
    token: Token
    made: list[dict[str, str]] = field(default_factory=list)
    visible: bool = False
    lists: Mapping[tuple[str, str], Lister] = field(default_factory=dict)

    def note(self, kind: str, name: str, *, visible: bool = False) -> None:
        """`visible`: people can see it now, so that publish_latency_s applies."""
        self.made.append({"kind": kind, "id": name})
        self.visible = self.visible or visible

    @property
    def app(self) -> App:
        return self.state.apps[self.token.app]

    def inside(self, name: str, edge: str, modifiers: dict[str, str]) -> Ask:
        """The same, for an edge that was asked for as a field: its modifiers are its parameters."""
        path = f"{name}/{edge}".strip("/")
        call = Call("GET", f"/{path}", path, self.call.version, modifiers, self.call.token)
        return Ask(self.state, call, self.token, self.made, self.visible, self.lists)

    def listed_yet(self, created: float) -> bool:
        """Lists can lag behind what was published."""
        return self.state.now() - created >= self.state.switches.list_lag_s

    def period(self) -> Callable[[float], bool]:
        """Build the filter of a list: `since` and `until` in whole seconds, both ends counted in, and the lag."""
        now = self.state.now()
        since = moment(self.call.text("since"), "since", now)
        until = moment(self.call.text("until"), "until", now)
        first = -math.inf if since is None else int(since)
        last = math.inf if until is None else int(until)
        newest = now - self.state.switches.list_lag_s
        return lambda created: created <= newest and first <= int(created) <= last


Getter = Callable[[Ask, Any, RequestedField], Any]
Lister = Callable[[Ask, Any], Any]
Writer = Callable[[Ask, Any], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a node is called, what it answers when not asked, and how each field is read (None: left out).

    `empty` are fields and edges that Graph has and that are never filled here: asked for as fields, they are left
    out. Those of them that can be read by a path of their own are the `empty_edges`: lists without an item.
    """

    name: str
    default: tuple[str, ...]
    fields: Mapping[str, Getter]
    empty: frozenset[str] = frozenset()
    empty_edges: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ref:
    """A node in an answer, shown with the fields that were asked for. `record` without an id: a row."""

    kind: Kind
    record: Any


@dataclass(frozen=True, slots=True)
class Rows:
    """An edge in an answer, in the order in which it is paged. `named` False: rows that show no id."""

    items: Sequence[Ref]
    named: bool = True


@dataclass(frozen=True, slots=True)
class Made:
    """What a write made, and its plain answer; `fields` on the write asks for the node instead."""

    ref: Ref
    plain: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Moved:
    """An answer that leads elsewhere."""

    url: str

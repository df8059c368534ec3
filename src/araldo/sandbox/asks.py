"""What every handler of a Graph call is given, and the nodes that answers are made of."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from araldo.sandbox.calls import Call
from araldo.sandbox.fields import Wanted, cut, wanted
from araldo.sandbox.records import App, Token
from araldo.sandbox.replies import bad_parameter
from araldo.sandbox.state import State


@dataclass(slots=True)
class Ask:
    """One Graph call at work. `made` collects what it brings into being, for the log."""

    state: State
    call: Call
    token: Token
    made: list[dict[str, str]] = field(default_factory=list)
    visible: bool = False

    def note(self, kind: str, name: str, *, visible: bool = False) -> None:
        """`visible`: people can see it now, so that publish_latency_s applies."""
        self.made.append({"kind": kind, "id": name})
        self.visible = self.visible or visible

    @property
    def app(self) -> App:
        return self.state.apps[self.token.app]


Getter = Callable[[Ask, Any, Wanted], Any]
Handler = Callable[[Ask, Any], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a node is called, what it answers when not asked, and how each field is read (None: left out)."""

    name: str
    default: tuple[str, ...]
    fields: Mapping[str, Getter]


@dataclass(frozen=True, slots=True)
class Ref:
    """A node in an answer, shown with the fields that were asked for. `record` None: one row without an id."""

    kind: Kind
    record: Any


@dataclass(frozen=True, slots=True)
class Rows:
    """An edge in an answer, in the order in which it is paged."""

    items: Sequence[Ref]


@dataclass(frozen=True, slots=True)
class Made:
    """What a write made, and its plain answer; `fields` on the write asks for the node instead."""

    ref: Ref
    plain: dict[str, Any]


def show(ask: Ask, ref: Ref, asked: list[Wanted] | None) -> dict[str, Any]:
    """The node with these fields, and its id."""
    out: dict[str, Any] = {}
    for one in asked or [Wanted(name) for name in ref.kind.default]:
        if one.name == "id":
            out["id"] = ref.record.id
            continue
        getter = ref.kind.fields.get(one.name)
        if getter is None:
            raise bad_parameter(f"Tried accessing nonexisting field ({one.name}) on node type ({ref.kind.name})")
        value = _plain(ask, getter(ask, ref.record, one), one)
        if value is not None:
            out[one.modifiers.get("as", one.name)] = value
    if hasattr(ref.record, "id"):
        out.setdefault("id", ref.record.id)
    return out


def _plain(ask: Ask, value: Any, one: Wanted) -> Any:
    if isinstance(value, Ref):
        return show(ask, value, one.inside)
    if isinstance(value, Rows):
        shown = [show(ask, item, one.inside) for item in value.items[: one.limit(25)]]
        return {"data": shown} if shown else None
    return cut(value, one.inside)


def answer(ask: Ask, result: Any) -> Any:
    """A handler's result as JSON."""
    asked = wanted(ask.call.text("fields"))
    if isinstance(result, Made):
        return show(ask, result.ref, asked) if asked else result.plain
    if isinstance(result, Ref):
        return show(ask, result, asked)
    if isinstance(result, Rows):
        return page(ask, result.items, asked)
    return result


def page(ask: Ask, items: Sequence[Ref], asked: list[Wanted] | None) -> dict[str, Any]:
    """One page of an edge, with cursors, and absolute links that carry the token as Meta's do."""
    call = ask.call
    limit = _limit(call.text("limit"))
    names = [item.record.id for item in items]
    start, end = 0, len(items)
    if call.text("after"):
        start = _place(names, call.text("after")) + 1
    if call.text("before"):
        end = _place(names, call.text("before"))
        start = max(0, end - limit)
    window = items[start : min(end, start + limit)]
    data = [show(ask, item, asked) for item in window]
    if not window:
        return {"data": data}
    before, after = (_cursor(item.record.id) for item in (window[0], window[-1]))
    paging: dict[str, Any] = {"cursors": {"before": before, "after": after}}
    if start + len(window) < len(items):
        paging["next"] = _link(ask, after=after)
    if start > 0:
        paging["previous"] = _link(ask, before=before)
    return {"data": data, "paging": paging}


def _limit(text: str) -> int:
    if not text:
        return 25
    if not text.isdigit() or int(text) == 0:
        raise bad_parameter("Param limit must be a positive number")
    return min(int(text), 100)


def _cursor(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")


def _place(names: list[str], cursor: str) -> int:
    try:
        name = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        return names.index(name)
    except ValueError:
        raise bad_parameter("Invalid cursors values") from None


def _link(ask: Ask, **cursor: str) -> str:
    call = ask.call
    params = {name: value for name, value in call.params.items() if name not in {"before", "after"}}
    params["access_token"] = ask.token.id
    return f"{ask.state.public_url}/{call.version}/{call.path}?{urlencode(params | cursor)}"


def moment(text: str, name: str) -> float | None:
    """Unix seconds out of a parameter that is a unix time or ISO 8601; None when it is empty."""
    if not text:
        return None
    if text.lstrip("-").isdigit():
        return float(text)
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise bad_parameter(f"Param {name} must be a time") from None
    return read.replace(tzinfo=read.tzinfo or UTC).timestamp()


def listed_yet(ask: Ask, created: float) -> bool:
    """Lists can lag behind what was published."""
    return ask.state.now() - created >= ask.state.switches.list_lag_s


def within(ask: Ask, created: float) -> bool:
    """Whether it is listed yet, and `since` and `until` let it through, in whole seconds, both ends counted in."""
    if not listed_yet(ask, created):
        return False
    since = moment(ask.call.text("since"), "since")
    until = moment(ask.call.text("until"), "until")
    return (since is None or int(created) >= int(since)) and (until is None or int(created) <= int(until))

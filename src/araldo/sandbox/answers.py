"""Results of handlers as the JSON that goes out: nodes with their fields, edges page by page."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from araldo.sandbox.asks import Ask, Kind, Lister, Made, Ref, Rows
from araldo.sandbox.calls import whole
from araldo.sandbox.fields import RequestedField, cut, wanted
from araldo.sandbox.not_emulated import unknown_field
from araldo.sandbox.replies import bad_parameter

_MOST, _USUAL = 100, 25


def answer(ask: Ask, result: Any) -> Any:
    """A handler's result as JSON."""
    asked = wanted(ask.call.fields())
    if isinstance(result, Made):
        return show(ask, result.ref, asked) if asked else result.plain
    if isinstance(result, Ref):
        shown = show(ask, result, asked)
        return shown | _metadata(result.kind) if ask.call.flag_or("metadata", False) else shown
    if isinstance(result, Rows):
        return page(ask, result, asked)
    return cut(result, asked) if isinstance(result, dict) and isinstance(result.get("data"), list) else result


def show(ask: Ask, ref: Ref, asked: list[RequestedField] | None, *, named: bool = True) -> dict[str, Any]:
    """The node with these fields, and its id."""
    out: dict[str, Any] = {}
    for one in asked or [RequestedField(name) for name in ref.kind.default]:
        if one.name == "id" and named:
            out["id"] = ref.record.id
            continue
        value = _value(ask, ref, one)
        if value is not None:
            out[one.modifiers.get("as") or one.name] = value
    if named:
        out.setdefault("id", ref.record.id)
    return out


def _value(ask: Ask, ref: Ref, one: RequestedField) -> Any:
    getter = ref.kind.fields.get(one.name)
    if getter is not None:
        value = getter(ask, ref.record, one)
        return show(ask, value, one.inside) if isinstance(value, Ref) else cut(value, one.inside)
    lister = ask.lists.get((ref.kind.name, one.name))
    if lister is not None:
        return _edge(ask, ref, one, lister)
    if one.name in ref.kind.empty:
        return None
    raise unknown_field(ask.call, ref.kind, one.name)


def _edge(ask: Ask, ref: Ref, one: RequestedField, lister: Lister) -> Any:
    """An edge inside a node; left out when it is empty."""
    fields = {"fields": ",".join(map(str, one.inside))} if one.inside else {}
    inner = ask.inside(ref.record.id, one.name, one.modifiers | fields)
    result = lister(inner, ref.record)
    if not isinstance(result, Rows):
        return cut(result, one.inside)
    shown = page(inner, result, one.inside)
    return shown if shown["data"] or "summary" in shown else None


def check_fields(ask: Ask, kind: Kind) -> None:
    """Before a write: what cannot be shown afterwards must not leave anything behind."""
    for one in wanted(ask.call.fields()) or []:
        known = one.name in kind.fields or one.name in kind.empty or (kind.name, one.name) in ask.lists
        if one.name != "id" and not known:
            raise unknown_field(ask.call, kind, one.name)


def _metadata(kind: Kind) -> dict[str, Any]:
    return {"metadata": {"type": kind.name.lower(), "fields": [{"name": name} for name in ("id", *kind.fields)]}}


def page(ask: Ask, rows: Rows, asked: list[RequestedField] | None) -> dict[str, Any]:
    """One page of an edge, with cursors, and absolute links that carry the token as Meta's do."""
    call, items = ask.call, rows.items
    limit = _limit(call.text("limit"))
    names = [item.record.id for item in items]
    start, end = 0, len(items)
    if call.text("after"):
        start = _place(names, call.text("after")) + 1
    if call.text("before"):
        end = _place(names, call.text("before"))
        start = max(0, end - limit)
    window = items[start : min(end, start + limit)]
    out: dict[str, Any] = {"data": [show(ask, item, asked, named=rows.named) for item in window]}
    if window:
        out["paging"] = _paging(ask, window, more=start + len(window) < len(items), earlier=start > 0)
    # It may also name the fields of the summary.
    if "summary" in call.params and call.flag_or("summary", True):
        out["summary"] = {"total_count": len(items)}
    return out


def _paging(ask: Ask, window: Sequence[Ref], *, more: bool, earlier: bool) -> dict[str, Any]:
    before, after = (_cursor(item.record.id) for item in (window[0], window[-1]))
    paging: dict[str, Any] = {"cursors": {"before": before, "after": after}}
    if more:
        paging["next"] = _link(ask, after=after)
    if earlier:
        paging["previous"] = _link(ask, before=before)
    return paging


def _limit(text: str) -> int:
    if not text:
        return _USUAL
    asked = whole(text)
    if asked is None or asked < 0:
        raise bad_parameter("Param limit must be a whole number that is not negative")
    return min(asked, _MOST)


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

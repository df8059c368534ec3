"""Render handlers' results as JSON: nodes with their requested fields, edges page by page."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from araldo.sandbox.meta.call_context import CallContext, EdgeItems, Lister, NodeKind, NodeRef, WriteResult
from araldo.sandbox.meta.calls import parse_whole_number
from araldo.sandbox.meta.fields import RequestedField, parse_fields, select_fields
from araldo.sandbox.meta.not_emulated import unknown_field
from araldo.sandbox.meta.replies import bad_parameter

_MOST, _USUAL = 100, 25


def render_result(context: CallContext, result: Any) -> Any:
    """Render a handler's result as JSON."""
    asked = parse_fields(context.call.fields())
    if isinstance(result, WriteResult):
        return render_node(context, result.ref, asked) if asked else result.plain
    if isinstance(result, NodeRef):
        shown = render_node(context, result, asked)
        return shown | _metadata(result.kind) if context.call.lenient_flag("metadata", False) else shown
    if isinstance(result, EdgeItems):
        return render_page(context, result, asked)
    return select_fields(result, asked) if isinstance(result, dict) and isinstance(result.get("data"), list) else result


def render_node(
    context: CallContext, ref: NodeRef, asked: list[RequestedField] | None, *, named: bool = True
) -> dict[str, Any]:
    """Render a node with these fields and its id."""
    out: dict[str, Any] = {}
    for requested in asked or [RequestedField(name) for name in ref.kind.default]:
        if requested.name == "id" and named:
            out["id"] = ref.record.id
            continue
        value = _render_field(context, ref, requested)
        if value is not None:
            out[requested.modifiers.get("as") or requested.name] = value
    if named:
        out.setdefault("id", ref.record.id)
    return out


def _render_field(context: CallContext, ref: NodeRef, requested: RequestedField) -> Any:
    getter = ref.kind.fields.get(requested.name)
    if getter is not None:
        value = getter(context, ref.record, requested)
        return (
            render_node(context, value, requested.inside)
            if isinstance(value, NodeRef)
            else select_fields(value, requested.inside)
        )
    lister = context.lists.get((ref.kind.name, requested.name))
    if lister is not None:
        return _render_edge(context, ref, requested, lister)
    if requested.name in ref.kind.empty:
        return None
    raise unknown_field(context.call, ref.kind, requested.name)


def _render_edge(context: CallContext, ref: NodeRef, requested: RequestedField, lister: Lister) -> Any:
    """Render an edge inside a node; None when it is empty, which leaves it out."""
    fields = {"fields": ",".join(map(str, requested.inside))} if requested.inside else {}
    inner = context.for_edge(ref.record.id, requested.name, requested.modifiers | fields)
    result = lister(inner, ref.record)
    if not isinstance(result, EdgeItems):
        return select_fields(result, requested.inside)
    shown = render_page(inner, result, requested.inside)
    return shown if shown["data"] or "summary" in shown else None


def check_requested_fields(context: CallContext, kind: NodeKind) -> None:
    """Validate the requested fields before a write, so that an unknown one changes nothing."""
    for requested in parse_fields(context.call.fields()) or []:
        known = (
            requested.name in kind.fields
            or requested.name in kind.empty
            or (kind.name, requested.name) in context.lists
        )
        if requested.name != "id" and not known:
            raise unknown_field(context.call, kind, requested.name)


def _metadata(kind: NodeKind) -> dict[str, Any]:
    return {"metadata": {"type": kind.name.lower(), "fields": [{"name": name} for name in ("id", *kind.fields)]}}


def render_page(context: CallContext, rows: EdgeItems, asked: list[RequestedField] | None) -> dict[str, Any]:
    """Render one page of an edge, with cursors and absolute links that contain the token, as Meta's do."""
    call, items = context.call, rows.items
    limit = _limit(call.text("limit"))
    names = [item.record.id for item in items]
    start, end = 0, len(items)
    if call.text("after"):
        start = _cursor_position(names, call.text("after")) + 1
    if call.text("before"):
        end = _cursor_position(names, call.text("before"))
        start = max(0, end - limit)
    window = items[start : min(end, start + limit)]
    out: dict[str, Any] = {"data": [render_node(context, item, asked, named=rows.named) for item in window]}
    if window:
        out["paging"] = _paging(context, window, more=start + len(window) < len(items), earlier=start > 0)
    # `summary` may also be a list of fields.
    if "summary" in call.params and call.lenient_flag("summary", True):
        out["summary"] = {"total_count": len(items)}
    return out


def _paging(context: CallContext, window: Sequence[NodeRef], *, more: bool, earlier: bool) -> dict[str, Any]:
    before, after = (_cursor(item.record.id) for item in (window[0], window[-1]))
    paging: dict[str, Any] = {"cursors": {"before": before, "after": after}}
    if more:
        paging["next"] = _link(context, after=after)
    if earlier:
        paging["previous"] = _link(context, before=before)
    return paging


def _limit(text: str) -> int:
    if not text:
        return _USUAL
    asked = parse_whole_number(text)
    if asked is None or asked < 0:
        raise bad_parameter("Param limit must be a whole number that is not negative")
    return min(asked, _MOST)


def _cursor(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")


def _cursor_position(names: list[str], cursor: str) -> int:
    try:
        name = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        return names.index(name)
    except ValueError:
        raise bad_parameter("Invalid cursors values") from None


def _link(context: CallContext, **cursor: str) -> str:
    call = context.call
    params = {name: value for name, value in call.params.items() if name not in {"before", "after"}}
    params["access_token"] = context.token.id
    return f"{context.state.public_url}/{call.version}/{call.path}?{urlencode(params | cursor)}"

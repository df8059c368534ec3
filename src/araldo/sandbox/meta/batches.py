"""Parse batch calls: their items, and references in an item to the answers of earlier items."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from araldo.sandbox.meta.calls import VERSION, Call, make_call
from araldo.sandbox.meta.parameters import as_params, from_pairs, read_json
from araldo.sandbox.meta.replies import GraphError, bad_parameter

MOST = 50
# {result=NAME:$.data.*.id}: a JSONPath of dots, stars and indexes into the named item's body.
_REFERENCE = re.compile(r"\{result=([\w-]+):\$((?:\.\.?[\w*-]+|\[\d{1,4}\]|\[\*\])+)\}", re.ASCII)
_STEP = re.compile(r"(\.\.?)([\w*-]+)|\[(\d{1,4}|\*)\]", re.ASCII)


def parse_items(call: Call) -> list[dict[str, Any]]:
    """Return the items of a batch, 50 at most."""
    try:
        items = read_json(call.required("batch"))
    except ValueError:
        raise bad_parameter("Invalid JSON for batch") from None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise bad_parameter("batch must be an array of requests")
    if len(items) > MOST:
        raise GraphError(100, message=f"Too many requests in batch message. Maximum batch size is {MOST}")
    return items


def build_call(call: Call, item: Mapping[str, Any], earlier: Mapping[str, str | None]) -> Call:
    """Build the call of an item; `earlier` has the bodies of the named items before it.

    :raises GraphError: for a body that cannot be read, or a reference to an answer that is none.
    """
    path, _, query = _fill_references(str(item.get("relative_url", "")), earlier).partition("?")
    params = from_pairs(parse_qsl(query, keep_blank_values=True)) | _body(item.get("body"), earlier)
    for inherited in ("access_token", "appsecret_proof"):
        if inherited in call.params and "access_token" not in params:
            params[inherited] = call.params[inherited]
    names = [name.strip() for name in str(item.get("attached_files") or "").split(",") if name.strip()]
    attached = next((call.files[name] for name in names if name in call.files), None)
    files = {} if attached is None else {"source": attached}
    raw_path = "/" + unquote(path).lstrip("/")
    if not VERSION.match(raw_path):
        raw_path = f"/{call.version}{raw_path}"
    made = make_call(str(item.get("method") or "GET").upper(), raw_path, params, None, files)
    made.token = made.token or call.token
    return made


def _body(body: Any, earlier: Mapping[str, str | None]) -> dict[str, str]:
    if isinstance(body, dict):
        return as_params(body)
    return from_pairs(parse_qsl(_fill_references(str(body or ""), earlier), keep_blank_values=True))


def _fill_references(text: str, earlier: Mapping[str, str | None]) -> str:
    return _REFERENCE.sub(lambda found: _resolve_reference(found.group(1), found.group(2), earlier), text)


def _resolve_reference(name: str, path: str, earlier: Mapping[str, str | None]) -> str:
    """Return the values that a JSONPath leads to, joined by commas."""
    body = earlier.get(name)
    if body is None:
        raise bad_parameter(f"Invalid parameter: the result of {name} is not there")
    values = [json.loads(body)]
    for step in _STEP.finditer(path):
        dots, key, index = step.groups()
        values = [
            found
            for value in values
            for found in (_descend(value, key) if dots == ".." else _step_into(value, key or index))
        ]
    return ",".join(value if isinstance(value, str) else json.dumps(value) for value in values)


def _step_into(value: Any, key: str) -> list[Any]:
    if isinstance(value, list):
        if key == "*":
            return value
        return value[int(key) : int(key) + 1] if key.isdecimal() else []
    if isinstance(value, dict):
        return list(value.values()) if key == "*" else [value[key]] if key in value else []
    return []


def _descend(value: Any, key: str) -> list[Any]:
    found = _step_into(value, key)
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return found + [match for inner in below for match in _descend(inner, key)]


def dependencies_of(item: Mapping[str, Any]) -> set[str]:
    """Return the names of the items that this one depends on."""
    explicit = {item["depends_on"]} if isinstance(item.get("depends_on"), str) else set()
    texts = f"{item.get('relative_url', '')} {item.get('body', '')}"
    return explicit | {found.group(1) for found in _REFERENCE.finditer(texts)}


def omits_response(item: Mapping[str, Any], default: bool) -> bool:
    """Whether the item wants no answer when it succeeds; the flag may be JSON or text."""
    name = "omit_response_on_success"
    return Call("GET", "", "", "", as_params({name: item.get(name)})).lenient_flag(name, default)


def item_result(status: int, headers: Mapping[str, str], body: Any, call: Call) -> dict[str, Any]:
    """Return the item's entry in the batch's answer."""
    answer: dict[str, Any] = {"code": status, "body": json.dumps(body)}
    if call.lenient_flag("include_headers", True):
        all_headers = {"Content-Type": "application/json; charset=UTF-8"} | dict(headers)
        answer["headers"] = [{"name": name, "value": value} for name, value in all_headers.items()]
    return answer

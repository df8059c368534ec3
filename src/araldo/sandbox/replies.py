"""How the Graph answers: its error envelope, and objects cut to the fields that were asked for."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from araldo.sandbox.state import Thing

Fields = dict[str, "Fields"]


class GraphError(Exception):
    """An error as Meta words it; optional keys are left out, not null."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        subcode: int | None = None,
        kind: str = "OAuthException",
        status: int | None = None,
        title: str | None = None,
        said: str | None = None,
        transient: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status or _status(code)
        self.body: Thing = {"message": message, "type": kind, "code": code}
        optional = {
            "error_subcode": subcode,
            "is_transient": transient,
            "error_user_title": title,
            "error_user_msg": said,
        }
        self.body |= {name: value for name, value in optional.items() if value is not None}
        self.body["fbtrace_id"] = "A" + secrets.token_urlsafe(16)

    def as_json(self) -> Thing:
        return {"error": self.body}


def _status(code: int) -> int:
    if code in {1, 2}:
        return 500
    return 403 if code == 10 or 200 <= code < 300 else 400


def nothing_there(object_id: str, method: str = "get") -> GraphError:
    """What is said of what does not exist, and of what may not be seen."""
    return GraphError(
        100,
        f"Unsupported {method.lower()} request. Object with ID '{object_id}' does not exist, cannot be loaded due to"
        " missing permissions, or does not support this operation. Please read the Graph API documentation at"
        " https://developers.facebook.com/docs/graph-api",
        subcode=33,
        kind="GraphMethodException",
    )


def parse_fields(text: str) -> Fields:
    """`id,a{b,c},d.limit(3){e}` as nested dicts; modifiers are read over."""
    fields: Fields = {}
    stack = [fields]
    name, depth = "", 0
    for letter in text + ",":
        if letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
        elif depth:
            continue
        elif letter == "{":
            stack.append(_opened(stack[-1], name))
            name = ""
        elif letter in ",}":
            _opened(stack[-1], name)
            name = ""
            if letter == "}" and len(stack) > 1:
                stack.pop()
        else:
            name += letter
    return fields


def _opened(fields: Fields, name: str) -> Fields:
    bare = name.strip().split(".")[0]
    return fields.setdefault(bare, {}) if bare else {}


def pick(thing: Any, fields: Fields, default: Sequence[str] = ("id",)) -> Any:
    """The fields asked for, those that exist; `id` always. Without fields the object's default ones."""
    if isinstance(thing, list):
        return [pick(one, fields, default) for one in thing]
    if not isinstance(thing, Mapping):
        return thing
    if set(thing) <= {"data", "paging"} and "data" in thing:
        return {**thing, "data": pick(thing["data"], fields, default)}
    wanted: Iterable[str] = fields or [name for name in thing if name in default or not default]
    picked = {
        name: pick(thing[name], fields.get(name, {}), ())
        for name in wanted
        if name in thing and thing[name] is not None
    }
    return {**picked, "id": thing["id"]} if "id" in thing else picked


def page_of(things: Sequence[Thing], params: Mapping[str, str], url: str) -> tuple[list[Thing], Thing]:
    """A page by cursor, and its `paging`; cursors are positions, which is all that a client may not rely on."""
    limit = min(100, max(1, _whole(params.get("limit"), 25)))
    start = _whole(params.get("after"), 0)
    cut = list(things[start : start + limit])
    if not cut:
        return [], {}
    paging: Thing = {"cursors": {"before": str(start), "after": str(start + len(cut))}}
    if start + limit < len(things):
        query = {**{name: value for name, value in params.items() if name != "after"}, "after": str(start + limit)}
        paging["next"] = f"{url}?{urlencode(query)}"
    return cut, {"paging": paging}


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdigit() else otherwise


def truth(text: str | None, otherwise: bool) -> bool:
    return otherwise if text is None else text.lower() in {"true", "1"}

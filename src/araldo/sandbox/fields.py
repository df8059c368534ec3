"""Which fields were asked for, and the answer cut to that: `fields=a,b{c,d},e.limit(2){f}`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from araldo.sandbox.replies import GraphError


@dataclass(slots=True)
class Wanted:
    """One field, its modifiers (`limit`, `type`, `as`...) and what is wanted inside of it; None: the defaults."""

    name: str
    modifiers: dict[str, str] = field(default_factory=dict)
    inside: list[Wanted] | None = None

    def limit(self, default: int) -> int:
        text = self.modifiers.get("limit", "")
        return int(text) if text.isdigit() else default


def wanted(text: str) -> list[Wanted] | None:
    """The parsed list; None for an empty one.

    :raises GraphError: 2500 when brackets do not match.
    """
    if not text.strip():
        return None
    reader = _Reader(text)
    fields = reader.fields()
    if reader.rest():
        raise _syntax(reader.rest())
    return fields


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = "".join(text.split())
        self._at = 0

    def rest(self) -> str:
        return self._text[self._at :]

    def fields(self) -> list[Wanted]:
        found = [self._field()]
        while self._take(","):
            if self.rest()[:1] in {"", "}"}:  # a comma at the end is forgiven, as at Meta
                break
            found.append(self._field())
        return found

    def _field(self) -> Wanted:
        made = Wanted(self._name())
        while self._take("."):
            modifier = self._name()
            made.modifiers[modifier] = self._until(")") if self._take("(") else ""
        if self._take("{"):
            made.inside = self.fields()
            self._until("}")
        return made

    def _name(self) -> str:
        start = self._at
        while self._at < len(self._text) and (self._text[self._at].isalnum() or self._text[self._at] == "_"):
            self._at += 1
        if start == self._at:
            raise _syntax(self.rest())
        return self._text[start : self._at]

    def _take(self, sign: str) -> bool:
        if not self.rest().startswith(sign):
            return False
        self._at += 1
        return True

    def _until(self, sign: str) -> str:
        end = self._text.find(sign, self._at)
        if end < 0 or (sign == "}" and end != self._at):
            raise _syntax(self.rest())
        found = self._text[self._at : end]
        self._at = end + 1
        return found


def _syntax(where: str) -> GraphError:
    near = where[:20] or "end of string"
    return GraphError(2500, message=f"Syntax error in the fields parameter near: {near}")


def cut(value: Any, inside: Iterable[Wanted] | None) -> Any:
    """A plain value with only the wanted keys; through lists, and through {"data": [...]} as through a list."""
    if inside is None:
        return value
    if isinstance(value, list):
        return [cut(item, inside) for item in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("data"), list):
        return value | {"data": [cut(item, inside) for item in value["data"]]}
    return {one.name: cut(value[one.name], one.inside) for one in inside if one.name in value}

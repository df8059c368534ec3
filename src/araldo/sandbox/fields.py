"""Which fields were asked for, and the answer cut to that: `fields=a,b{c,d},e.limit(2){f}`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from araldo.sandbox.replies import GraphError

_DEEPEST = 20


@dataclass(slots=True)
class RequestedField:
    """One field, its modifiers (`limit`, `type`, `as`...) and what is wanted inside of it; None: the defaults."""

    name: str
    modifiers: dict[str, str] = field(default_factory=dict)
    inside: list[RequestedField] | None = None

    def __str__(self) -> str:
        """As it would be asked for again, in a link to the next page."""
        modifiers = "".join(f".{name}({value})" if value else f".{name}" for name, value in self.modifiers.items())
        return f"{self.name}{modifiers}" + (f"{{{','.join(map(str, self.inside))}}}" if self.inside else "")


def wanted(text: str) -> list[RequestedField] | None:
    """The parsed list; None for an empty one.

    :raises GraphError: 2500 when brackets do not match, or are nested beyond all sense.
    """
    if not text.strip():
        return None
    reader = _Reader(text)
    fields = reader.fields(_DEEPEST)
    if reader.rest():
        raise _syntax(reader.rest())
    return fields


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = "".join(text.split())
        self._at = 0

    def rest(self) -> str:
        return self._text[self._at :]

    def fields(self, deepest: int) -> list[RequestedField]:
        if deepest == 0:
            raise _syntax(self.rest())
        found = [self._field(deepest)]
        while self._take(","):
            if self._at == len(self._text) or self._text[self._at] == "}":  # forgiven at the end, as at Meta
                break
            found.append(self._field(deepest))
        return found

    def _field(self, deepest: int) -> RequestedField:
        made = RequestedField(self._name())
        self._modifiers(made)
        if self._take("{"):
            made.inside = self.fields(deepest - 1)
            self._until("}")
            self._modifiers(made)
        return made

    def _modifiers(self, made: RequestedField) -> None:
        while self._take("."):
            modifier = self._name()
            made.modifiers[modifier] = self._until(")") if self._take("(") else ""

    def _name(self) -> str:
        start = self._at
        while self._at < len(self._text) and (self._text[self._at].isalnum() or self._text[self._at] == "_"):
            self._at += 1
        if start == self._at:
            raise _syntax(self.rest())
        return self._text[start : self._at]

    def _take(self, sign: str) -> bool:
        if not self._text.startswith(sign, self._at):
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


def cut(value: Any, inside: Iterable[RequestedField] | None) -> Any:
    """A plain value with only the wanted keys; through lists, and through {"data": ...} as well."""
    if inside is None:
        return value
    if isinstance(value, list):
        return [cut(item, inside) for item in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("data"), list | dict):
        return value | {"data": cut(value["data"], inside)}
    return {one.name: cut(value[one.name], one.inside) for one in inside if one.name in value}

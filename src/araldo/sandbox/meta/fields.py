"""Parse the parameter `fields`, as in `fields=a,b{c,d},e.limit(2){f}`, and reduce answers to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from araldo.sandbox.meta.replies import GraphError

_DEEPEST = 20


@dataclass(slots=True)
class RequestedField:
    """A requested field, its modifiers (`limit`, `type`, `as`...) and its subfields; None: the defaults."""

    name: str
    modifiers: dict[str, str] = field(default_factory=dict)
    inside: list[RequestedField] | None = None

    def __str__(self) -> str:
        """Return the field as it is written in a request, for the link to the next page."""
        modifiers = "".join(f".{name}({value})" if value else f".{name}" for name, value in self.modifiers.items())
        return f"{self.name}{modifiers}" + (f"{{{','.join(map(str, self.inside))}}}" if self.inside else "")


def parse_fields(text: str) -> list[RequestedField] | None:
    """Parse a list of fields; None for an empty text.

    :raises GraphError: 2500 when brackets do not match or are nested too deep.
    """
    if not text.strip():
        return None
    reader = _FieldParser(text)
    fields = reader.fields(_DEEPEST)
    if reader.rest():
        raise _syntax(reader.rest())
    return fields


class _FieldParser:
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


def select_fields(value: Any, inside: Iterable[RequestedField] | None) -> Any:
    """Reduce a JSON value to the requested keys, also inside lists and {"data": ...}."""
    if inside is None:
        return value
    if isinstance(value, list):
        return [select_fields(item, inside) for item in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("data"), list | dict):
        return value | {"data": select_fields(value["data"], inside)}
    return {
        requested.name: select_fields(value[requested.name], requested.inside)
        for requested in inside
        if requested.name in value
    }

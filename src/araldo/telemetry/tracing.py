"""Spans and the context of a trace, as the rest of the code sees them."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Literal, Protocol

SpanKind = Literal["server", "client", "internal"]
Attributes = Mapping[str, str | int]

# The W3C `traceparent` of the request or job that runs; recorded with events, so that a later job can continue it.
trace_parent: ContextVar[str | None] = ContextVar("trace_parent", default=None)


class Span(Protocol):
    """One span, current from `start` to `end`, which are called in the same task."""

    def start(self) -> None: ...

    def end(self, error: BaseException | None, attributes: Attributes, name: str | None = None) -> None:
        """End it, failed when there is an error; `name` replaces the one that it began with."""
        ...


class Tracing(Protocol):
    """Makes the spans of one process."""

    def span(
        self, name: str, kind: SpanKind, attributes: Attributes, *, is_root: bool = False, parent: str | None = None
    ) -> Span:
        """Return a span within the current one. `is_root`: `trace_parent` names it; `parent`: what it continues."""
        ...

    def close(self) -> None:
        """Export what is left, for 3 s at most. Blocks."""
        ...

"""Messages on the terminal, in its language, and the set-up of logging."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

from araldo.messages import Language, Message, machine_language
from araldo.redaction import redact


def terminal_language() -> Language:
    return machine_language()


def print_message(message: Message, **values: object) -> None:
    print(message.with_values(**values).to(terminal_language()), flush=True)  # noqa: T201 - the terminal is what this is for


def print_error(message: Message, **values: object) -> None:
    print(message.with_values(**values).to(terminal_language()), file=sys.stderr, flush=True)  # noqa: T201 - as above


def _redact_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: redact(value) if isinstance(value, str) else value for name, value in event.items()}


def _put_first(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put what a person looks for first at the beginning of the line."""
    return {name: event[name] for name in ("timestamp", "level", "event") if name in event} | dict(event)


def set_up_logging(level: str) -> None:
    """Log to standard error: one JSON object per line, or coloured text on a terminal."""
    # Imported here, because every command imports this module, also those that log nothing.
    import structlog

    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    last: list[Any] = [structlog.processors.JSONRenderer(ensure_ascii=False)]
    if sys.stderr.isatty():
        last = [structlog.dev.ConsoleRenderer()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redact_event,
            _put_first,
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr, format="%(name)s: %(message)s")

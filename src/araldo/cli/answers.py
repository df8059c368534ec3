"""Answers to a connect method's fields: from the command line, the environment, the terminal or standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from getpass import getpass

from araldo.console import terminal_language
from araldo.errors import UserError
from araldo.messages import Message
from araldo.platforms.service import ConnectMethod, Field

_VARIABLE = "ARALDO_ANSWER_{}"


def collect_answers(
    method: ConnectMethod, given: Sequence[str], environment: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Return the answers to the method's fields. Those without a default that nobody gave are asked for in order.

    Raises UserError for a `given` that is not NAME=VALUE, names no field, or answers a secret one: others on this
    machine can read a process's arguments.
    """
    answers = _parse(method, given)
    for field in method.fields:
        variable = environment.get(_VARIABLE.format(field.name.upper()))
        if variable is not None:
            answers.setdefault(field.name, variable)
        if field.name not in answers and (field.required and not field.default):
            answers[field.name] = _ask(field)
    return answers


def _parse(method: ConnectMethod, given: Sequence[str]) -> dict[str, str]:
    fields = {field.name: field for field in method.fields}
    answers = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or name not in fields:
            # Not repeated as a whole: it may hold a secret.
            raise UserError(Message("answers.not_a_field", {"name": name[:40], "known": ", ".join(fields) or "-"}))
        if fields[name].type == "secret":
            variable = _VARIABLE.format(name.upper())
            raise UserError(Message("answers.secret_argument", {"name": name, "variable": variable}))
        answers[name] = value
    return answers


def _ask(field: Field) -> str:
    """Ask in the terminal, without echo for a secret; else read one line from standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    language = terminal_language()
    if field.type == "secret":
        return getpass(Message("answers.ask_hidden", {"label": field.label}).to(language)).strip()
    return input(Message("answers.ask", {"label": field.label}).to(language)).strip()

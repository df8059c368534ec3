"""The answers to a connect method's fields: checked, completed by defaults, secrets never repeated. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from araldo.errors import PostInvalid, Problem
from araldo.messages import Message
from araldo.platforms.service import ConnectMethod, Field


def read_answers(method: ConnectMethod, answers: Mapping[str, str]) -> dict[str, str]:
    """Return one answer for each field, "" for an optional one without. Raises PostInvalid, a problem a field."""
    known = {field.name for field in method.fields}
    problems = [
        Problem(f"/answers/{name}", "unknown_field", Message("connect_form.unknown_field", {"name": name}))
        for name in answers
        if name not in known
    ]
    complete = {field.name: answers.get(field.name, "").strip() or field.default for field in method.fields}
    problems += [problem for field in method.fields if (problem := _problem_of(field, complete[field.name]))]
    if problems:
        raise PostInvalid(problems)
    return complete


def _problem_of(field: Field, answer: str) -> Problem | None:
    at = f"/answers/{field.name}"
    if not answer and field.required:
        return Problem(at, "missing", Message("connect_form.missing", {"label": field.label}))
    if len(answer) > field.length_max:
        too_long = Message("connect_form.too_long", {"label": field.label, "count": field.length_max})
        return Problem(at, "too_long", too_long)
    return None

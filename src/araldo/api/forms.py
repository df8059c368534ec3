"""Forms with a file: fields that would be ignored are refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from starlette.datastructures import FormData

from araldo.api.requests import repeated_field, unknown_field
from araldo.errors import PostInvalid


def require_known_fields(form: FormData, known: Collection[str]) -> None:
    """Raise PostInvalid for a field that would be ignored: an unknown or a repeated one."""
    counted = Counter(name for name, _ in form.multi_items())
    problems = [unknown_field([name], known) for name in counted if name not in known]
    problems += [repeated_field([name]) for name, count in counted.items() if name in known and count > 1]
    if problems:
        raise PostInvalid(problems)

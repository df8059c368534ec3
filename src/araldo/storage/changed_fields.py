"""The columns that a change writes, from a row before and after it."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Row = TypeVar("Row", bound="DataclassInstance")


def changed_fields(before: Row, after: Row) -> dict[str, Any]:
    """Return the fields in which two values of one dataclass differ, as `after` has them."""
    names = [field.name for field in fields(after)]
    return {name: getattr(after, name) for name in names if getattr(after, name) != getattr(before, name)}

"""Types of field that requests share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime, Field, PlainSerializer
from pydantic_core import PydanticCustomError


def writable(text: str) -> str:
    """PostgreSQL stores no NUL, and no database an unpaired surrogate; better said here than failed there."""
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise PydanticCustomError("unwritable_text", "text with characters that cannot be stored")
    return text


DryRun = Annotated[bool, Query(description="Check everything, change nothing: the answer says what stands in the way.")]
CleanText = Annotated[str, AfterValidator(writable)]
Shapes = Annotated[
    dict[CleanText, Annotated[CleanText, Field(max_length=20)]],
    Field(max_length=50, description="By platform, the ratio of its picture: one of its `shapes` in /platforms."),
]


def rfc3339(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


Instant = Annotated[AwareDatetime, PlainSerializer(rfc3339, when_used="json")]

"""The preparation of an import: the file is read, and every row validated."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Literal

from araldo.api.dependencies import AppDependencies
from araldo.api.import_run import RunningImport
from araldo.api.providers import require_provider
from araldo.errors import PostInvalid, Problem, TooLarge
from araldo.messages import Language
from araldo.posts.importing.rows import Import, read_import
from araldo.posts.importing.times import DayOrder
from araldo.posts.rules import NO_PICTURES, NewPost
from araldo.tables.models import TableUnreadable
from araldo.tables.read import read_table
from araldo.workflows.posts.authorization import require_intent_permission
from araldo.workspaces.models import Caller


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """`key`: the Idempotency-Key with which each row is imported once."""

    intent: Literal["draft", "schedule"] = "draft"
    image_provider: str = "auto"
    day_order: Literal["day_first", "month_first"] | None = None
    dry_run: bool = False
    key: str | None = None


async def prepare_import(
    deps: AppDependencies, caller: Caller, data: bytes, choices: ImportChoices, language: Language
) -> RunningImport:
    """Read the file and validate its rows; nothing is stored. Raises UserError for what keeps all rows back."""
    require_intent_permission(caller.permissions, choices.intent)
    if choices.image_provider != NO_PICTURES:
        require_provider(deps, choices.image_provider, "/image_provider")
    found = await asyncio.to_thread(_read_rows, data, deps, caller, choices)
    rows = [replace(row, new=_with_provider(row.new, choices.image_provider)) for row in found.rows]
    validated = await deps.post_importer.validate(caller.workspace, rows, deps.clock.now())
    variant = f"{choices.intent}\n{choices.image_provider}"
    return RunningImport(deps, caller, found, validated, language, choices.key, variant, choices.dry_run)


def _read_rows(data: bytes, deps: AppDependencies, caller: Caller, choices: ImportChoices) -> Import:
    try:
        table = read_table(data)
    except TableUnreadable as unreadable:
        if unreadable.code == "file_too_large":
            raise TooLarge(unreadable.message) from unreadable
        raise PostInvalid([Problem("/file", unreadable.code, unreadable.message)]) from unreadable
    return read_import(
        table,
        deps.declarations,
        intent=choices.intent,
        default_zone=caller.workspace.zone,
        default_order=DayOrder(choices.day_order) if choices.day_order else DayOrder.UNKNOWN,
    )


def _with_provider(new: NewPost, image_provider: str) -> NewPost:
    return replace(new, image_provider=image_provider, makes_pictures=image_provider != NO_PICTURES)

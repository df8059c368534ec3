"""The run of an import: each row's outcome, or what a dry run finds, as the API answers it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Literal

from pydantic import BaseModel

from araldo.api.dependencies import AppDependencies
from araldo.api.events import format_model_event
from araldo.api.fields import Instant
from araldo.api.idempotent import idempotent
from araldo.errors import Problem, UserError
from araldo.messages import Language
from araldo.posts.importing.rows import Import
from araldo.storage.idempotency import IdempotentRequest
from araldo.workflows.posts.importing import RowResult, ValidatedRow, problems_of
from araldo.workspaces.models import Caller

_TITLE_MAX = 80
_ROUTE = "/api/v1/posts/import"
# Rows that are created in one transaction: it has to be short, because on SQLite others wait for it.
_SLICE = 25
_Row = tuple[ValidatedRow, IdempotentRequest | None]
RowStatus = Literal["valid", "invalid", "imported", "already_imported"]


class RowProblem(BaseModel):
    """`column`: as the file names it; null when the file has no such column."""

    column: str | None
    code: str
    detail: str
    platform: str | None
    suggestions: list[str]


class ImportedRow(BaseModel):
    """`row`: its number in the file, with the row of names as 1. `title`: the text's first line.

    `status`: `already_imported` with the same Idempotency-Key, as the post `post_id`, which a dry run says as well;
    `invalid`: nothing was made.
    """

    row: int
    title: str
    status: RowStatus
    post_id: str | None
    intent: Literal["draft", "schedule"]
    schedule_time: Instant | None
    zone: str | None
    wall_time: str | None
    platforms: list[str]
    picture: str | None
    problems: list[RowProblem]
    warnings: list[RowProblem]


class ImportAnswer(BaseModel):
    """`columns`: the recognized ones, by what they hold; `unknown_columns` are not imported.

    `total`: rows with content, without the row of names; the other counts are of their status.
    """

    dry_run: bool
    columns: dict[str, str]
    unknown_columns: list[str]
    total: int
    valid: int
    invalid: int
    imported: int
    already_imported: int
    rows: list[ImportedRow]


@dataclass(frozen=True, slots=True)
class RunningImport:
    """One import. `variant`: what else decides what is made of a row."""

    deps: AppDependencies
    caller: Caller
    found: Import
    rows: list[ValidatedRow]
    language: Language
    key: str | None
    variant: str
    dry_run: bool
    # The library pictures of the URLs fetched so far.
    fetched: dict[str, str] = field(default_factory=dict)

    async def answer(self) -> ImportAnswer:
        return self.answer_of([row async for row in self.handle_rows()])

    async def messages(self) -> AsyncGenerator[str]:
        """Yield the events. A disconnect ends it between two slices of rows; the same key continues there."""
        results = []
        # Sent at once, so that clients and proxies see the response begin.
        yield ": at work\n\n"
        async with aclosing(self.handle_rows()) as handled:
            async for row in handled:
                results.append(row)
                yield format_model_event("row", row)
        yield format_model_event("done", self.answer_of(results))

    async def handle_rows(self) -> AsyncGenerator[ImportedRow]:
        """Yield each row once it is done, in the order of the file."""
        rows = list(zip(self.rows, self._requests(), strict=True))
        if self.dry_run:
            existing = await self.deps.post_importer.find_existing([request for _, request in rows if request])
            for validated, request in rows:
                yield self._found(validated, existing.get(request) if request else None)
            return
        for part in _slices(rows):
            # What is begun is finished, also when the client has gone.
            for row in await asyncio.shield(self._import_slice(part)):
                yield row

    def _found(self, validated: ValidatedRow, existing: str | Problem | None) -> ImportedRow:
        if isinstance(existing, str):
            return self._existing(validated, existing)
        if existing is not None:
            validated = replace(validated, problems=[existing])
        return self._result(validated, "invalid" if validated.problems else "valid")

    async def _import_slice(self, rows: Sequence[_Row]) -> list[ImportedRow]:
        if rows[0][0].row.picture:
            return [await self._import_row(*row) for row in rows]
        results = await self.deps.post_importer.create_all(self.caller.workspace, rows, self.caller.permissions)
        return [
            await self._import_row(*row) if result is None else self._done(row[0], result)
            for row, result in zip(rows, results, strict=True)
        ]

    def _done(self, validated: ValidatedRow, result: RowResult) -> ImportedRow:
        if result.post_id is None:
            return self._result(replace(validated, problems=result.problems), "invalid")
        if result.existed:
            return self._existing(validated, result.post_id)
        return self._result(validated, "imported", result.post_id)

    async def _import_row(self, validated: ValidatedRow, request: IdempotentRequest | None) -> ImportedRow:
        """Import a row with a picture, or wait for the request that imports it."""
        try:
            async with idempotent(self.deps, request) as previous:
                if previous is not None and previous.post_id is not None:
                    return self._existing(validated, previous.post_id)
                post_id = await self.deps.post_importer.create(
                    self.caller.workspace,
                    validated,
                    request=request,
                    fetched=self.fetched,
                    permissions=self.caller.permissions,
                )
        except UserError as refused:
            return self._result(replace(validated, problems=problems_of(refused)), "invalid")
        return self._result(validated, "imported", post_id)

    def _existing(self, validated: ValidatedRow, post_id: str) -> ImportedRow:
        # Its time may be past by now.
        return self._result(replace(validated, problems=[]), "already_imported", post_id)

    def _requests(self) -> Iterator[IdempotentRequest | None]:
        """Yield each row's own key: of its content, and which one it is of the rows with the same content."""
        seen: Counter[str] = Counter()
        for validated in self.rows:
            if self.key is None:
                yield None
                continue
            content = _digest_of(validated)
            seen[content] += 1
            own = hashlib.sha256(f"{self.key}\n{content}\n{seen[content]}".encode()).hexdigest()
            variant = hashlib.sha256(self.variant.encode()).hexdigest()
            yield IdempotentRequest(self.caller.id, _ROUTE, own, variant)

    def _result(self, validated: ValidatedRow, status: RowStatus, post_id: str | None = None) -> ImportedRow:
        row, new, when = validated.row, validated.new, validated.when
        return ImportedRow(
            row=row.number,
            title=(new.content.splitlines() or [""])[0][:_TITLE_MAX],
            status=status,
            post_id=post_id,
            intent="schedule" if new.intent == "schedule" else "draft",
            schedule_time=None if when is None else when.instant,
            zone=None if when is None else when.zone,
            wall_time=None if when is None else when.wall_time,
            platforms=list(new.platforms),
            picture=row.picture or None,
            problems=[self._problem(problem) for problem in validated.problems],
            warnings=[self._problem(warning) for warning in validated.warnings],
        )

    def _problem(self, problem: Problem) -> RowProblem:
        return RowProblem(
            column=self.found.column_of(problem),
            code=problem.code,
            detail=problem.message.to(self.language),
            platform=problem.platform,
            suggestions=list(problem.suggestions),
        )

    def answer_of(self, rows: list[ImportedRow]) -> ImportAnswer:
        """Return the account of these rows."""
        counted: Counter[str] = Counter(row.status for row in rows)
        return ImportAnswer(
            dry_run=self.dry_run,
            columns={column.value: name for column, name in self.found.columns.names.items()},
            unknown_columns=list(self.found.columns.unknown),
            total=len(rows),
            valid=counted["valid"],
            invalid=counted["invalid"],
            imported=counted["imported"],
            already_imported=counted["already_imported"],
            rows=rows,
        )


def _slices(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    """Split the rows into what one transaction creates; a row whose picture has to be fitted first stands alone."""
    part: list[_Row] = []
    for row in rows:
        if part and (len(part) == _SLICE or row[0].row.picture or part[0][0].row.picture):
            yield part
            part = []
        part.append(row)
    if part:
        yield part


def _digest_of(validated: ValidatedRow) -> str:
    """Hash what a row says."""
    row, new = validated.row, validated.new
    said = [new.content, new.cta, new.hashtags, new.image_prompt, new.note, new.platforms, row.picture, row.alt]
    due = None if new.due_at is None else new.due_at.isoformat()
    return hashlib.sha256(json.dumps([*said, due, new.zone]).encode()).hexdigest()

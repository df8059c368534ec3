"""Import posts from a file of rows: a dry run that shows every row's problems, then the posts, row by row."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from fastapi import Query, Request
from pydantic import BaseModel
from starlette.datastructures import UploadFile

from araldo.api.auth import CallerDep
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.events import EventStream, format_model_event
from araldo.api.fields import CleanText, DryRun, Instant
from araldo.api.forms import require_known_fields
from araldo.api.idempotent import KeyHeader, idempotent
from araldo.api.marketing import wants_stream
from araldo.api.problems import RESPONSES, language_of
from araldo.api.providers import require_provider
from araldo.api.routing import ResourceRouter
from araldo.errors import PostInvalid, Problem, TooLarge, UserError
from araldo.messages import Language, Message
from araldo.posts.importing.rows import Import, read_import
from araldo.posts.rules import NO_PICTURES, NewPost
from araldo.storage.idempotency import IdempotentRequest
from araldo.tables.models import TableUnreadable
from araldo.tables.read import read_table
from araldo.workflows.posts.authorization import require_intent_permission
from araldo.workflows.posts.importing import ValidatedRow
from araldo.workspaces.models import Caller

router = ResourceRouter(prefix="/api/v1/posts", tags=["posts"], responses=RESPONSES)

_TITLE_MAX = 80
_ROUTE = "/api/v1/posts/import"
RowStatus = Literal["valid", "invalid", "imported", "already_imported"]
ImportIntent = Annotated[
    Literal["draft", "schedule"],
    Query(description="`schedule`: rows with a time are scheduled, the others become drafts. `draft`: all do."),
]


class RowProblem(BaseModel):
    """`column`: as the file names it; null when the file has no such column."""

    column: str | None
    code: str
    detail: str
    platform: str | None
    suggestions: list[str]


class ImportedRow(BaseModel):
    """`row`: its number in the file, with the row of names as 1. `title`: the text's first line.

    `status`: `already_imported` with the same Idempotency-Key, as the post `post_id`; `invalid`: nothing was made.
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


_FILE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["file"],
    "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
}


@router.post(
    "/import",
    operation_id="import_posts",
    response_model=ImportAnswer,
    responses={200: {"content": {"text/event-stream": {}}}},
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FILE_SCHEMA}}}},
)
async def import_posts(
    request: Request,
    deps: DependenciesDep,
    caller: CallerDep,
    dry_run: DryRun = False,
    intent: ImportIntent = "draft",
    image_provider: Annotated[CleanText, Query(max_length=100, description="For rows without a picture.")] = "auto",
    key: KeyHeader = None,
) -> ImportAnswer | EventStream:
    """Import posts from CSV, XLSX or ODS: at most 5 MB and 1,000 rows below a row that names the columns.

    Every row is imported whole or, with a problem, not at all. With an Idempotency-Key a row is imported once: the same
    file, also corrected, can be sent again with it. With `Accept: text/event-stream` each row is sent when it is done
    (`row`), then the whole answer (`done`).
    """
    data = await _read_file(request)
    require_intent_permission(caller.permissions, intent)
    if image_provider != NO_PICTURES:
        require_provider(deps, image_provider, "/image_provider")
    found = await asyncio.to_thread(_read_rows, data, deps, caller, intent)
    rows = [replace(row, new=_with_provider(row.new, image_provider)) for row in found.rows]
    validated = await deps.post_importer.validate(caller.workspace, rows, deps.clock.now())
    variant = f"{intent}\n{image_provider}"
    running = _RunningImport(deps, caller, found, validated, language_of(request), key, variant, dry_run)
    if not wants_stream(request):
        return await running.answer()
    pieces = deps.stream_access.guard(caller, running.messages())
    # For nginx: do not buffer the response.
    return EventStream(pieces, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


async def _read_file(request: Request) -> bytes:
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise PostInvalid([Problem("/file", "missing", Message("imports.file_missing"))])
    # Streamed into a temporary file, which is deleted when the form is closed.
    async with request.form(max_files=1, max_fields=4) as form:
        require_known_fields(form, ["file"])
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise PostInvalid([Problem("/file", "missing", Message("imports.file_missing"))])
        return await file.read()


def _read_rows(data: bytes, deps: AppDependencies, caller: Caller, intent: Literal["draft", "schedule"]) -> Import:
    try:
        table = read_table(data)
    except TableUnreadable as unreadable:
        if unreadable.code == "file_too_large":
            raise TooLarge(unreadable.message) from unreadable
        raise PostInvalid([Problem("/file", unreadable.code, unreadable.message)]) from unreadable
    return read_import(table, deps.declarations, intent=intent, default_zone=caller.workspace.zone)


def _with_provider(new: NewPost, image_provider: str) -> NewPost:
    return replace(new, image_provider=image_provider, makes_pictures=image_provider != NO_PICTURES)


@dataclass(frozen=True, slots=True)
class _RunningImport:
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
        return self._answer_of([row async for row in self._handle_rows()])

    async def messages(self) -> AsyncGenerator[str]:
        """Yield the events. A disconnect ends it between two rows; the same key continues there."""
        results = []
        # Sent at once, so that clients and proxies see the response begin.
        yield ": at work\n\n"
        async with aclosing(self._handle_rows()) as handled:
            async for row in handled:
                results.append(row)
                yield format_model_event("row", row)
        yield format_model_event("done", self._answer_of(results))

    async def _handle_rows(self) -> AsyncGenerator[ImportedRow]:
        for validated, request in zip(self.rows, self._requests(), strict=True):
            if self.dry_run:
                yield self._result(validated, "invalid" if validated.problems else "valid")
            else:
                # A row that is begun is finished, also when the client has gone.
                yield await asyncio.shield(self._import_row(validated, request))

    async def _import_row(self, validated: ValidatedRow, request: IdempotentRequest | None) -> ImportedRow:
        try:
            async with idempotent(self.deps, request) as previous:
                if previous is not None and previous.post_id is not None:
                    # Its time may be past by now.
                    return self._result(replace(validated, problems=[]), "already_imported", previous.post_id)
                post_id = await self.deps.post_importer.create(
                    self.caller.workspace,
                    validated,
                    request=request,
                    fetched=self.fetched,
                    permissions=self.caller.permissions,
                )
        except PostInvalid as invalid:
            return self._result(replace(validated, problems=invalid.problems), "invalid")
        except UserError as refused:
            return self._result(replace(validated, problems=[Problem("", refused.code, refused.message)]), "invalid")
        return self._result(validated, "imported", post_id)

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

    def _answer_of(self, rows: list[ImportedRow]) -> ImportAnswer:
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


def _digest_of(validated: ValidatedRow) -> str:
    """Hash what a row says."""
    row, new = validated.row, validated.new
    said = [new.content, new.cta, new.hashtags, new.image_prompt, new.note, new.platforms, row.picture, row.alt]
    due = None if new.due_at is None else new.due_at.isoformat()
    return hashlib.sha256(json.dumps([*said, due, new.zone]).encode()).hexdigest()

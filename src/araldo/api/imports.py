"""Import posts from a file of rows: a dry run that shows every row's problems, then the posts, row by row."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query, Request
from starlette.datastructures import UploadFile

from araldo.api.auth import CallerDep
from araldo.api.dependencies import DependenciesDep
from araldo.api.events import EventStream
from araldo.api.fields import CleanText, DryRun
from araldo.api.forms import require_known_fields
from araldo.api.idempotent import KeyHeader
from araldo.api.import_preparation import ImportChoices, prepare_import
from araldo.api.import_run import ImportAnswer
from araldo.api.marketing import wants_stream
from araldo.api.problems import RESPONSES, language_of
from araldo.api.routing import ResourceRouter
from araldo.errors import PostInvalid, Problem
from araldo.messages import Message

router = ResourceRouter(prefix="/api/v1/posts", tags=["posts"], responses=RESPONSES)

ImportIntent = Annotated[
    Literal["draft", "schedule"],
    Query(description="`schedule`: rows with a time are scheduled, the others become drafts. `draft`: all do."),
]
DayOrderChoice = Annotated[
    Literal["day_first", "month_first"] | None,
    Query(description="How to read dates such as 03/04/2030 where the others of the column do not tell."),
]


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
    day_order: DayOrderChoice = None,
    key: KeyHeader = None,
) -> ImportAnswer | EventStream:
    """Import posts from CSV, XLSX or ODS: at most 5 MB and 1,000 rows below a row that names the columns.

    Every row is imported whole or, with a problem, not at all. With an Idempotency-Key a row is imported once: the same
    file, also corrected, can be sent again with it. With `Accept: text/event-stream` each row is sent when it is done
    (`row`), then the whole answer (`done`).
    """
    data = await _read_file(request)
    choices = ImportChoices(intent, image_provider, day_order, dry_run, key)
    running = await prepare_import(deps, caller, data, choices, language_of(request))
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

"""Export posts with their deliveries and results, as CSV or JSON, streamed part by part."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Query, Request
from fastapi.responses import StreamingResponse

from araldo.api.answers import post_read_of
from araldo.api.auth import CallerDep
from araldo.api.dependencies import AppDependencies, DependenciesDep
from araldo.api.fields import rfc3339
from araldo.api.post_filters import PostFilterDep
from araldo.api.problems import RESPONSES, language_of
from araldo.api.routing import ResourceRouter
from araldo.messages import Language, text_in
from araldo.posts import list_store
from araldo.posts.list_store import PostFilter
from araldo.posts.models import Delivery, PostView
from araldo.tables.formulas import mark_formula
from araldo.workspaces.models import Caller, Workspace

router = ResourceRouter(prefix="/api/v1/posts", tags=["posts"], responses=RESPONSES)

# Posts that are read at a time: no transaction is open while a part is sent.
_PART = 100
_COLUMNS = (
    *("text", "cta", "hashtags", "platform", "date", "zone", "note"),
    *("post_id", "status", "created_at", "date_utc", "account", "state", "published_at", "post_url", "error"),
)
ExportFormat = Literal["csv", "json"]
Delimiter = Literal["comma", "semicolon"]
_DELIMITERS: dict[Delimiter, str] = {"comma": ",", "semicolon": ";"}


class ExportFile(StreamingResponse):
    media_type = "application/octet-stream"


@router.get(
    "/export",
    operation_id="export_posts",
    response_class=ExportFile,
    responses={
        200: {
            "description": "The file",
            "content": {"text/csv": {"schema": {"type": "string"}}, "application/json": {"schema": {"type": "object"}}},
        }
    },
)
async def export_posts(
    request: Request,
    deps: DependenciesDep,
    caller: CallerDep,
    posts: PostFilterDep,
    file_format: Annotated[ExportFormat, Query(alias="format")] = "csv",
    delimiter: Annotated[Delimiter, Query(description="Of CSV; Excel expects its region's.")] = "comma",
) -> ExportFile:
    """Export the posts that the filters choose, the latest first, with every delivery's result.

    JSON: `{"data": [...]}` with posts as `GET /posts/{post_id}` returns them, without problems and warnings. CSV:
    UTF-8, a row for each delivery, and one for a post without any. Text that a spreadsheet would run as a formula (it
    begins with `=`, `+`, `-`, `@`, a tab or a line end) has an apostrophe before it, which an import removes.
    """
    pieces = export_pieces(deps, caller, posts, file_format, delimiter, language_of(request))
    kind = "application/json" if file_format == "json" else "text/csv; charset=utf-8"
    name = f"araldo-posts-{deps.clock.now().date().isoformat()}.{file_format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return ExportFile(deps.stream_access.guard(caller, pieces), media_type=kind, headers=headers)


def export_pieces(
    deps: AppDependencies,
    caller: Caller,
    posts: PostFilter,
    file_format: ExportFormat,
    delimiter: Delimiter,
    language: Language,
) -> AsyncGenerator[str]:
    """Return the file part by part; each is read in a transaction of its own."""
    views = _read_views(deps, caller.workspace, replace(posts, order="desc"))
    if file_format == "json":
        return _json_pieces(deps, views, language, caller)
    return _csv_pieces(views, language, _DELIMITERS[delimiter])


async def _read_views(
    deps: AppDependencies, workspace: Workspace, wanted: PostFilter
) -> AsyncGenerator[list[PostView]]:
    cursor: str | None = None
    while True:
        read = partial(list_store.list_posts, workspace_id=workspace.id, wanted=wanted, limit=_PART, cursor=cursor)
        views, cursor = await deps.database.read(read)
        yield views
        if cursor is None:
            return


async def _json_pieces(
    deps: AppDependencies, parts: AsyncGenerator[list[PostView]], language: Language, caller: Caller
) -> AsyncGenerator[str]:
    yield '{"data":['
    separator = ""
    async for views in parts:
        for view in views:
            post = post_read_of(deps, view, language, caller).model_dump_json(exclude={"problems", "warnings"})
            yield separator + post
            separator = ",\n"
    yield "]}\n"


async def _csv_pieces(parts: AsyncGenerator[list[PostView]], language: Language, delimiter: str) -> AsyncGenerator[str]:
    # The byte order mark tells Excel the encoding.
    yield "\ufeff" + _csv_text([list(_COLUMNS)], delimiter)
    async for views in parts:
        yield _csv_text([row for view in views for row in _rows_of(view, language)], delimiter)


def _csv_text(rows: list[list[str]], delimiter: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(
        [mark_formula(cell) for cell in row] for row in rows
    )
    return text.getvalue()


def _rows_of(view: PostView, language: Language) -> Iterator[list[str]]:
    deliveries: Sequence[Delivery | None] = view.deliveries or [None]
    for delivery in deliveries:
        cells = {**_post_cells(view), **_delivery_cells(view, delivery, language)}
        yield [cells[name] for name in _COLUMNS]


def _post_cells(view: PostView) -> dict[str, str]:
    post = view.post
    return {
        "text": post.content,
        "cta": post.cta or "",
        "hashtags": " ".join(post.hashtags),
        # With a space, as spreadsheets know a date with a time of day.
        "date": (post.wall_time or "").replace("T", " "),
        "zone": post.zone or "",
        "note": post.note or "",
        "post_id": post.id,
        "status": view.status,
        "created_at": rfc3339(post.created_at),
        "date_utc": "" if post.due_at is None else rfc3339(post.due_at),
    }


def _delivery_cells(view: PostView, delivery: Delivery | None, language: Language) -> dict[str, Any]:
    if delivery is None:
        return dict.fromkeys(("platform", "account", "state", "published_at", "post_url", "error"), "")
    account = view.accounts.get(delivery.account_id or "")
    return {
        "text": view.post.texts.get(delivery.platform, view.post.content),
        "platform": delivery.platform,
        "account": "" if account is None else account.name,
        "state": delivery.state.value,
        "published_at": "" if delivery.published_at is None else rfc3339(delivery.published_at),
        "post_url": delivery.permalink or "",
        "error": text_in(delivery.error or delivery.picture.error, language) or "",
    }

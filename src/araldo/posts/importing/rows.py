"""Turn a table's rows into requests for posts, each with the problems that reading it found. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from araldo.errors import PostInvalid, Problem
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.posts.compose import normalize_hashtags, normalize_newlines
from araldo.posts.importing.columns import Column, Columns, find_columns, fold_name
from araldo.posts.importing.times import TIME_POINTER, DayOrder, find_day_order, read_moment
from araldo.posts.rules import Intent, NewPost
from araldo.tables.models import Row

_PLATFORM_BREAK = re.compile(r"[,;|\n]")
_TAG_BREAK = re.compile(r"[\s,;|]+")
_CONTROLS = re.compile(r"[\x00\ud800-\udfff]")
# As in the request that creates a post, in characters.
_LONGEST: Mapping[Column, tuple[str, int]] = {
    Column.CTA: ("/cta", 1_000),
    Column.HASHTAGS: ("/hashtags", 10_000),
    Column.PLATFORMS: ("/platforms", 1_000),
    Column.ZONE: ("/zone", 100),
    Column.PICTURE: ("/images", 4_000),
    Column.ALT: ("/alt", 1_000),
    Column.PROMPT: ("/base_image_prompt", 10_000),
    Column.NOTE: ("/note", 2_000),
}
# By the first part of a problem's pointer, the column that it is about.
_COLUMN_OF = {
    **{pointer.lstrip("/"): column for column, (pointer, _) in _LONGEST.items()},
    "content": Column.TEXT,
    "texts": Column.TEXT,
    "url": Column.PICTURE,
    "accounts": Column.PLATFORMS,
    "shapes": Column.PLATFORMS,
    "schedule_time": Column.DATE,
    TIME_POINTER.lstrip("/"): Column.TIME,
}


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row. `picture`: a URL, or the file name or id of a library picture; "" for a generated one.

    `problems`: why the row cannot be read as it is; `new` has no time or picture where there is one.
    """

    number: int
    new: NewPost
    picture: str
    alt: str
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class Import:
    columns: Columns
    rows: Sequence[ImportRow]

    def column_of(self, problem: Problem) -> str | None:
        """Return the name of the column that a row's problem is about; None when the file has no such column."""
        column = _COLUMN_OF.get(problem.pointer.split("/")[1]) if problem.pointer else None
        if column is Column.TIME and column not in self.columns.names:
            column = Column.DATE
        return None if column is None else self.columns.names.get(column)


def read_import(
    table: Sequence[Row],
    declarations: Mapping[str, Declaration],
    *,
    intent: Intent,
    default_zone: str,
    default_order: DayOrder = DayOrder.UNKNOWN,
) -> Import:
    """Read a table whose first row names the columns.

    `intent` "schedule": rows with a time are scheduled, the others and all of "draft" become drafts. Times without a
    zone are wall times in `default_zone`. `default_order`: of day and month, where the dates do not tell. Raises
    PostInvalid when the columns cannot be recognized, or no row follows.
    """
    if len(table) < 2:
        raise PostInvalid([Problem("/file", "no_rows", Message("imports.no_rows"))])
    columns = find_columns(table[0])
    order = find_day_order(columns.cell(row, Column.DATE) for row in table[1:])
    order = default_order if order is DayOrder.UNKNOWN else order
    names = _platform_names(declarations)
    rows = [_read_row(row, columns, order, names, intent, default_zone) for row in table[1:]]
    return Import(columns, rows)


def _platform_names(declarations: Mapping[str, Declaration]) -> dict[str, str]:
    """Return the platforms by what people call them: their names and labels."""
    named = {fold_name(declared.label): name for name, declared in declarations.items()}
    return {**named, **{fold_name(name): name for name in declarations}}


def _read_row(
    row: Row, columns: Columns, order: DayOrder, names: Mapping[str, str], intent: Intent, default_zone: str
) -> ImportRow:
    problems = _text_problems(row, columns)
    moment = read_moment(columns.cell(row, Column.DATE), columns.cell(row, Column.TIME), order)
    if isinstance(moment, Problem):
        problems.append(moment)
        moment = None
    zone = columns.text(row, Column.ZONE) or (moment.zone if moment else None)
    if moment is not None and zone is None and moment.moment.tzinfo is None:
        zone = default_zone
    picture = columns.text(row, Column.PICTURE)
    new = NewPost(
        content=_clean(columns.text(row, Column.TEXT)),
        cta=_clean(columns.text(row, Column.CTA)) or None,
        hashtags=normalize_hashtags(tag for tag in _TAG_BREAK.split(columns.text(row, Column.HASHTAGS)) if tag),
        image_prompt=_clean(columns.text(row, Column.PROMPT)),
        note=_clean(columns.text(row, Column.NOTE)) or None,
        platforms=_platforms_of(columns.text(row, Column.PLATFORMS), names),
        intent="schedule" if intent == "schedule" and moment is not None else "draft",
        due_at=None if moment is None else moment.moment,
        zone=zone if moment is not None else None,
    )
    alt = _clean(columns.text(row, Column.ALT))
    return ImportRow(row.number, new, picture, alt, problems)


def _platforms_of(said: str, names: Mapping[str, str]) -> list[str]:
    """Return the platforms that a cell names, once each; an unknown one as it is, for the rules to refuse."""
    parts = [part.strip() for part in _PLATFORM_BREAK.split(said)]
    return list(dict.fromkeys(names.get(fold_name(part), _clean(part)) for part in parts if part))


def _text_problems(row: Row, columns: Columns) -> list[Problem]:
    problems = []
    for column, (pointer, longest) in _LONGEST.items():
        if len(columns.text(row, column)) > longest:
            problems.append(Problem(pointer, "string_too_long", Message("imports.cell_too_long", {"most": longest})))
    if any(isinstance(cell, str) and _CONTROLS.search(cell) for cell in row.cells):
        problems.append(Problem("/content", "unwritable_text", Message("imports.unwritable_text")))
    return problems


def _clean(text: str) -> str:
    """Return text that can be stored: `\\n` for each line end; what no database stores is replaced (and refused)."""
    return _CONTROLS.sub("\ufffd", normalize_newlines(text))

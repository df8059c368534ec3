"""What a file of rows becomes, the limits on it, and why one cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time

from araldo.messages import Message

FILE_MAX_BYTES = 5 * 1024 * 1024
# Rows with content, the header among them.
ROWS_MAX = 1_001
COLUMNS_MAX = 100
CELL_MAX = 100_000
# All cells together, in characters: a compressed file may hold the same long text in every row.
TEXT_MAX = 20_000_000

# Text, or what a spreadsheet stores as a date (a `datetime` when it has a time of day) or a time of day.
Cell = str | date | time


@dataclass(frozen=True, slots=True)
class Row:
    """`number`: the row's position in the file from 1, blank ones counted, as a spreadsheet shows it."""

    number: int
    cells: Sequence[Cell]


class TableUnreadable(Exception):
    """The file is no table, a damaged one, or above a limit. `code` is stable; `message` is for people."""

    def __init__(self, code: str, message: Message) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


def damaged() -> TableUnreadable:
    return TableUnreadable("file_damaged", Message("tables.file_damaged"))


def too_large_unpacked() -> TableUnreadable:
    return TableUnreadable("file_too_large_unpacked", Message("tables.too_large_unpacked"))


def cell_too_long(row: int) -> TableUnreadable:
    return TableUnreadable("cell_too_long", Message("tables.cell_too_long", {"row": row}))


class CellText:
    """A cell's text, collected part by part. Raises TableUnreadable above the limit, not only at the cell's end."""

    def __init__(self, row: int) -> None:
        self._row = row
        self._parts: list[str] = []
        self._size = 0

    def add(self, part: str) -> None:
        self._size += len(part)
        if self._size > CELL_MAX:
            raise cell_too_long(self._row)
        if part:
            self._parts.append(part)

    def __str__(self) -> str:
        return "".join(self._parts)


def collect_rows(rows: Iterable[Row]) -> list[Row]:
    """Return the rows that are not blank, without blank cells at their ends. Raises TableUnreadable above a limit."""
    kept: list[Row] = []
    size = 0
    for row in rows:
        cells = _without_blank_end(row.cells)
        if not cells:
            continue
        if len(cells) > COLUMNS_MAX:
            raise TableUnreadable("too_many_columns", Message("tables.too_many_columns", {"most": COLUMNS_MAX}))
        lengths = [len(cell) for cell in cells if isinstance(cell, str)]
        if max(lengths, default=0) > CELL_MAX:
            raise cell_too_long(row.number)
        size += sum(lengths)
        if len(kept) == ROWS_MAX or size > TEXT_MAX:
            raise TableUnreadable("too_many_rows", Message("tables.too_many_rows", {"most": f"{ROWS_MAX - 1:,}"}))
        kept.append(Row(row.number, cells))
    return kept


def _without_blank_end(cells: Sequence[Cell]) -> Sequence[Cell]:
    end = len(cells)
    while end and _is_blank(cells[end - 1]):
        end -= 1
    return cells[:end]


def _is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()

"""Read the first sheet of an ODS document (ODF 1.3, part 3, 9). Of a formula, the stored result is read."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from araldo.messages import Message
from araldo.tables.archive import Archive, End, Event, Start
from araldo.tables.models import COLUMNS_MAX, ROWS_MAX, Cell, CellText, Row, TableUnreadable
from araldo.tables.number_formats import number_text

CONTENT = "content.xml"
_DURATION = re.compile(r"PT(\d{1,2})H(\d{1,2})M(\d{1,2})(?:[.,]\d+)?S")
_SPACES_MAX = 1_000


@dataclass
class _Sheet:
    """The state of reading: the row, its cells so far, and the cell within. `hidden`: depth within a comment."""

    number: int = 0
    row_repeated: int = 1
    cells: list[Cell] = field(default_factory=list)
    # Blank cells, which are only added when one that is not blank follows.
    blanks: int = 0
    attributes: Mapping[str, str] | None = None
    text: CellText = field(default_factory=lambda: CellText(0))
    # Whether a paragraph has begun before: the next one is a new line.
    has_text: bool = False
    paragraph_depth: int = 0
    hidden: int = 0


def read_ods(archive: Archive) -> Iterator[Row]:
    """Yield the rows that the sheet has. Raises TableUnreadable, also while they are read."""
    sheet = _Sheet()
    for event in archive.events(CONTENT):
        if isinstance(event, End) and event.name == "table":
            return
        if isinstance(event, Start) and event.name == "table-row":
            sheet.row_repeated = _repeated(event.attributes, "number-rows-repeated")
            sheet.cells, sheet.blanks = [], 0
        elif isinstance(event, End) and event.name == "table-row":
            yield from _finished_rows(sheet)
        elif isinstance(event, Start | End) and event.name in {"table-cell", "covered-table-cell"}:
            _handle_cell(sheet, event)
        elif sheet.attributes is not None:
            _handle_text(sheet, event)


def _finished_rows(sheet: _Sheet) -> Iterator[Row]:
    """Yield the row as often as it is repeated; blank ones are only counted."""
    for index in range(min(sheet.row_repeated, ROWS_MAX + 1) if sheet.cells else 0):
        yield Row(sheet.number + index + 1, sheet.cells)
    sheet.number += sheet.row_repeated


def _handle_cell(sheet: _Sheet, event: Start | End) -> None:
    if isinstance(event, Start):
        sheet.attributes, sheet.text, sheet.has_text = event.attributes, CellText(sheet.number + 1), False
        return
    attributes, sheet.attributes = sheet.attributes or {}, None
    value, repeated = _value(attributes, str(sheet.text)), _repeated(attributes, "number-columns-repeated")
    if value == "":
        sheet.blanks += repeated
        return
    if len(sheet.cells) + sheet.blanks + repeated > COLUMNS_MAX:
        raise TableUnreadable("too_many_columns", Message("tables.too_many_columns", {"most": COLUMNS_MAX}))
    sheet.cells += [""] * sheet.blanks + [value] * repeated
    sheet.blanks = 0


def _handle_text(sheet: _Sheet, event: Event) -> None:
    """Collect the cell's paragraphs, without those of its comment."""
    match event:
        case Start("annotation", _):
            sheet.hidden += 1
        case End("annotation"):
            sheet.hidden -= 1
        case _ if sheet.hidden:
            pass
        case Start("p", _):
            if sheet.has_text:
                sheet.text.add("\n")
            sheet.has_text = True
            sheet.paragraph_depth += 1
        case End("p"):
            sheet.paragraph_depth -= 1
        case _ if sheet.paragraph_depth:
            sheet.text.add(_text_of(event))
        case _:
            pass


def _text_of(event: Event) -> str:
    match event:
        case str():
            # As in HTML, white space in a paragraph is one space.
            return re.sub(r"[ \t\r\n]+", " ", event)
        case Start("s", attributes):
            return " " * min(_repeated(attributes, "c"), _SPACES_MAX)
        case Start("tab", _):
            return "\t"
        case Start("line-break", _):
            return "\n"
        case _:
            return ""


def _value(attributes: Mapping[str, str], shown: str) -> Cell:
    match attributes:
        case {"value-type": "date", "date-value": said}:
            return _date_of(said) or shown
        case {"value-type": "time", "time-value": said}:
            return _time_of(said) or shown
        case {"value-type": "float" | "currency", "value": said}:
            return _number_of(said) or shown
        case {"value-type": "string", "string-value": said}:
            return said
        case _:
            return shown


def _date_of(said: str) -> Cell | None:
    try:
        moment = datetime.fromisoformat(said)
        return moment.replace(tzinfo=None) if "T" in said else date.fromisoformat(said)
    except ValueError:
        return None


def _time_of(said: str) -> Cell | None:
    found = _DURATION.fullmatch(said)
    try:
        return None if found is None else time(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _number_of(said: str) -> str | None:
    try:
        number = float(said)
    except ValueError:
        return None
    return number_text(number) if math.isfinite(number) else None


def _repeated(attributes: Mapping[str, str], name: str) -> int:
    said = attributes.get(name, "1")
    return max(1, int(said)) if said.isascii() and said.isdigit() and len(said) < 10 else 1

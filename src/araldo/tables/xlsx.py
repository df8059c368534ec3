"""Read the first visible sheet of an XLSX workbook (ECMA-376). Of a formula, the stored result is read."""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from araldo.messages import Message
from araldo.tables.archive import Archive, End, Start
from araldo.tables.models import (
    COLUMNS_MAX,
    TEXT_MAX,
    Cell,
    CellText,
    Row,
    TableUnreadable,
    damaged,
    too_large_unpacked,
)
from araldo.tables.number_formats import NumberFormatKind, convert_number, number_format_kind

WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_ROW_MAX = 1_048_576


@dataclass
class _Workbook:
    """`strings` and `formats`: the tables that cells refer to by their position."""

    sheet: str
    from_1904: bool
    strings: list[str] = field(default_factory=list)
    formats: list[NumberFormatKind] = field(default_factory=list)


@dataclass
class _Cell:
    column: int
    kind: str
    style: int
    text: CellText


def read_xlsx(archive: Archive) -> Iterator[Row]:
    """Yield the rows that the sheet has. Raises TableUnreadable, also while they are read."""
    workbook = _read_workbook(archive)
    number, cells, cell, collecting = 0, list[Cell](), _Cell(0, "", 0, CellText(0)), False
    for event in archive.events(workbook.sheet):
        match event:
            case Start("row", attributes):
                number = _row_number(attributes.get("r"), number + 1)
                cells = []
            case Start("c", attributes):
                cell = _start_cell(attributes, len(cells), number)
            case Start("v" | "t", _):
                collecting = True
            case str() if collecting:
                cell.text.add(event)
            case End("v" | "t"):
                collecting = False
            case End("c"):
                _put(cells, cell.column, _value(workbook, cell))
            case End("row"):
                yield Row(number, cells)
            case _:
                pass


def _row_number(said: str | None, following: int) -> int:
    if said is None:
        return following
    number = int(said) if said.isascii() and said.isdigit() and len(said) <= len(str(_ROW_MAX)) else 0
    if not following <= number <= _ROW_MAX:
        raise damaged()
    return number


def _start_cell(attributes: Mapping[str, str], following: int, row: int) -> _Cell:
    at = _REFERENCE.fullmatch(attributes.get("r", ""))
    column = following if at is None else _column_of(at[1])
    style = attributes.get("s", "0")
    return _Cell(column, attributes.get("t", "n"), int(style) if _is_id(style) else 0, CellText(row))


def _column_of(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _put(cells: list[Cell], column: int, value: Cell) -> None:
    """Set the cell at a column, with blank ones before it. A blank cell is left out, however far right it is."""
    if value == "":
        return
    if column >= COLUMNS_MAX:
        raise TableUnreadable("too_many_columns", Message("tables.too_many_columns", {"most": COLUMNS_MAX}))
    cells.extend([""] * (column + 1 - len(cells)))
    cells[column] = value


def _value(workbook: _Workbook, cell: _Cell) -> Cell:
    said = str(cell.text)
    if cell.kind == "s":
        return workbook.strings[_index(said, workbook.strings)] if said else ""
    if cell.kind == "b":
        return {"1": "TRUE", "0": "FALSE"}.get(said, said)
    if cell.kind != "n" or not said:
        return said
    try:
        number = float(said)
    except ValueError:
        return said
    if not math.isfinite(number):
        return said
    kind = workbook.formats[cell.style] if cell.style < len(workbook.formats) else NumberFormatKind.NUMBER
    return convert_number(number, kind, from_1904=workbook.from_1904)


def _index(said: str, strings: list[str]) -> int:
    if not (said.isascii() and said.isdigit() and len(said) < 10 and int(said) < len(strings)):
        raise damaged()
    return int(said)


def _read_workbook(archive: Archive) -> _Workbook:
    relations = {
        event.attributes.get("Id", ""): event.attributes
        for event in archive.events(_RELATIONS)
        if isinstance(event, Start) and event.name == "Relationship"
    }
    sheet, from_1904 = "", False
    for event in archive.events(WORKBOOK):
        if not isinstance(event, Start):
            continue
        if event.name == "workbookPr":
            from_1904 = event.attributes.get("date1904") in {"1", "true"}
        elif event.name == "sheet" and not sheet and event.attributes.get("state", "visible") == "visible":
            sheet = event.attributes.get("id", "")
    if sheet not in relations:
        raise damaged()
    workbook = _Workbook(_path_of(relations[sheet].get("Target", "")), from_1904)
    for relation in relations.values():
        path = _path_of(relation.get("Target", ""))
        kind = relation.get("Type", "").rpartition("/")[2]
        if kind == "sharedStrings" and path in archive:
            workbook.strings = _read_strings(archive, path)
        elif kind == "styles" and path in archive:
            workbook.formats = _read_formats(archive, path)
    return workbook


def _path_of(target: str) -> str:
    return target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))


def _read_strings(archive: Archive, path: str) -> list[str]:
    """Return the shared texts, without the readings beside East Asian ones."""
    strings: list[str] = []
    parts: list[str] = []
    collecting, is_reading, size = False, False, 0
    for event in archive.events(path):
        match event:
            case Start("si", _):
                parts = []
            case Start("rPh", _):
                is_reading = True
            case End("rPh"):
                is_reading = False
            case Start("t", _):
                collecting = not is_reading
            case End("t"):
                collecting = False
            case str() if collecting:
                parts.append(event)
                size += len(event)
            case End("si"):
                strings.append("".join(parts))
            case _:
                pass
        if size > TEXT_MAX:
            raise too_large_unpacked()
    return strings


def _read_formats(archive: Archive, path: str) -> list[NumberFormatKind]:
    """Return what each cell style's number format shows."""
    codes: dict[int, str] = {}
    ids: list[int] = []
    inside = False
    for event in archive.events(path):
        match event:
            case Start("numFmt", {"numFmtId": said, "formatCode": code}) if _is_id(said):
                codes[int(said)] = code[:255]
            case Start("cellXfs", _):
                inside = True
            case End("cellXfs"):
                inside = False
            case Start("xf", attributes) if inside:
                said = attributes.get("numFmtId", "0")
                ids.append(int(said) if _is_id(said) else 0)
            case _:
                pass
    return [number_format_kind(format_id, codes) for format_id in ids]


def _is_id(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) < 10

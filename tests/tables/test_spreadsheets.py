"""XLSX and ODS as other programs write them, and archives made to do harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P, S
from openpyxl import Workbook

from araldo.tables.models import Cell, TableUnreadable
from araldo.tables.number_formats import NumberFormatKind, convert_number, number_format_kind
from araldo.tables.read import read_table

NOON = datetime.fromisoformat("2030-01-31T12:30")
ROWS: list[list[Cell]] = [
    ["text", "date", "time"],
    ["Ciao & <tutti>\nseconda riga", date(2030, 4, 3), time(9, 5)],
    ["=1+1", NOON],
]
# XML has no other control characters, and a cell of Excel has at most 32,767 characters.
TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=20
).filter(lambda text: text == text.strip() and not text.startswith("=") and "_x" not in text)


def xlsx(rows: list[list[Cell]], change: Callable[[Workbook], None] = lambda _: None) -> bytes:
    book = Workbook()
    sheet = book.active
    for at, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(at, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
    change(book)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def ods(rows: list[list[Cell]]) -> bytes:
    document = OpenDocumentSpreadsheet()
    table = Table(name="Posts")
    for values in rows:
        row = TableRow()
        for value in values:
            row.addElement(ods_cell(value))
        row.addElement(TableCell(numbercolumnsrepeated=16_000))
        table.addElement(row)
    table.addElement(TableRow(numberrowsrepeated=1_000_000))
    document.spreadsheet.addElement(table)
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def ods_cell(value: Cell) -> TableCell:
    if isinstance(value, date):
        return TableCell(valuetype="date", datevalue=value.isoformat())
    if isinstance(value, time):
        return TableCell(valuetype="time", timevalue=value.strftime("PT%HH%MM%SS"))
    cell = TableCell(valuetype="string")
    for line in value.split("\n"):
        cell.addElement(P(text=line))
    return cell


def cells_of(data: bytes) -> list[list[Cell]]:
    return [list(row.cells) for row in read_table(data)]


def code_of(data: bytes) -> str:
    with pytest.raises(TableUnreadable) as refused:
        read_table(data)
    return refused.value.code


def repacked(data: bytes, name: str, content: bytes) -> bytes:
    """The archive with another content of one file."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
    return changed.getvalue()


@pytest.mark.parametrize("write", [xlsx, ods])
def test_texts_dates_and_times_are_read(write: Callable[[list[list[Cell]]], bytes]) -> None:
    assert cells_of(write(ROWS)) == ROWS


@pytest.mark.parametrize("write", [xlsx, ods])
@settings(max_examples=15)
@given(rows=st.lists(st.lists(TEXTS, min_size=1, max_size=3), min_size=1, max_size=4))
def test_what_was_written_is_read(write: Callable[[list[list[Cell]]], bytes], rows: list[list[Cell]]) -> None:
    expected = [[_one_space(str(cell)) for cell in row] for row in rows] if write is ods else rows
    assert cells_of(write(rows)) == expected


def _one_space(text: str) -> str:
    """Several spaces are one in ODF, unless an element says how many."""
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def test_a_formula_is_not_evaluated() -> None:
    book = xlsx([["text"]], lambda book: book.active.append(["=1+1"]))
    assert cells_of(book) == [["text"]]


def test_workbooks_that_count_from_1904_and_numbers() -> None:
    def change(book: Workbook) -> None:
        book.epoch = datetime.fromisoformat("1904-01-01")
        book.active.append([NOON, 3, 2.5, True])

    assert cells_of(xlsx([["text"]], change)) == [["text"], [NOON, "3", "2.5", "TRUE"]]


def test_the_first_visible_sheet_is_read_with_its_row_numbers() -> None:
    def change(book: Workbook) -> None:
        book.active.sheet_state = "hidden"
        second = book.create_sheet("Posts")
        second["A1"], second["C4"] = "text", "x"

    rows = read_table(xlsx([["secret"]], change))
    assert [(row.number, list(row.cells)) for row in rows] == [(1, ["text"]), (4, ["", "", "x"])]


def test_spaces_that_odf_counts_are_kept() -> None:
    document = OpenDocumentSpreadsheet()
    table, row, cell, paragraph = Table(name="x"), TableRow(), TableCell(valuetype="string"), P(text="a")
    paragraph.addElement(S(c=3))
    paragraph.addText("b")
    cell.addElement(paragraph)
    row.addElement(cell)
    table.addElement(row)
    document.spreadsheet.addElement(table)
    data = io.BytesIO()
    document.save(data)
    assert cells_of(data.getvalue()) == [["a   b"]]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("dd/mm/yyyy hh:mm", NumberFormatKind.DATE | NumberFormatKind.TIME),
        ('[$-410]d" di "mmmm', NumberFormatKind.DATE),
        ("[h]:mm:ss", NumberFormatKind.TIME),
        ("mmm", NumberFormatKind.DATE),
        ('0.00" days"', NumberFormatKind.NUMBER),
        ("[Red]0;[Blue]-0", NumberFormatKind.NUMBER),
        ("General", NumberFormatKind.NUMBER),
    ],
)
def test_what_a_number_format_shows(code: str, kind: NumberFormatKind) -> None:
    assert number_format_kind(164, {164: code}) == kind


@pytest.mark.parametrize(
    ("number", "from_1904", "cell"),
    [
        (61.0, False, date(1900, 3, 1)),
        (60.0, False, "60"),
        (0.0, True, date(1904, 1, 1)),
        (2_958_465.0, False, date(9999, 12, 31)),
        (2_957_003.0, True, date(9999, 12, 31)),
        (2_958_465.999_999_9, False, "2958465.9999999"),
        (2_958_466.0, False, "2958466"),
        (2_957_004.0, True, "2957004"),
        (1e308, False, "1e+308"),
        (-1.0, True, "-1"),
    ],
)
def test_dates_end_where_the_calendar_does(number: float, from_1904: bool, cell: Cell) -> None:
    assert convert_number(number, NumberFormatKind.DATE, from_1904=from_1904) == cell


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("data", "name"),
    [(xlsx(ROWS), "xl/worksheets/sheet1.xml"), (xlsx(ROWS), "xl/workbook.xml"), (ods(ROWS), "content.xml")],
)
@pytest.mark.parametrize("content", [BOMB, BOMB.decode().encode("utf-16"), b"<x", b""])
def test_entities_and_damaged_xml_are_refused(data: bytes, name: str, content: bytes) -> None:
    assert code_of(repacked(data, name, content)) == "file_damaged"


def test_an_archive_that_unpacks_to_too_much_is_refused() -> None:
    data = xlsx(ROWS)
    assert len(packed := repacked(data, "xl/styles.xml", bytes(70_000_000))) < 200_000
    assert code_of(packed) == "file_too_large_unpacked"


def test_a_member_that_is_larger_than_the_archive_says_is_not_read_to_its_end() -> None:
    data = bytearray(repacked(ods(ROWS), "content.xml", b"<a>" + b" " * 1_000_000 + b"</a>"))
    # The size in the archive's directory, from which the sum is taken.
    at = data.rindex(b"content.xml") - 46 + 24
    assert int.from_bytes(data[at : at + 4], "little") == 1_000_007
    data[at : at + 4] = (100).to_bytes(4, "little")
    assert code_of(bytes(data)) == "file_damaged"


@pytest.mark.parametrize(
    ("sheet", "code"),
    [
        ('<c r="ZZ1" t="str"><v>x</v></c>', "too_many_columns"),
        ('<c r="A1" t="s"><v>99999</v></c>', "file_damaged"),
        ('<c r="A1" t="s"><v>-1</v></c>', "file_damaged"),
    ],
)
def test_cells_beyond_the_table_are_refused(sheet: str, code: str) -> None:
    content = f'<worksheet><sheetData><row r="1">{sheet}</row></sheetData></worksheet>'.encode()
    assert code_of(repacked(xlsx(ROWS), "xl/worksheets/sheet1.xml", content)) == code


def test_repeated_cells_and_rows_count_against_the_limits() -> None:
    def content(row: str, cell: str) -> bytes:
        return repacked(
            ods(ROWS),
            "content.xml",
            f'<a xmlns:t="t"><t:table><t:table-row {row}><t:table-cell {cell}><t:p>x</t:p></t:table-cell>'
            "</t:table-row></t:table></a>".encode(),
        )

    assert code_of(content('t:number-rows-repeated="900000000"', "")) == "too_many_rows"
    assert code_of(content("", 't:number-columns-repeated="900000000"')) == "too_many_columns"


@given(st.binary(max_size=200), st.integers(0, 2_000))
def test_damaged_archives_are_read_or_refused(noise: bytes, at: int) -> None:
    for data in (XLSX, ODS):
        damaged = data[: at % len(data)] + noise + data[at % len(data) + len(noise) :]
        with suppress(TableUnreadable):
            assert isinstance(read_table(damaged), list)


XLSX, ODS = xlsx(ROWS), ods(ROWS)

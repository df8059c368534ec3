"""CSV: every usual encoding and delimiter, read as it was written; what is malformed is refused with its row."""

from __future__ import annotations

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from araldo.tables.models import CELL_MAX, COLUMNS_MAX, FILE_MAX_BYTES, ROWS_MAX, TableUnreadable
from araldo.tables.read import read_table

HEADER = ["text", "date"]
MARKS = {
    "utf-8": b"",
    "utf-8-sig": b"",
    "utf-16": b"",
    "utf-16-le": b"\xff\xfe",
    "utf-16-be": b"\xfe\xff",
    "utf-32": b"",
}
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeff"), max_size=30)
LATIN = st.text(st.sampled_from("abc €èéñß„“—\n\r,;\t|\"'=+"), max_size=30)


def written(rows: list[list[str]], delimiter: str, *, quotes_all: bool = False, line_end: str = "\r\n") -> str:
    text = io.StringIO(newline="")
    # With another line end, Python 3.11 leaves a cell with a CR unquoted.
    if quotes_all or line_end != "\r\n":
        csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator=line_end).writerows(rows)
    else:
        csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def cells_of(data: bytes) -> list[list[object]]:
    return [list(row.cells) for row in read_table(data)]


def kept(rows: list[list[str]]) -> list[list[str]]:
    """The rows as they are read: without blank cells at the end, and without blank rows."""
    cut = []
    for row in rows:
        cells = list(row)
        while cells and not cells[-1].strip():
            cells.pop()
        cut += [cells] if cells else []
    return cut


@given(
    rows=st.lists(st.tuples(TEXTS, TEXTS).map(list), max_size=5),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(sorted(MARKS)),
    quotes_all=st.booleans(),
    line_end=st.sampled_from(["\r\n", "\n", "\r"]),
)
def test_what_was_written_is_read(
    rows: list[list[str]], delimiter: str, encoding: str, quotes_all: bool, line_end: str
) -> None:
    text = written([HEADER, *rows], delimiter, quotes_all=quotes_all, line_end=line_end)
    assert cells_of(MARKS[encoding] + text.encode(encoding)) == [HEADER, *kept(rows)]


@given(rows=st.lists(st.tuples(LATIN, LATIN).map(list), max_size=5), delimiter=st.sampled_from(",;\t|"))
def test_windows_1252_is_read(rows: list[list[str]], delimiter: str) -> None:
    data = written([HEADER, *rows], delimiter).encode("cp1252")
    try:
        data.decode("utf-8")
        assume(data.isascii())
    except UnicodeDecodeError:
        pass
    assert cells_of(data) == [HEADER, *kept(rows)]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_recognized(encoding: str) -> None:
    assert cells_of("text;date\nCittà;2030-01-31\n".encode(encoding)) == [HEADER, ["Città", "2030-01-31"]]


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    rows = read_table(b'text,date\n\n"two\nlines",x\n,,\nlast\n')
    assert [(row.number, list(row.cells)) for row in rows] == [
        (1, ["text", "date"]),
        (3, ["two\nlines", "x"]),
        (5, ["last"]),
    ]


def test_excels_line_that_names_the_delimiter_is_no_row() -> None:
    rows = read_table(b"sep=|\r\ntext;a|date\r\nx|y\r\n")
    assert [(row.number, list(row.cells)) for row in rows] == [(2, ["text;a", "date"]), (3, ["x", "y"])]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'text,date\n"open,x\n', "row_malformed"),
        (b'text,date\n"a"b,x\n', "row_malformed"),
        (b"text\n" + b"x" * 200_000, "row_malformed"),
        (b"text\n" + b"x" * (CELL_MAX + 1), "cell_too_long"),
        (b"text\n\x81\x8d", "encoding_unknown"),
        (b"\xff\xfex", "encoding_unknown"),
        (bytes(80), "not_a_table"),
        (b"text\n" * (ROWS_MAX + 1), "too_many_rows"),
        (b"x," * COLUMNS_MAX + b"x\n", "too_many_columns"),
        (b"x" * (FILE_MAX_BYTES + 1), "file_too_large"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "old_excel"),
    ],
)
def test_what_is_malformed_or_above_a_limit_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(TableUnreadable) as refused:
        read_table(data)
    assert refused.value.code == code


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(TableUnreadable):
        assert isinstance(read_table(data), list)

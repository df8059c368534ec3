"""Files made to do harm: each is refused soon, whatever it would unpack to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.tables.test_spreadsheets import ODS, XLSX, code_of, repacked

SHEET = "xl/worksheets/sheet1.xml"
TEN_MB = b"x" * 10_000_000


def sheet(rows: bytes) -> bytes:
    return repacked(XLSX, SHEET, b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>")


def cell(text: bytes) -> bytes:
    return sheet(b'<row r="7"><c t="inlineStr"><is><t>' + text + b"</t></is></c></row>")


def document(content: bytes) -> bytes:
    start = b'<a xmlns:t="t"><t:table><t:table-row><t:table-cell>'
    return repacked(ODS, "content.xml", start + content + b"</t:table-cell></t:table-row></t:table></a>")


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "build",
    [
        lambda: cell(TEN_MB),
        lambda: cell(b"&amp;" * 2_000_000),
        lambda: document(b"<t:p>" + TEN_MB + b"</t:p>"),
        lambda: document(b"<t:p/>" * 2_000_000),
        # A hundred thousand times as long as the file.
        lambda: document(b"<t:p>" + b'<t:s t:c="1000"/>' * 1_000_000 + b"</t:p>"),
    ],
    ids=["text", "entities", "paragraph", "empty paragraphs", "counted spaces"],
)
def test_a_single_cell_is_refused_before_it_is_read_to_its_end(build: Callable[[], bytes]) -> None:
    data = build()
    assert len(data) < 200_000
    assert code_of(data) == "cell_too_long"


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "build",
    [
        lambda: sheet(b"<row>" + b"<c/>" * 10_000_000 + b"</row>"),
        lambda: repacked(XLSX, "xl/styles.xml", b"<s><cellXfs>" + b"<xf/>" * 10_000_000 + b"</cellXfs></s>"),
    ],
    ids=["cells", "styles"],
)
def test_millions_of_elements_are_not_read(build: Callable[[], bytes]) -> None:
    data = build()
    assert len(data) < 200_000
    assert code_of(data) == "file_too_large_unpacked"


@pytest.mark.parametrize("text", [b"a\x00b", b"a&#0;b", b"a\xff\xfeb"])
def test_characters_that_xml_does_not_have_are_refused(text: bytes) -> None:
    assert code_of(cell(text)) == "file_damaged"
    assert code_of(document(b"<t:p>" + text + b"</t:p>")) == "file_damaged"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"text\n" + TEN_MB, "file_too_large"),
        (b"text\n" + TEN_MB[:4_000_000], "row_malformed"),
        (b'text\n"' + TEN_MB[:4_000_000], "row_malformed"),
        (b"text\n" + b"caff\xc3\xa8 \x00" * 1_000, "encoding_unknown"),
        (b"text;" * 900_000, "too_many_columns"),
        (b"text\n" + b"a\n" * 2_000_000, "too_many_rows"),
    ],
    ids=["ten megabytes", "long cell", "open quote", "NUL", "columns", "rows"],
)
def test_hostile_csv_is_refused(data: bytes, code: str) -> None:
    assert code_of(data) == code

"""Read CSV: find the encoding and the delimiter, then split records as RFC 4180 has them."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator

from araldo.messages import Message
from araldo.tables.models import Row, TableUnreadable

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A header with as many columns by two of them is split by the first.
_DELIMITERS = (";", "\t", ",", "|")
# Excel's own first line, which names the delimiter.
_NAMED = re.compile(r"sep=([;,|\t])(?:\r\n|\r|\n)", re.IGNORECASE)
_SAMPLE = 4_096


def read_delimited(data: bytes) -> Iterator[Row]:
    """Yield the records of a CSV file. Raises TableUnreadable, also while they are read."""
    text = decode(data)
    named = _NAMED.match(text)
    if named is not None:
        yield from _records(text[named.end() :], named[1], skipped=1)
    else:
        yield from _records(text, find_delimiter(text), skipped=0)


def decode(data: bytes) -> str:
    """Return the text: by its byte order mark, else UTF-16 where every other byte is zero, UTF-8, Windows-1252.

    Raises TableUnreadable for bytes that are none of them.
    """
    mark, encoding = next((entry for entry in _MARKS if data.startswith(entry[0])), (b"", ""))
    try:
        text = data[len(mark) :].decode(encoding) if encoding else _decode_unmarked(data)
    except UnicodeDecodeError as wrong:
        raise TableUnreadable("encoding_unknown", Message("tables.encoding_unknown")) from wrong
    if "\x00" in text:
        raise TableUnreadable("not_a_table", Message("tables.not_a_table"))
    return text


def _decode_unmarked(data: bytes) -> str:
    sample = data[:_SAMPLE]
    if b"\x00" in sample:
        return data.decode("utf-16-be" if sample[::2].count(0) > sample[1::2].count(0) else "utf-16-le")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def find_delimiter(text: str) -> str:
    """Return the delimiter that splits the first record into the most columns; a comma when none does."""
    counts = {delimiter: _count_columns(text, delimiter) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda delimiter: counts[delimiter])
    return best if counts[best] > 1 else ","


def _count_columns(text: str, delimiter: str) -> int:
    try:
        return max((len(record) for record in _first(text, delimiter)), default=0)
    except csv.Error:
        return 0


def _first(text: str, delimiter: str) -> Iterator[list[str]]:
    """Yield the first record that is not blank."""
    for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
        if any(cell.strip() for cell in record):
            yield record
            return


def _records(text: str, delimiter: str, *, skipped: int) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = skipped
    while True:
        number += 1
        try:
            record = next(reader, None)
        except csv.Error as wrong:
            # A cell above the csv module's limit, or a quote that does not end where its cell does.
            raise TableUnreadable("row_malformed", Message("tables.row_malformed", {"row": number})) from wrong
        if record is None:
            return
        yield Row(number, record)

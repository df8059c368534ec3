"""Read a file of rows: its kind follows from its bytes, not from its name."""

from __future__ import annotations

from araldo.messages import Message
from araldo.tables import ods, xlsx
from araldo.tables.archive import Archive
from araldo.tables.delimited import read_delimited
from araldo.tables.models import FILE_MAX_BYTES, Row, TableUnreadable, collect_rows

_ZIP = b"PK\x03\x04"
# Compound files, the XLS of before 2007.
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_table(data: bytes) -> list[Row]:
    """Return the rows that are not blank: of a CSV file, or of the first sheet of an XLSX or ODS file.

    Blocks for up to seconds; call it in a thread. Raises TableUnreadable.
    """
    if len(data) > FILE_MAX_BYTES:
        most = {"most": FILE_MAX_BYTES // (1024 * 1024)}
        raise TableUnreadable("file_too_large", Message("tables.file_too_large", most))
    if data.startswith(_OLD_EXCEL):
        raise TableUnreadable("old_excel", Message("tables.old_excel"))
    if not data.startswith(_ZIP):
        return collect_rows(read_delimited(data))
    archive = Archive(data)
    if xlsx.WORKBOOK in archive:
        return collect_rows(xlsx.read_xlsx(archive))
    if ods.CONTENT in archive:
        return collect_rows(ods.read_ods(archive))
    raise TableUnreadable("not_a_table", Message("tables.not_a_table"))

"""Which numbers of an XLSX sheet are dates and times of day: by their number format (ECMA-376, 18.8.30)."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from enum import Flag

from araldo.tables.models import Cell


class Shown(Flag):
    """What a number format shows of a number."""

    NUMBER = 0
    DATE = 1
    TIME = 2


# The formats that are built in; 27 to 58 in East Asian versions.
_DATES = {*range(14, 18), *range(27, 32), 36, *range(50, 55), 57, 58}
_TIMES = {*range(18, 22), 32, 33, 34, 35, *range(45, 48), 55, 56}
_BOTH = 22
# Texts in quotes, single characters after a backslash, underscore or star, and conditions, colors and languages.
_LITERAL = re.compile(r'"[^"]*"|[\\_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_BASE_1900, _BASE_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001  # A sheet's times have no zone.
# Before it, Excel counts a day that never was; after it, there are no dates.
_FIRST, _BEYOND = 61.0, 2_958_466.0


def shown_by(format_id: int, codes: dict[int, str]) -> Shown:
    """Return what a format shows. `codes`: the workbook's own formats by id."""
    if format_id not in codes:
        shown = Shown.DATE if format_id in _DATES else Shown.TIME if format_id in _TIMES else Shown.NUMBER
        return Shown.DATE | Shown.TIME if format_id == _BOTH else shown
    code = _LITERAL.sub("", codes[format_id].partition(";")[0]).lower()
    if code == "general":
        return Shown.NUMBER
    shown = Shown.TIME if set("hs") & set(code) else Shown.NUMBER
    if set("yd") & set(code) or ("m" in code and not shown):
        shown |= Shown.DATE
    return shown


def cell_of(number: float, shown: Shown, *, from_1904: bool) -> Cell:
    """Return the date, time of day or number that a sheet shows; a number as text."""
    if shown is Shown.TIME and 0 <= number < 1:
        seconds = min(round(number * 86_400), 86_399)
        return time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    if shown is Shown.NUMBER or not (from_1904 or number >= _FIRST) or not 0 <= number < _BEYOND - 1_500:
        return number_text(number)
    whole = timedelta(seconds=round(number * 86_400))
    moment = (_BASE_1904 if from_1904 else _BASE_1900) + whole
    return moment if Shown.TIME in shown or moment.time() != time() else moment.date()


def number_text(number: float) -> str:
    """Return a number as a person would write it: without a fraction of zero."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)

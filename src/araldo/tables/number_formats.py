"""Which numbers of an XLSX sheet are dates and times of day: by their number format (ECMA-376, 18.8.30)."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from enum import Flag

from araldo.tables.models import Cell


class NumberFormatKind(Flag):
    """What a number format shows of a number."""

    NUMBER = 0
    DATE = 1
    TIME = 2


# The formats that are built in, 22 with both; 27 to 58 in East Asian versions.
_DATES = {*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58}
_TIMES = {*range(18, 23), 32, 33, 34, 35, *range(45, 48), 55, 56}
# Texts in quotes, single characters after a backslash, underscore or star, and conditions, colors and languages.
_LITERAL = re.compile(r'"[^"]*"|[\\_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
# A sheet's times have no zone.
_BASE_1900, _BASE_1904 = datetime.fromisoformat("1899-12-30"), datetime.fromisoformat("1904-01-01")
_LAST = datetime.fromisoformat("9999-12-31T23:59:59")
# Counted from 1900: before it, Excel has a day that never was.
_FIRST = 61.0
_DAY_S = 24 * 60 * 60


def number_format_kind(format_id: int, codes: dict[int, str]) -> NumberFormatKind:
    """Return what a format shows. `codes`: the workbook's own formats by id."""
    if format_id not in codes:
        kind = NumberFormatKind.DATE if format_id in _DATES else NumberFormatKind.NUMBER
        return kind | (NumberFormatKind.TIME if format_id in _TIMES else NumberFormatKind.NUMBER)
    code = _LITERAL.sub("", codes[format_id].partition(";")[0]).lower()
    if code == "general":
        return NumberFormatKind.NUMBER
    kind = NumberFormatKind.TIME if set("hs") & set(code) else NumberFormatKind.NUMBER
    if set("yd") & set(code) or ("m" in code and not kind):
        kind |= NumberFormatKind.DATE
    return kind


def convert_number(number: float, kind: NumberFormatKind, *, from_1904: bool) -> Cell:
    """Return the date, time of day or number that a sheet shows; a number as text. `number`: days, for a date."""
    if kind is NumberFormatKind.TIME and 0 <= number < 1:
        seconds = min(round(number * _DAY_S), _DAY_S - 1)
        return time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    base, first = (_BASE_1904, 0.0) if from_1904 else (_BASE_1900, _FIRST)
    last = (_LAST - base) / timedelta(days=1)
    if kind is NumberFormatKind.NUMBER or not first <= number <= last:
        return number_text(number)
    moment = base + timedelta(seconds=round(number * _DAY_S))
    return moment if NumberFormatKind.TIME in kind or moment.time() != time() else moment.date()


def number_text(number: float) -> str:
    """Return a number as a person would write it: without a fraction of zero."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)

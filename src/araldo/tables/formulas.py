"""Text that a spreadsheet would run as a formula (CSV injection): marked when written, unmarked when read.

https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import re

# Also what has a mark already, so that removing one mark is always right.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_MARKED = re.compile(r"'+[=+\-@\t\r\n]")
_MARK = "'"


def mark_formula(text: str) -> str:
    """Return the text with an apostrophe before it, if a spreadsheet would take it for a formula."""
    return _MARK + text if _FORMULA.match(text) else text


def unmark_formula(text: str) -> str:
    """Return what `mark_formula` was given."""
    return text.removeprefix(_MARK) if _MARKED.match(text) else text

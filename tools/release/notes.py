"""Release notes: a version's section of CHANGELOG.md."""

from __future__ import annotations

import re

from tools.release.refused import ReleaseRefused

_UNRELEASED = "Unreleased"


def notes_for(changelog: str, version: str, *, rehearsal: bool) -> str:
    """Return the text below the version's heading (`## 1.2.3 - 2027-01-31`).

    `rehearsal`: take the section "Unreleased" where the version has none.
    Raises ReleaseRefused when there is no section, or it says nothing.
    """
    sections = _sections(changelog)
    text = sections.get(version)
    if text is None and rehearsal:
        text = sections.get(_UNRELEASED)
    if not text:
        raise ReleaseRefused(
            f"CHANGELOG.md says nothing under '## {version} - DATE': rename '## {_UNRELEASED}' to that."
        )
    return text + "\n"


def _sections(changelog: str) -> dict[str, str]:
    """Return the text of each second-level section by the first word of its heading."""
    pieces = re.split(r"^## +(\S+).*$", changelog, flags=re.MULTILINE)
    return {name: text.strip() for name, text in zip(pieces[1::2], pieces[2::2], strict=True)}

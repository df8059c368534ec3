"""The site's pages and navigation, from the Markdown files as they are in the repository."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

INDEX = "index.md"
_CHANGELOG = "changelog.md"
_DECISIONS = "decisions"
# Of a page in docs/, to a page in docs/ or to CHANGELOG.md; also of a page one folder below.
_LINK = re.compile(r"\]\(([\w./-]+\.md)(#[\w-]+)?\)")

_EMPTY_HEAD = re.compile(r"<thead>\s*<tr>(?:\s*<th[^>]*></th>)+\s*</tr>\s*</thead>")

Section = tuple[str, list[str]]


def copy_pages(root: Path, to: Path) -> None:
    """Copy docs/ and CHANGELOG.md to a new folder, with the links between them as they are there."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(root / "docs", to, ignore=shutil.ignore_patterns("*.json"))
    for page in to.rglob("*.md"):
        page.write_text(_links_within(page.read_text(), to_changelog=f"{'../' * len(page.relative_to(to).parts[1:])}"))
    changelog = (root / "CHANGELOG.md").read_text()
    (to / _CHANGELOG).write_text(_LINK.sub(lambda link: link.group().replace("](docs/", "]("), changelog))
    for file in ("web/public/favicon.svg", "tools/docs/colours.css"):
        shutil.copy(root / file, to)


def _links_within(text: str, *, to_changelog: str) -> str:
    return _LINK.sub(
        lambda link: f"]({to_changelog}{_CHANGELOG}{link[2] or ''})" if link[1].endswith("/CHANGELOG.md") else link[0],
        text,
    )


def navigation(pages: Path) -> list[Section]:
    """Return the sections of index.md with their pages; the last section has all decisions.

    Raises ValueError when a page is in no section.
    """
    sections = [(title, _linked_pages(text)) for title, text in _sections((pages / INDEX).read_text())]
    sections[-1][1].extend(f"{_DECISIONS}/{page.name}" for page in sorted((pages / _DECISIONS).glob("*.md")))
    listed = {INDEX, *(page for _, linked in sections for page in linked)}
    forgotten = sorted({str(page.relative_to(pages)) for page in pages.rglob("*.md")} - listed)
    if forgotten:
        raise ValueError(f"docs/{INDEX} has no link in a section to: {', '.join(forgotten)}")
    return sections


def _linked_pages(text: str) -> list[str]:
    """Return the pages that a text links to, each once, in the text's order."""
    linked = (link for link, _ in _LINK.findall(text))
    return list(dict.fromkeys(_CHANGELOG if link.endswith("CHANGELOG.md") else link for link in linked))


def as_toml(sections: Iterable[Section]) -> str:
    """Return the navigation as a line of zensical.toml."""
    entries = [f"{{ {json.dumps(title)} = {json.dumps(pages)} }}" for title, pages in sections]
    return f'nav = [{{ "Home" = "{INDEX}" }}, {", ".join(entries)}]'


def accessible(page: str) -> str:
    """Return a built page where no table has a head without words."""
    return _EMPTY_HEAD.sub("", page)


def _sections(text: str) -> list[tuple[str, str]]:
    pieces = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return list(zip(pieces[1::2], pieces[2::2], strict=True))

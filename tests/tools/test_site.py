"""The documentation site's pages, navigation and links."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.docs.__main__ import build
from tools.docs.pages import accessible, as_toml, copy_pages, navigation

ROOT = Path(__file__).parents[2]
INDEX = """# Araldo

## Use

- [The API](api.md): calls, see [a call](api.md#calls)
- [Changelog](../CHANGELOG.md): changes

## Decisions

All.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with three pages and a decision."""
    for name, text in {
        "docs/index.md": INDEX,
        "docs/api.md": "# The API\n\n## Calls\n\n[Changes](../CHANGELOG.md#unreleased), [why](decisions/0001-why.md)\n",
        "docs/decisions/0001-why.md": "# 1. Why\n\n[Changes](../../CHANGELOG.md), [the API](../api.md)\n",
        "docs/openapi.json": "{}",
        "CHANGELOG.md": "# Changelog\n\n## Unreleased\n\nSee [the API](docs/api.md#calls).\n",
        "web/public/favicon.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "tools/docs/colours.css": "",
        "zensical.toml": (ROOT / "zensical.toml").read_text(),
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_links_to_and_from_the_changelog_hold_in_the_site(root: Path) -> None:
    pages = root / "pages"
    copy_pages(root, pages)
    assert "(changelog.md#unreleased), [why](decisions/0001-why.md)" in (pages / "api.md").read_text()
    assert "(../changelog.md), [the API](../api.md)" in (pages / "decisions/0001-why.md").read_text()
    assert "(api.md#calls)" in (pages / "changelog.md").read_text()
    assert not (pages / "openapi.json").exists()


def test_the_navigation_is_that_of_the_index_with_all_decisions(root: Path) -> None:
    copy_pages(root, root / "pages")
    sections = navigation(root / "pages")
    assert sections == [("Use", ["api.md", "changelog.md"]), ("Decisions", ["decisions/0001-why.md"])]
    assert as_toml(sections) == (
        'nav = [{ "Home" = "index.md" }, { "Use" = ["api.md", "changelog.md"] }, '
        '{ "Decisions" = ["decisions/0001-why.md"] }]'
    )


def test_a_page_that_the_index_forgets_is_named(root: Path) -> None:
    (root / "docs/lost.md").write_text("# Lost\n")
    assert build(root, root / "build", root / "site") == "docs/index.md has no link in a section to: lost.md"


def test_the_index_lists_every_page_of_this_repository() -> None:
    listed = [page for _, pages in navigation(ROOT / "docs") for page in pages]
    assert len(listed) == len(set(listed)) > 30


def test_the_site_replaces_an_earlier_one_and_has_no_pages_of_the_servers_own(root: Path) -> None:
    site = root / "site"
    site.mkdir()
    (site / "old.html").touch()
    assert build(root, root / "build", site) is None
    there = {str(path.relative_to(site)) for path in site.rglob("*") if path.is_file()}
    assert {"index.html", "api/index.html", "changelog/index.html", "search.json"} <= there
    assert not {"old.html", "404.html", "sitemap.xml"} & there
    page = (site / "api/index.html").read_text()
    assert 'href="../changelog/#unreleased"' in page
    assert "https://" not in page


@pytest.mark.parametrize("link", ["nowhere.md", "api.md#nowhere"])
def test_a_link_that_leads_nowhere_fails_and_the_earlier_site_stays(root: Path, link: str) -> None:
    site = root / "site"
    site.mkdir()
    (site / "index.html").write_text("earlier")
    (root / "docs/api.md").write_text(f"# The API\n\n## Calls\n\n[Lost]({link})\n")
    wrong = build(root, root / "build", site)
    assert wrong is not None
    assert "api.md" in wrong
    assert "Traceback" not in wrong
    assert (site / "index.html").read_text() == "earlier"


def test_tables_without_headings_have_no_head() -> None:
    head = "<thead>\n<tr>\n<th></th>\n<th align='left'></th>\n</tr>\n</thead>"
    assert accessible(f"<table>{head}<tbody></tbody></table>") == "<table><tbody></tbody></table>"
    kept = "<thead><tr><th>name</th><th></th></tr></thead>"
    assert accessible(kept) == kept

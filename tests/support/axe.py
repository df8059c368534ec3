"""What axe-core finds wrong with a page, by WCAG 2.2 A and AA and its own best practices."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

_SCRIPT = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """
async (rules) => (await axe.run(document, {runOnly: rules, resultTypes: ['violations']})).violations.map(
  ({id, help, nodes}) =>
    `${id}: ${help}\\n` + nodes.map((node) => `  ${node.html}\\n  ${node.failureSummary}`).join('\\n'))
"""


@cache
def _script() -> str:
    return _SCRIPT.read_text()


def assert_accessible(page: Page) -> None:
    """Of the page as it stands, whatever is open on it."""
    # Evaluated and not added as an element: the page's Content-Security-Policy lets no other script in.
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_script())
    # Half-faded colours are nobody's contrast.
    page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)))")
    found = page.evaluate(_RUN, _RULES)
    assert found == [], "\n".join(found)

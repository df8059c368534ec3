"""Accessibility checks with axe-core: WCAG 2.2 A and AA, and its best practices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

_SCRIPT = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
_LOOKS = 6
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# One call each for what is asked before and for the run: a call takes as long as some rules. During animations colours
# have not their final contrast.
_LOOK = "({ isLoaded: typeof axe === 'object', height: document.documentElement.scrollHeight })"
_RUN = """
async (rules) => {
  await Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)));
  return (await axe.run(document, {runOnly: rules, resultTypes: ['violations']})).violations.map(
  ({id, help, nodes}) =>
    `${id}: ${help}\\n` + nodes.map((node) => `  ${node.html}\\n  ${node.failureSummary}`).join('\\n'));
}
"""


@cache
def _script() -> str:
    return _SCRIPT.read_text()


def assert_accessible(page: Page) -> None:
    """Assert that axe-core finds no violation on the page as it is now."""
    look = page.evaluate(_LOOK)
    # Evaluated and not added as an element: the page's Content-Security-Policy lets no other script in.
    if not look["isLoaded"]:
        page.evaluate(_script())
    with _all_in_sight(page, look["height"]):
        found = page.evaluate(_RUN, _RULES)
        for _ in range(_LOOKS - 1):
            if not found:
                break
            # Chromium reports a changed colour scheme before it has repainted everything, so try again.
            page.wait_for_timeout(500)
            found = page.evaluate(_RUN, _RULES)
    assert found == [], "\n".join(found)


@contextmanager
def _all_in_sight(page: Page, height: int) -> Iterator[None]:
    """Enlarge the viewport to the whole page, so that nothing is covered by the bar at the bottom."""
    before = page.viewport_size
    assert before is not None
    if height <= before["height"]:
        yield
        return
    page.set_viewport_size({"width": before["width"], "height": height})
    yield
    page.set_viewport_size(before)

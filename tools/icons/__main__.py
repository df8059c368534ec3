"""Render the studio's icons from its logo: `python -m tools.icons` after a change of `web/public/favicon.svg`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright
from tests.support import chromium

PUBLIC = Path(__file__).parents[2] / "web/public"


@dataclass(frozen=True)
class Icon:
    """`size`: pixels of a side. `scale`: of the logo. `is_filled`: to the edges, for systems that cut the shape."""

    name: str
    size: int
    scale: float = 1
    is_filled: bool = False


# A maskable icon keeps what matters within 40 % of its size around the centre (W3C, Web Application Manifest).
ICONS = (
    Icon("icon-192", 192),
    Icon("icon-512", 512),
    Icon("maskable-512", 512, scale=0.95, is_filled=True),
    Icon("apple-touch-icon", 180, is_filled=True),
)


def render_icons() -> None:
    """Write each icon as a PNG."""
    logo = (PUBLIC / "favicon.svg").read_text()
    found = re.search(r'fill="(#\w+)"', logo)
    assert found is not None, "favicon.svg has no background"
    (PUBLIC / "icons").mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find_or_install(), args=list(chromium.FLAGS))
        for icon in ICONS:
            page = browser.new_page(viewport={"width": icon.size, "height": icon.size})
            ground = found[1] if icon.is_filled else "transparent"
            side = f"{icon.scale * 100}vw"
            page.set_content(
                f"<style>body{{margin:0;height:100vh;display:grid;place-items:center;background:{ground}}}"
                f"svg{{width:{side};height:{side}}}</style>{logo}"
            )
            page.screenshot(path=PUBLIC / f"icons/{icon.name}.png", omit_background=True)
        browser.close()


if __name__ == "__main__":
    render_icons()

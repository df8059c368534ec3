"""Every screen of the studio at both widths, in both schemes and all languages: checked, and drawn to be looked at.

`make screens` writes a picture of each to screens/. It fails where axe-core finds a fault, a page is wider than its
screen, or a text is cut off.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import DESKTOP, PHONE, in_own_thread
from tests.browser.signing_in import sign_in
from tests.images.pictures import encode_picture, quarters
from tests.support import chromium
from tests.support.axe import assert_accessible
from tests.support.running_system import RunningSystem, ask, start_system

LANGUAGES = {"en": "en-GB", "it": "it-IT", "es": "es-ES"}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_REFUSED = {"status": 400, "code": 36003, "error_subcode": 2207009, "message": "aspect ratio"}
_ROME = "Europe/Rome"
# Screens that people see who are not signed in.
_OUTSIDE = ("approval-link", "sign-in")
# Texts that stick out of an ancestor that hides what sticks out, and that show no ellipsis instead.
_CUT_OFF = """() => {
  const hides = (one) => ["hidden", "clip"].includes(getComputedStyle(one).overflowX);
  const fades = (one) => getComputedStyle(one).textOverflow === "ellipsis";
  const isSeen = (one) => {
    const { visibility, opacity, position } = getComputedStyle(one);
    const { width, height } = one.getBoundingClientRect();
    return visibility !== "hidden" && opacity !== "0" && position !== "absolute" && width >= 4 && height >= 4;
  };
  const cut = (one) => {
    for (let above = one.parentElement; above; above = above.parentElement) {
      if (fades(above)) return false;
      if (!hides(above)) continue;
      const [inner, outer] = [one.getBoundingClientRect(), above.getBoundingClientRect()];
      return outer.width >= 8 && (inner.left < outer.left - 1 || inner.right > outer.right + 1);
    }
    return false;
  };
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.children.length === 0 && one.textContent.trim() && !fades(one) && isSeen(one) && cut(one))
    .map((one) => one.textContent.trim().slice(0, 60));
}"""


@dataclass
class Gallery:
    """Draws screens into `folder` and collects their `faults`."""

    folder: Path
    faults: list[str] = field(default_factory=list)

    def look(self, page: Page, name: str, path: str, variant: str) -> None:
        page.goto(path)
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
        page.wait_for_load_state("load")
        where = f"{name}, {variant}"
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            self.faults.append(f"{where}: wider than the screen")
        self.faults += [f"{where}: cut off: {text}" for text in page.evaluate(_CUT_OFF)]
        try:
            assert_accessible(page)
        except AssertionError as found:
            self.faults.append(f"{where}: {found}")
        page.screenshot(path=self.folder / f"{name}.{variant}.png", full_page=True)


def main() -> None:
    gallery = Gallery(Path(sys.argv[1]))
    gallery.folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        in_own_thread(start_system(Path(folder))) as home,
        sync_playwright() as playwright,
    ):
        screens = _fill(home)
        browser = playwright.chromium.launch(executable_path=chromium.find_or_install(), args=list(chromium.FLAGS))
        for language, scheme, viewport in product(LANGUAGES, SCHEMES, (DESKTOP, PHONE)):
            variant = f"{language}.{scheme}.{viewport['width']}"
            with _pages(browser, home, language, scheme, phone=viewport is PHONE) as (inside, outside):
                for name, path in screens.items():
                    gallery.look(outside if name in _OUTSIDE else inside, name, path, variant)
            print(f"{variant}: {len(screens)} screens, {len(gallery.faults)} faults so far", flush=True)
        browser.close()
    print("\n".join(gallery.faults))
    sys.exit(bool(gallery.faults))


@contextmanager
def _pages(
    browser: Browser, home: RunningSystem, language: str, scheme: Literal["light", "dark"], *, phone: bool
) -> Iterator[tuple[Page, Page]]:
    """Yield a page of the owner, and one of somebody who is not signed in."""
    contexts = [
        browser.new_context(
            base_url=home.url,
            viewport=PHONE if phone else DESKTOP,
            color_scheme=scheme,
            locale=LANGUAGES[language],
            timezone_id=_ROME,
            has_touch=phone,
            reduced_motion="reduce",
        )
        for _ in range(2)
    ]
    inside, outside = (context.new_page() for context in contexts)
    yield sign_in(inside, home, language), outside
    for context in contexts:
        context.close()


def _fill(home: RunningSystem) -> Mapping[str, str]:
    """Make posts of every kind, pictures, a webhook and an approval link; return the path of each screen."""
    home.meta.fault(method="POST", path="media_publish", when="before", kind="graph_error", error=_REFUSED, times=1)
    both, everywhere = ["facebook", "instagram"], ["facebook", "instagram", "instagram_story"]
    failed = _publish(home, "Foto rifiutata da Instagram", both)
    published = _publish(home, "Pane caldo tutti i giorni dalle sette: venite a trovarci in bottega!", everywhere)
    tomorrow = datetime.now(ZoneInfo(_ROME)).replace(hour=10, minute=0, second=0, microsecond=0, tzinfo=None)
    planned = home.create(
        content="Torta di domani con le albicocche dell'orto",
        platforms=everywhere,
        schedule_time=(tomorrow + timedelta(days=1)).isoformat(),
        zone=_ROME,
    ).body["job_id"]
    _made(home, f"/api/v1/posts/{planned}/recurrence", {"rrule": "FREQ=WEEKLY"})
    draft = _made(home, "/api/v1/posts", {"content": "Idea a metà: corso di pizza", "platforms": both, "note": "Luca?"})
    asked = _made(home, "/api/v1/posts", {"content": "Grissini al sesamo, da approvare", "platforms": both})
    assert home.ask("POST", f"/api/v1/posts/{asked}/approval/request", {"comment": "Va bene?"}).status == 200
    link = ask(
        "POST",
        f"{home.url}/api/v1/posts/{asked}/approval/links",
        {"note": "Fabio"},
        {"Authorization": f"Bearer {home.key}"},
    ).body["url"]
    for number, size in enumerate(((800, 600), (600, 800), (900, 900))):
        made = home.upload(encode_picture(quarters(size), "JPEG"), f"foto-{number}.jpg", alt="Il banco", tags="estate")
        assert made.status == 201, made.body
    _made(home, "/api/v1/webhooks", {"url": "https://araldo.example/hook", "note": "Negozio"})
    steps = {f"wizard-{step}": f"/posts/{draft}/edit?step={step}" for step in range(1, 5)}
    posts = {"published": published, "failed": failed, "series": planned, "approval": asked}
    settings = {name: f"/settings/{name}" for name in ("members", "webhooks", "posting-times", "audit")}
    views = {f"calendar-{view}": f"/calendar?view={view}" for view in ("month", "week", "agenda")}
    plain = {name: f"/{name}" for name in ("posts", "library", "brand", "accounts", "settings", "sign-in")}
    return {
        "home": "/",
        **plain,
        **views,
        **{f"post-{name}": f"/posts/{post}" for name, post in posts.items()},
        **steps,
        **settings,
        "posts-import": "/posts/import",
        "approval-link": link,
        "not-found": "/nowhere",
    }


def _publish(home: RunningSystem, content: str, platforms: list[str]) -> str:
    reply = home.create(wait=60, content=content, platforms=platforms, publish_immediately=True)
    assert reply.status == 200, reply.body
    return str(reply.body["job_id"])


def _made(home: RunningSystem, path: str, body: Mapping[str, object]) -> str:
    """Create a resource and return its id."""
    reply = home.ask("POST", path, body)
    assert reply.status == 201, reply.body
    return str(reply.body.get("job_id") or reply.body["id"])


if __name__ == "__main__":
    main()

"""The wizard's page object, and the requests that it sends."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.signing_in import sign_in
from tests.support.running_system import RunningSystem

# Undo's five seconds, and a picture or two.
SLOW_MS = 20_000


class Wizard:
    """`sent`: the requests that publish or schedule, without dry runs."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sent: list[Request] = []
        page.on("request", self._on_request)

    def _on_request(self, request: Request) -> None:
        out = re.search(r"/(publish|schedule|social/.+)$", request.url.partition("?")[0])
        if request.method == "POST" and out and "validate_only" not in request.url:
            self.sent.append(request)

    @property
    def keys(self) -> list[str]:
        return [request.headers["idempotency-key"] for request in self.sent]

    @property
    def post_id(self) -> str:
        found = re.search(r"/posts/(post_\w+)/edit", self.page.url)
        assert found is not None, self.page.url
        return found[1]

    @property
    def text(self) -> Locator:
        return self.page.locator("#wizard-content")

    def begin(self, text: str) -> None:
        """Begin a new post with this text and wait until it is saved."""
        self.page.goto("/posts/new")
        self.text.fill(text)
        self.saved()

    def saved(self) -> None:
        expect(self.page.get_by_text(re.compile("^(Saved|Guardado|Salvato) ")).first).to_be_visible()
        expect(self.page).to_have_url(re.compile(r"/posts/post_\w+/edit"))

    def go(self, step: int) -> None:
        self.page.get_by_role("list").get_by_role("link").and_(
            self.page.locator(f"[href*='step={step}']") if step > 1 else self.page.locator("[href$='/edit']")
        ).first.click()

    def choose(self, *names: str) -> None:
        """Choose exactly these platforms on the second step."""
        cards = self.page.get_by_role("checkbox")
        expect(cards.first).to_be_visible()
        for box in cards.all():
            box.set_checked(str(box.get_attribute("id")).removeprefix("wizard-platform-") in names)

    def act(self, label: str) -> Locator:
        return self.page.get_by_role("button", name=label)

    def published(self, count: int) -> None:
        expect(self.page.get_by_text("Published", exact=True)).to_have_count(count, timeout=SLOW_MS)


def facebook_post(home: RunningSystem, page: Page, text: str) -> Wizard:
    """Fill in a post for Facebook without pictures, up to the last step."""
    sign_in(page, home)
    wizard = Wizard(page)
    wizard.begin(text)
    wizard.go(2)
    wizard.choose("facebook")
    wizard.go(4)
    expect(wizard.act("Publish now on 1 platform")).to_be_visible()
    return wizard


def published_with(home: RunningSystem, text: str) -> list[str]:
    """Return the sandbox's published posts whose text begins so."""
    posts = home.meta.state()["posts"]
    return [post["id"] for post in posts if post["is_published"] and str(post.get("message")).startswith(text)]

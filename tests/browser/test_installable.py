"""The studio as an installed app: manifest, icons, and the system's "share"."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Browse
from tests.browser.page_monitor import PageMonitor
from tests.browser.signing_in import sign_in
from tests.support.axe import assert_accessible
from tests.support.running_system import RunningSystem

HOSTILE = "Pane <img src=x onerror=alert(1)> {{content}} ${x}"


def test_chromium_can_install_the_studio(home: RunningSystem, page: Page) -> None:
    studio = sign_in(page, home)
    studio.goto("/")
    devtools = studio.context.new_cdp_session(studio)
    found = devtools.send("Page.getAppManifest")
    assert found["errors"] == []
    assert found["url"] == f"{home.url}/manifest.webmanifest"
    manifest = json.loads(found["data"])
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/", "/", "standalone")
    # A browser context of a test is a private window, where nothing can be installed.
    errors = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in errors] in ([], ["in-incognito"])
    reply = studio.request.get("/manifest.webmanifest")
    assert reply.headers["content-type"] == "application/manifest+json"


def test_icons_have_the_sizes_that_the_manifest_says(home: RunningSystem, page: Page) -> None:
    studio = sign_in(page, home)
    studio.goto("/")
    icons = studio.request.get("/manifest.webmanifest").json()["icons"]
    assert {icon["sizes"] for icon in icons} >= {"192x192", "512x512"}
    assert "maskable" in {icon.get("purpose") for icon in icons}
    icons.append({"src": "/icons/apple-touch-icon.png", "sizes": "180x180"})
    for icon in icons:
        side = studio.evaluate(
            "async (src) => { const image = new Image(); image.src = src; await image.decode();"
            " return `${image.naturalWidth}x${image.naturalHeight}`; }",
            icon["src"],
        )
        assert icon["sizes"] in {side, "any"}, icon


def test_a_shared_text_fills_the_editor_and_is_saved_only_when_changed(home: RunningSystem, browse: Browse) -> None:
    studio = sign_in(browse(PHONE), home)
    before = home.ask("GET", "/api/v1/posts?limit=100").body["data"]
    writes: list[str] = []
    studio.on("request", lambda sent: writes.append(sent.url) if sent.method == "POST" else None)
    shared = {"title": "Forno", "text": HOSTILE, "url": "https://forno.example/pane"}
    studio.goto(f"/share?{urlencode(shared)}")
    text = studio.get_by_role("textbox", name="Text", exact=True)
    filled = f"Forno\n\n{HOSTILE}\n\nhttps://forno.example/pane"
    expect(text).to_have_value(filled)
    expect(studio.get_by_text("Shared with Araldo")).to_be_visible()
    assert_accessible(studio)
    studio.reload()
    expect(text).to_have_value(filled)
    assert not [url for url in writes if url.endswith("/api/v1/posts")]
    assert home.ask("GET", "/api/v1/posts?limit=100").body["data"] == before
    text.press("End")
    text.press_sequentially("!")
    expect(studio.get_by_text("Shared with Araldo")).to_have_count(0)
    assert "text=" not in studio.url
    [made] = [post for post in home.ask("GET", "/api/v1/posts?limit=100").body["data"] if post not in before]
    assert (made["status"], made["content"].replace("!", "")) == ("draft", filled.replace("!", ""))


def test_a_shared_text_does_not_replace_what_is_being_written(
    home: RunningSystem, page: Page, monitor: PageMonitor
) -> None:
    monitor.allow("net::ERR_FAILED")
    studio = sign_in(page, home)
    studio.goto("/posts/new")
    text = studio.get_by_role("textbox", name="Text", exact=True)
    studio.route(
        "**/api/v1/posts", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    text.fill("A metà")
    expect(studio.get_by_text("Offline: saved in this browser").first).to_be_visible()
    studio.goto("/share?text=Altro")
    expect(text).to_have_value("Altro")
    expect(studio.get_by_text("A metà").first).to_be_visible()

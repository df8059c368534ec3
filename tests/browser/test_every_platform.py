"""Every service is connected in the studio, and one post goes to every platform at once.

Bluesky's account is on a real PDS, those of the other services are in the sandbox.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect

from araldo.app import Araldo
from araldo.asgi import create_web
from araldo.settings import Settings
from tests.browser.conftest import PHONE, Browse, in_own_thread
from tests.browser.signing_in import sign_in
from tests.browser.wizard_page import Wizard
from tests.chaos.service import ServiceCampaign, campaign_services, find_campaign
from tests.support.axe import assert_accessible
from tests.support.migrated import copy_migrated_file
from tests.support.running_system import (
    RunningSystem,
    SandboxClient,
    connect_accounts,
    running_sandbox,
    settings_for,
)
from tests.support.serving import serve_made

# Seven pictures are made, and a server of another language stores some of them.
_SLOW_MS = 60_000
_CONTENT = "Sabato apriamo il forno di via Mascarella: venite ad assaggiare"
_TIMES = {"http_timeout_s": 10, "lease_s": 30, "sweep_s": 0.2, "check_gap_s": 0.3}

# Each service with the client of its server.
Services = list[tuple[ServiceCampaign, SandboxClient]]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningSystem, Services]]:
    with in_own_thread(_start(tmp_path_factory.mktemp("system"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def home(started: tuple[RunningSystem, Services]) -> RunningSystem:
    return started[0]


@pytest.fixture(scope="module")
def services(started: tuple[RunningSystem, Services]) -> Services:
    return started[1]


def test_one_post_is_published_on_every_platform(home: RunningSystem, services: Services, browse: Browse) -> None:
    page = sign_in(browse(), home)
    for campaign, client in services:
        connect_service(home, page, campaign, client)
    platforms = {platform["name"]: platform["label"] for platform in home.ask("GET", "/api/v1/platforms").body["data"]}
    assert set(platforms) == {name for campaign, _ in services for name in campaign.platforms}

    wizard = Wizard(page)
    wizard.begin(_CONTENT)
    page.get_by_label("Hashtags", exact=True).fill("#pane, #bologna ")
    page.get_by_role("button", name="Next").click()
    wizard.choose(*platforms)
    page.get_by_role("button", name="Next").click()
    ready = page.get_by_role("main").get_by_text("Ready", exact=True)
    expect(ready).to_have_count(len(platforms), timeout=_SLOW_MS)
    page.get_by_role("button", name="Next").click()
    wizard.act(f"Publish now on {len(platforms)} platforms").click()
    everywhere = f"Published everywhere: {len(platforms)} of {len(platforms)}"
    expect(page.get_by_text(everywhere)).to_be_visible(timeout=_SLOW_MS)
    assert_accessible(page)

    phone = sign_in(browse(PHONE), home)
    phone.goto(f"/posts/{wizard.post_id}")
    for shown in (page, phone):
        expect(shown.get_by_text(everywhere)).to_be_visible()
        for label in platforms.values():
            row = shown.get_by_role("listitem", name=label, exact=True)
            expect(row.get_by_text("Published", exact=True)).to_be_visible()
            expect(row.get_by_role("link")).to_be_visible()
        assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the screen"
    assert_accessible(phone)
    phone.goto("/posts")
    assert_thumbnail_is_beside_the_title(phone)
    for campaign, client in services:
        posts = set().union(*campaign.visible_posts(client.state()).values())
        assert len(posts) == len(campaign.platforms), campaign.name


def assert_thumbnail_is_beside_the_title(page: Page) -> None:
    row = page.get_by_role("main").get_by_role("listitem").filter(has_text=_CONTENT[:20])
    thumbnail, title = row.locator("img").bounding_box(), row.get_by_role("link").bounding_box()
    assert thumbnail is not None
    assert title is not None
    assert thumbnail["x"] + thumbnail["width"] + 8 <= title["x"]


def connect_service(home: RunningSystem, page: Page, campaign: ServiceCampaign, client: SandboxClient) -> None:
    """Connect the accounts of a service by its form, as `GET /services` describes it."""
    listed = home.ask("GET", "/api/v1/services", accept_language="en").body["data"]
    service = next(service for service in listed if service["name"] == campaign.name)
    name, answers = campaign.connection(client)
    method = next(method for method in service["methods"] if method["name"] == name)
    page.goto("/accounts")
    page.locator("summary", has_text=service["label"]).first.click()
    form = page.locator("form").filter(has=page.get_by_role("button", name=method["label"], exact=True))
    if method is not service["methods"][0]:
        ways = page.locator("details", has=page.locator("summary", has_text=service["label"])).first
        ways.locator("summary", has_text=method["title"]).click()
    for field in method["fields"]:
        if field["name"] in answers:
            form.get_by_role("textbox", name=field["label"]).fill(answers[field["name"]])
    form.get_by_role("button", name=method["label"], exact=True).click()
    choices = page.get_by_role("main").get_by_role("checkbox")
    expect(choices.first).to_be_visible()
    for choice in choices.all():
        choice.check()
    page.get_by_role("button", name="Connect what is selected").click()
    expect(page).to_have_url(f"{home.url}/accounts")


@contextmanager
def _start(folder: Path) -> Iterator[tuple[RunningSystem, Services]]:
    """Start the servers of all services, and Araldo without an account."""
    with ExitStack() as stack:
        sandbox = stack.enter_context(running_sandbox())
        services: Services = []
        for campaign in map(find_campaign, campaign_services()):
            server = stack.enter_context(campaign.own_server())
            if server is not None:
                server.control("reset", {})
            services.append((campaign, server or sandbox))
        made: list[tuple[Settings, str]] = []

        def make(url: str) -> FastAPI:
            more = {"port": int(url.rpartition(":")[2]), "publish": _TIMES, **_settings(services)}
            settings = settings_for(folder, sandbox.url, **more)
            copy_migrated_file(settings.data_dir / "araldo.db")
            made.append((settings, asyncio.run(connect_accounts(settings, None))))
            return create_web(Araldo(settings))

        url = stack.enter_context(serve_made(make))
        yield RunningSystem(url, made[0][1], sandbox, made[0][0]), services


def _settings(services: Services) -> Mapping[str, Mapping[str, Any]]:
    """Return the settings of all services; several may allow hosts."""
    groups: dict[str, dict[str, Any]] = {}
    for campaign, client in services:
        for group, values in campaign.settings(client.url).items():
            for name, value in values.items():
                known = groups.setdefault(group, {}).get(name, [])
                groups[group][name] = [*known, *value] if isinstance(value, list) else value
    return groups

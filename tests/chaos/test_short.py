"""A short campaign, frozen processes, and tests of the comparison itself."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import update

from araldo.app import Araldo
from araldo.platforms import SERVICES
from araldo.storage.schema import deliveries
from tests.chaos.campaign import Campaign
from tests.chaos.interruptions import BOUNDARIES, Interruption
from tests.chaos.launcher import Launcher, running_launcher
from tests.chaos.report import format_report
from tests.chaos.service import ServiceCampaign, campaign_services, find_campaign
from tests.chaos.system import CampaignSystem, open_system
from tests.support.database import open_transaction
from tests.support.running_system import SandboxClient, ask
from tests.support.waiting import until

pytestmark = pytest.mark.timeout(300)

META = find_campaign("meta")
# Meta on both databases, every other service on SQLite.
_SYSTEMS = [("meta", "postgresql"), *((service, "sqlite") for service in campaign_services())]
StartCampaign = Callable[[str], tuple[ServiceCampaign, SandboxClient | None]]


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with running_launcher() as started:
        yield started


@pytest.fixture(scope="module")
def start_campaign() -> Iterator[StartCampaign]:
    """`start_campaign(service)` returns its campaign, and its own server, which is started once."""
    with ExitStack() as running:

        @cache
        def start(service: str) -> tuple[ServiceCampaign, SandboxClient | None]:
            campaign = find_campaign(service)
            return campaign, running.enter_context(campaign.own_server())

        yield start


@pytest.fixture(params=[pytest.param(system, id="-".join(system)) for system in _SYSTEMS])
def system(
    request: pytest.FixtureRequest, tmp_path: Path, launcher: Launcher, start_campaign: StartCampaign
) -> Iterator[CampaignSystem]:
    service, database = request.param
    url = None if database == "sqlite" else request.getfixturevalue("fresh_postgres")
    campaign, server = start_campaign(service)
    with open_system(tmp_path, launcher, campaign, url, server=server) as opened:
        yield opened


def test_every_service_has_a_campaign() -> None:
    assert campaign_services() == [service.declaration.name for service in SERVICES]


def test_nothing_is_published_twice_lost_or_recorded_wrongly(system: CampaignSystem) -> None:
    kills, count = len(BOUNDARIES) + 4, system.service.short_deliveries
    report = Campaign(system, random.Random(7), kills=kills, deliveries=count).run()
    assert report.comparison.is_clean, format_report(report, system.service.name, "short", 7)
    assert report.killed >= kills
    assert sum(report.comparison.states.values()) == report.deliveries
    assert any(state.endswith(" published") for state in report.comparison.states)


def test_a_process_frozen_between_intent_and_request_does_not_send(system: CampaignSystem) -> None:
    service = system.service
    system.create_posts(service.text_platforms)
    server = system.start(Interruption("after_intent", do="freeze"))
    until(lambda: not server.is_active)
    time.sleep(1.0)  # longer than an intent may take to leave: half of a call's time-out
    server.signal(signal.SIGCONT)
    until(system.settled)
    server.kill()
    assert [row["state"] for row in system.rows()] == ["published"]
    sent = [entry for entry in system.sandbox.log(method="POST") if entry["path"].endswith(service.visible_writes)]
    assert len(sent) == 1
    assert len(service.visible_posts(system.sandbox.state())) == 1
    assert system.compare().is_clean


@pytest.mark.parametrize("platform", ["facebook", "instagram"])
def test_a_frozen_process_that_wakes_after_another_took_over_does_not_send(
    fresh_postgres: str, tmp_path: Path, launcher: Launcher, platform: str
) -> None:
    with open_system(tmp_path, launcher, META, fresh_postgres) as system:
        system.create_posts([platform])
        frozen = system.start(Interruption("after_intent", do="freeze"))
        until(lambda: not frozen.is_active)
        second = tmp_path / "second"
        second.mkdir()
        (second / "blobs").symlink_to(system.settings.data_dir / "blobs")
        other = system.start(data_dir=second)
        until(system.settled, within_s=60)
        assert [row["state"] for row in system.rows()] == ["published"]
        frozen.signal(signal.SIGCONT)
        # It comes to the end of what it was doing, and finds that it no longer holds it.
        until(lambda: "delivery_taken_over" in (tmp_path / "servers.log").read_text())
        for server in (frozen, other):
            server.kill()
        assert len(system.sandbox.published_ids()) == 1
        assert system.compare().is_clean


def test_the_comparison_detects_each_kind_of_error(tmp_path: Path, launcher: Launcher) -> None:
    with open_system(tmp_path, launcher, META) as system:
        system.create_posts(META.platforms)
        server = system.start()
        until(system.settled)
        server.kill()
        assert system.compare().is_clean
        denied, phantom = (row["id"] for row in system.rows()[:2])
        asyncio.run(_set(system, denied, state="failed"))
        assert system.compare().denied == [denied]
        asyncio.run(_set(system, denied, state="waiting"))
        assert system.compare().unfinished == [denied]
        asyncio.run(_set(system, denied, state="published"))
        page = system.sandbox.state()["pages"][0]["id"]
        token = system.sandbox.mint("page")
        ask("POST", f"{system.sandbox.url}/v26.0/{page}/feed?access_token={token}&message=nobody")
        assert system.compare().denied == ["stray nobody"]
        system.sandbox.control("reset", {})
        assert phantom in system.compare().phantom
        asyncio.run(_set(system, phantom, state="failed", error=_stored_error("meta", "ticket_dead")))
        assert system.compare().lost == []
        asyncio.run(_set(system, phantom, state="failed", error=_stored_error("araldo", "local_fault")))
        assert system.compare().lost == [phantom]


def test_a_carousel_is_one_post_on_both_sides(tmp_path: Path, launcher: Launcher) -> None:
    with open_system(tmp_path, launcher, META) as system:
        system.create_posts(META.carousel_platforms, slides=3)
        server = system.start(Interruption("committed"))
        until(lambda: not server.is_running)
        server = system.start()
        until(system.settled, within_s=60)
        server.kill()
        assert [row["state"] for row in system.rows()] == ["published", "published"]
        assert sorted(row["slides"] for row in system.rows()) == [3, 3]
        assert len(system.sandbox.published_ids()) == 2
        assert system.compare().is_clean


async def _set(system: CampaignSystem, delivery_id: str, **values: object) -> None:
    araldo = Araldo(system.settings)
    try:
        with open_transaction(araldo.database) as transaction:
            transaction.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(**values))
    finally:
        await araldo.close()


def _stored_error(service: str, code: str) -> dict[str, object]:
    return {"service": service, "code": code, "message": {"key": f"{service}.{code}"}}

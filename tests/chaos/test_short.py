"""The short form of the campaign, frozen processes, and a proof that the comparison sees what it is for."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from araldo.app import Araldo
from araldo.storage.schema import deliveries
from tests.chaos.campaign import Campaign
from tests.chaos.launcher import Launcher, launching
from tests.chaos.report import as_text
from tests.chaos.traps import BOUNDARIES, Trap
from tests.chaos.world import ALL, SEVERAL, World, open_world
from tests.support.running_system import ask
from tests.support.waiting import until

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with launching() as started:
        yield started


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path: Path, launcher: Launcher) -> Iterator[World]:
    url = None if request.param == "sqlite" else request.getfixturevalue("fresh_postgres")
    with open_world(tmp_path, launcher, url) as opened:
        yield opened


def test_nothing_is_published_twice_lost_or_recorded_wrongly(world: World) -> None:
    report = Campaign(world, random.Random(7), kills=len(BOUNDARIES) + 4, deliveries=48).run()
    assert report.tally.is_clean, as_text(report, "short", 7)
    assert report.killed >= len(BOUNDARIES) + 4
    assert sum(report.tally.states.values()) == report.deliveries


def test_a_process_frozen_between_intent_and_request_does_not_send(world: World) -> None:
    world.give(["facebook"])
    victim = world.start(Trap("after_intent", do="freeze"))
    until(lambda: not victim.moves)
    time.sleep(1.0)  # longer than an intent may take to leave: half of a call's time-out
    victim.signal(signal.SIGCONT)
    until(world.settled)
    victim.kill()
    assert [row["state"] for row in world.rows()] == ["published"]
    assert len(world.meta.log("/feed", "POST")) == 1
    assert len(world.meta.published_ids()) == 1
    assert world.compare().is_clean


@pytest.mark.parametrize("platform", ["facebook", "instagram"])
def test_a_frozen_process_that_wakes_after_another_took_over_does_not_send(
    fresh_postgres: str, tmp_path: Path, launcher: Launcher, platform: str
) -> None:
    with open_world(tmp_path, launcher, fresh_postgres) as world:
        world.give([platform])
        frozen = world.start(Trap("after_intent", do="freeze"))
        until(lambda: not frozen.moves)
        second = tmp_path / "second"
        second.mkdir()
        (second / "blobs").symlink_to(world.settings.data_dir / "blobs")
        other = world.start(data_dir=second)
        until(world.settled, within_s=60)
        assert [row["state"] for row in world.rows()] == ["published"]
        frozen.signal(signal.SIGCONT)
        # It comes to the end of what it was doing, and finds that it no longer holds it.
        until(lambda: "delivery_taken_over" in (tmp_path / "victims.log").read_text())
        for victim in (frozen, other):
            victim.kill()
        assert len(world.meta.published_ids()) == 1
        assert world.compare().is_clean


def test_the_comparison_detects_each_kind_of_error(tmp_path: Path, launcher: Launcher) -> None:
    with open_world(tmp_path, launcher) as world:
        world.give(ALL)
        victim = world.start()
        until(world.settled)
        victim.kill()
        assert world.compare().is_clean
        denied, phantom = (row["id"] for row in world.rows()[:2])
        asyncio.run(_set(world, denied, state="failed"))
        assert world.compare().denied == [denied]
        asyncio.run(_set(world, denied, state="waiting"))
        assert world.compare().unfinished == [denied]
        asyncio.run(_set(world, denied, state="published"))
        page = world.meta.state()["pages"][0]["id"]
        token = world.meta.mint("page")
        ask("POST", f"{world.meta.url}/v26.0/{page}/feed?access_token={token}&message=nobody")
        assert world.compare().denied == ["stray nobody"]
        world.meta.control("reset", {})
        assert phantom in world.compare().phantom
        asyncio.run(_set(world, phantom, state="failed", error={"service": "meta", "code": "ticket_dead"}))
        assert world.compare().lost == []
        asyncio.run(_set(world, phantom, state="failed", error={"service": "araldo", "code": "local_fault"}))
        assert world.compare().lost == [phantom]


def test_a_carousel_is_one_post_on_both_sides(tmp_path: Path, launcher: Launcher) -> None:
    with open_world(tmp_path, launcher) as world:
        world.give(SEVERAL, slides=3)
        victim = world.start(Trap("committed"))
        until(lambda: not victim.lives)
        victim = world.start()
        until(world.settled, within_s=60)
        victim.kill()
        assert [row["state"] for row in world.rows()] == ["published", "published"]
        assert sorted(len(row["pictures"]) for row in world.rows()) == [3, 3]
        assert len(world.meta.published_ids()) == 2
        assert world.compare().is_clean


async def _set(world: World, delivery_id: str, **values: object) -> None:
    araldo = Araldo(world.settings)
    try:
        async with araldo.database.transaction() as transaction:
            await transaction.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(**values))
    finally:
        await araldo.close()

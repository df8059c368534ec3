"""Every rule of the error table, answered by the sandbox to the real publisher: the delivery's final state."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from araldo.http import Http
from araldo.platforms.base import (
    CheckResult,
    Destination,
    Picture,
    PlatformContext,
    Publication,
    Published,
    Ticket,
)
from araldo.platforms.meta.facebook_page import FacebookPage
from araldo.platforms.meta.graph_errors import TABLE, ErrorRule
from araldo.posts.models import State
from araldo.storage.database import Database
from tests.platforms.contract import jpeg
from tests.platforms.meta.stage import PAGE, destination_of, sandbox_settings, user_pages
from tests.support.clock import FakeClock
from tests.support.examples import cases
from tests.support.made_up_platforms import WALL
from tests.support.migrated import copy_migrated_file
from tests.support.publisher_harness import PublisherHarness, ScriptedPlatform
from tests.support.running_system import SandboxClient

Key = tuple[int, int | None]
# The hundred permission codes share one rule.
RULES = cases(
    [(key, row) for key, row in TABLE.items() if not 201 <= key[0] < 300],
    kind=lambda entry: (entry[1].outcome, entry[1].visible),
)
VISIBLE = {key: row.visible or row.outcome for key, row in RULES}
EXPECTED_STATES = {
    "later": State.PUBLISHED,
    "prepare_again": State.PUBLISHED,
    "rejected": State.FAILED,
    "reconnect": State.NEEDS_RECONNECT,
    "unknown": State.PUBLISHED,
}


class RealFacebookPage(ScriptedPlatform):
    """The harness's made-up platform, acted by the real one against the sandbox."""

    def __init__(self, clock: FakeClock, page: FacebookPage, destination: Destination) -> None:
        super().__init__(clock)
        self.page, self.real = page, destination
        self.shown = Publication("")

    async def prepare(self, destination: Destination, publication: Publication, key: str) -> Ticket:
        picture = Picture(jpeg(1200, 675), "", 1200, 675)
        self.shown = Publication(publication.text, (picture,))
        ticket = await self.page.prepare(self.real, self.shown, key)
        return replace(ticket, digest=publication.digest())

    async def check(self, destination: Destination, ticket: Ticket) -> CheckResult:
        return await self.page.check(self.real, ticket)

    async def publish(self, destination: Destination, ticket: Ticket, publication: Publication) -> Published:
        return await self.page.publish(self.real, ticket, self.shown)

    async def read_permalink(self, destination: Destination, remote_id: str) -> str | None:
        return await self.page.read_permalink(self.real, remote_id)

    async def count_visible_pictures(self, destination: Destination, remote_id: str) -> int | None:
        return await self.page.count_visible_pictures(self.real, remote_id)


@dataclass
class RealPageScenario:
    harness: PublisherHarness
    meta: SandboxClient

    async def publish_with_error(self, path: str, key: Key, when: str = "before", **more: object) -> tuple[State, int]:
        """Publish with that error answered once; return the delivery's state and how many posts are published."""
        error = {"status": 400, "code": key[0], "error_subcode": key[1], "message": "Errore nella lingua di qualcuno"}
        self.meta.fault(method="POST", path=path, when=when, kind="graph_error", error=error, times=1, **more)
        row = await self.harness.work_until_settled(await self.harness.add())
        return row.state, len(self.meta.published_ids())


@pytest.fixture
async def scenario(meta: SandboxClient, tmp_path: Path) -> AsyncIterator[RealPageScenario]:
    clock = FakeClock(datetime.now(UTC))
    copy_migrated_file(tmp_path / "test.db")
    database = Database(f"sqlite:///{tmp_path / 'test.db'}", clock)
    harness = await PublisherHarness.create(database, clock, tmp_path)
    async with Http(timeout_s=2) as http:
        page = FacebookPage(PlatformContext(http, clock, {"meta": sandbox_settings(meta.url)}, check_gap_s=1))
        real = RealFacebookPage(clock, page, destination_of(user_pages(meta, meta.mint("user_long")), remote_id=PAGE))
        harness.publisher._platforms = {WALL.name: real}
        yield RealPageScenario(harness, meta)
    await database.close()


def name_of(key: Key) -> str:
    return f"{key[0]}/{key[1]}"


@pytest.mark.parametrize(("key", "rule"), RULES, ids=lambda value: name_of(value) if isinstance(value, tuple) else "")
async def test_each_error_on_the_visible_write_ends_as_its_rule_says(
    scenario: RealPageScenario, key: Key, rule: ErrorRule
) -> None:
    outcome = VISIBLE[key]
    state, out = await scenario.publish_with_error("/feed", key)
    assert state is EXPECTED_STATES[outcome]
    assert out == (1 if state is State.PUBLISHED else 0)


@pytest.mark.parametrize("key", [key for key, outcome in VISIBLE.items() if outcome == "unknown"], ids=name_of)
async def test_an_unknown_outcome_of_a_write_that_went_through_ends_published(
    scenario: RealPageScenario, key: Key
) -> None:
    assert await scenario.publish_with_error("/feed", key, "after_commit") == (State.PUBLISHED, 1)


@pytest.mark.parametrize(("key", "rule"), RULES, ids=lambda value: name_of(value) if isinstance(value, tuple) else "")
async def test_each_error_on_an_upload_ends_as_its_rule_says(
    scenario: RealPageScenario, key: Key, rule: ErrorRule
) -> None:
    state, out = await scenario.publish_with_error("/photos", key)
    assert state is EXPECTED_STATES[rule.outcome]
    assert out == (1 if state is State.PUBLISHED else 0)


@pytest.mark.parametrize("when", ["before", "after_commit"])
async def test_an_unknown_code_on_the_visible_write_is_checked_before_a_repeat(
    scenario: RealPageScenario, when: str
) -> None:
    assert await scenario.publish_with_error("/feed", (987_654, None), when) == (State.PUBLISHED, 1)


async def test_an_unknown_code_on_an_upload_is_final(scenario: RealPageScenario) -> None:
    assert await scenario.publish_with_error("/photos", (987_654, None)) == (State.FAILED, 0)


async def test_errors_in_a_200_are_errors(scenario: RealPageScenario) -> None:
    scenario.meta.control("settings", {"errors_in_200": True, "user_message_locale": "th_TH"})
    state, out = await scenario.publish_with_error("/feed", (100, None))
    scenario.meta.control("settings", {"errors_in_200": False})
    assert (state, out) == (State.FAILED, 0)


@pytest.mark.parametrize("kind", ["html", "status", "reset"])
@pytest.mark.parametrize("when", ["before", "after_commit"])
async def test_an_answer_that_is_not_graph_json_is_checked(scenario: RealPageScenario, kind: str, when: str) -> None:
    scenario.meta.fault(method="POST", path="/feed", when=when, kind=kind, error={"status": 502}, times=1)
    row = await scenario.harness.work_until_settled(await scenario.harness.add())
    assert (row.state, len(scenario.meta.published_ids())) == (State.PUBLISHED, 1)


def test_every_message_exists_in_both_languages() -> None:
    for row in TABLE.values():
        assert row.message.to("en")
        assert row.message.to("it")
        assert row.message.to("en") != row.message.to("it")


@pytest.mark.parametrize("key", [key for key, outcome in VISIBLE.items() if outcome != "unknown"], ids=name_of)
async def test_a_refusal_of_a_write_that_went_through_ends_published(scenario: RealPageScenario, key: Key) -> None:
    assert await scenario.publish_with_error("/feed", key, "after_commit") == (State.PUBLISHED, 1)

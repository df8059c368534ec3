"""Every row of the error table, answered by the sandbox to the real publisher: where the delivery ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from araldo.http import Http
from araldo.platforms.base import (
    Destination,
    Finding,
    Picture,
    PlatformContext,
    Publication,
    Published,
    Service,
    Ticket,
)
from araldo.platforms.meta.facebook_page import FacebookPage
from araldo.platforms.meta.graph_errors import TABLE, Row
from araldo.posts.models import State
from araldo.storage.database import Database
from tests.platforms.meta.conftest import PAGE, jpeg, user_pages
from tests.support.clock import FakeClock
from tests.support.declared import WALL
from tests.support.examples import cases
from tests.support.house import Meta
from tests.support.migrated import copy_migrated_file
from tests.support.stage import PublisherHarness, ScriptedPlatform

Key = tuple[int, int | None]
# Permission errors are one row said a hundred times.
ROWS = cases(
    [(key, row) for key, row in TABLE.items() if not 201 <= key[0] < 300],
    kind=lambda entry: (entry[1].outcome, entry[1].visible),
)
VISIBLE = {key: row.visible or row.outcome for key, row in ROWS}
ENDS = {
    "later": State.PUBLISHED,
    "anew": State.PUBLISHED,
    "rejected": State.FAILED,
    "reconnect": State.NEEDS_RECONNECT,
    "unknown": State.PUBLISHED,
}


class RealPage(ScriptedPlatform):
    """The stage's made-up platform, acted by the real one against the sandbox."""

    def __init__(self, clock: FakeClock, page: FacebookPage, to: Destination) -> None:
        super().__init__(clock)
        self.page, self.real = page, to

    async def prepare(self, to: Destination, publication: Publication) -> Ticket:
        picture = Picture(jpeg(1200, 675), "", 1200, 675)
        return await self.page.prepare(self.real, Publication(publication.text, (picture,)))

    async def check(self, to: Destination, ticket: Ticket) -> Finding:
        return await self.page.check(self.real, ticket)

    async def publish(self, to: Destination, ticket: Ticket) -> Published:
        return await self.page.publish(self.real, ticket)

    async def link(self, to: Destination, remote_id: str) -> str | None:
        return await self.page.link(self.real, remote_id)

    async def pictures_shown(self, to: Destination, remote_id: str) -> int | None:
        return await self.page.pictures_shown(self.real, remote_id)


@dataclass
class Scene:
    stage: PublisherHarness
    meta: Meta

    async def ends(self, path: str, key: Key, when: str = "before", **more: object) -> tuple[State, int]:
        """Where a delivery ends when that error is answered once, and how many posts are out then."""
        error = {"status": 400, "code": key[0], "error_subcode": key[1], "message": "Errore nella lingua di qualcuno"}
        self.meta.fault(method="POST", path=path, when=when, kind="graph_error", error=error, times=1, **more)
        row = await self.stage.work_until_settled(await self.stage.add())
        return row.state, len(self.meta.out())


@pytest.fixture
async def scene(meta: Meta, tmp_path: Path) -> AsyncIterator[Scene]:
    clock = FakeClock(datetime.now(UTC))
    copy_migrated_file(tmp_path / "test.db")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
    stage = await PublisherHarness.set(database, clock, tmp_path)
    async with Http(timeout_s=2) as http:
        service = Service(meta.url, "v26.0", True, app_id="1000000000000001", app_secret="sandbox-secret")
        page = FacebookPage(PlatformContext(http, clock, {"meta": service}, check_gap_s=1))
        real = RealPage(clock, page, Destination(PAGE, user_pages(meta, meta.mint("user_long"))))
        stage.publisher._platforms = {WALL.name: real}
        yield Scene(stage, meta)
    await database.close()


def name_of(key: Key) -> str:
    return f"{key[0]}/{key[1]}"


@pytest.mark.parametrize(("key", "row"), ROWS, ids=lambda value: name_of(value) if isinstance(value, tuple) else "")
async def test_on_the_visible_write(scene: Scene, key: Key, row: Row) -> None:
    outcome = VISIBLE[key]
    state, out = await scene.ends("/feed", key)
    assert state is ENDS[outcome]
    assert out == (1 if state is State.PUBLISHED else 0)


@pytest.mark.parametrize("key", [key for key, outcome in VISIBLE.items() if outcome == "unknown"], ids=name_of)
async def test_on_a_visible_write_that_went_through(scene: Scene, key: Key) -> None:
    assert await scene.ends("/feed", key, "after_commit") == (State.PUBLISHED, 1)


@pytest.mark.parametrize(("key", "row"), ROWS, ids=lambda value: name_of(value) if isinstance(value, tuple) else "")
async def test_before_anything_is_visible(scene: Scene, key: Key, row: Row) -> None:
    state, out = await scene.ends("/photos", key)
    assert state is ENDS[row.outcome]
    assert out == (1 if state is State.PUBLISHED else 0)


@pytest.mark.parametrize("when", ["before", "after_commit"])
async def test_a_code_that_no_row_knows_is_never_repeated_blindly(scene: Scene, when: str) -> None:
    assert await scene.ends("/feed", (987_654, None), when) == (State.PUBLISHED, 1)


async def test_an_unknown_code_on_an_upload_is_final(scene: Scene) -> None:
    assert await scene.ends("/photos", (987_654, None)) == (State.FAILED, 0)


async def test_errors_in_a_200_are_errors(scene: Scene) -> None:
    scene.meta.control("settings", {"errors_in_200": True, "user_message_locale": "th_TH"})
    state, out = await scene.ends("/feed", (100, None))
    scene.meta.control("settings", {"errors_in_200": False})
    assert (state, out) == (State.FAILED, 0)


@pytest.mark.parametrize("kind", ["html", "status", "reset"])
@pytest.mark.parametrize("when", ["before", "after_commit"])
async def test_what_is_no_graph_answer_is_looked_up(scene: Scene, kind: str, when: str) -> None:
    scene.meta.fault(method="POST", path="/feed", when=when, kind=kind, error={"status": 502}, times=1)
    row = await scene.stage.work_until_settled(await scene.stage.add())
    assert (row.state, len(scene.meta.out())) == (State.PUBLISHED, 1)


def test_every_sentence_is_there_in_both_languages() -> None:
    for row in TABLE.values():
        assert row.message.to("en")
        assert row.message.to("it")
        assert row.message.to("en") != row.message.to("it")


@pytest.mark.parametrize("key", [key for key, outcome in VISIBLE.items() if outcome != "unknown"], ids=name_of)
async def test_a_refusal_of_what_went_through_all_the_same_is_not_believed(scene: Scene, key: Key) -> None:
    assert await scene.ends("/feed", key, "after_commit") == (State.PUBLISHED, 1)

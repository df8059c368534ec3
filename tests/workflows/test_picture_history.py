"""One picture made again, chosen and locked, against the worker's intent, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from araldo.errors import Conflict, NotFound
from araldo.posts.models import PictureState, State
from araldo.posts.pictures import options_of
from araldo.storage.database import Database
from araldo.storage.events import ChangeSignal
from araldo.workflows.edit import PostEdit
from araldo.workflows.picture_history import PictureEditor
from araldo.workflows.validation import Validator
from tests.support.clock import FakeClock
from tests.support.made_up_platforms import WALL
from tests.support.publisher_harness import PublisherHarness
from tests.workflows.test_lifecycle import PostHarness


class Easel(PostHarness):
    """A desk with one picture on it."""

    def __init__(self, stage: PublisherHarness) -> None:
        super().__init__(stage)
        self.picture_editor = PictureEditor(
            database=stage.database,
            clock=stage.clock,
            committed=ChangeSignal(),
            nudge=lambda: None,
            validator=Validator({WALL.name: WALL}, []),
        )

    async def regenerate(self, variant: int | None = None, **asked: str) -> None:
        await self.picture_editor.regenerate(self.workspace, self.post_id, "wall", options_of(asked), variant=variant)

    async def choose(self, medium_id: str) -> None:
        await self.picture_editor.select_version(self.workspace, self.post_id, "wall", medium_id)

    async def lock(self, *, locked: bool = True) -> None:
        await self.picture_editor.set_locked(self.workspace, self.post_id, "wall", locked=locked)

    async def picture(self) -> tuple[PictureState, str | None, int]:
        row = (await self.view()).deliveries[0]
        return row.picture_state, row.picture_media_id, options_of(row.picture_wish).variant

    async def past(self) -> list[str]:
        """What can be chosen, the newest first."""
        album = await self.picture_editor.read_history(self.workspace, self.post_id, "wall")
        return [past.medium_id for past, _ in album.pictures]

    async def made(self, variant: int | None = None, **asked: str) -> str:
        """Another one, drawn; its medium."""
        self.stage.clock.advance(1)
        await self.regenerate(variant, **asked)
        assert (await self.picture())[0] is PictureState.QUEUED
        await self.work()
        state, medium_id, _ = await self.picture()
        assert state is PictureState.READY
        assert medium_id is not None
        return medium_id


@pytest.fixture
async def easel(database: Database, clock: FakeClock, tmp_path: Path) -> Easel:
    made = Easel(await PublisherHarness.set(database, clock, tmp_path))
    await made.write(image_provider="offline")
    return made


async def test_a_draft_gets_its_picture_and_another_one_each_time(easel: Easel) -> None:
    assert await easel.picture() == (PictureState.NONE, None, 0)
    first, second = await easel.made(), await easel.made()
    assert first != second
    assert await easel.picture() == (PictureState.READY, second, 2)
    assert await easel.past() == [second, first]
    assert (await easel.view()).status == "draft"
    assert easel.stage.platform.calls == []


async def test_the_last_five_are_kept_and_each_can_be_chosen(easel: Easel) -> None:
    made = [await easel.made() for _ in range(7)]
    assert await easel.past() == made[:1:-1]
    with pytest.raises(NotFound):
        await easel.choose(made[0])
    await easel.choose(made[3])
    assert await easel.picture() == (PictureState.READY, made[3], 4)
    assert await easel.past() == made[:1:-1]
    # Another throw is none of those that were made before.
    await easel.made()
    assert (await easel.picture())[2] == 8
    assert len(await easel.past()) == 5


async def test_the_one_that_was_there_last_can_be_gone_back_to_however_old_it_is(easel: Easel) -> None:
    made = [await easel.made() for _ in range(5)]
    await easel.choose(made[0])
    newest = await easel.made()
    assert await easel.past() == [newest, *made[:1:-1], made[0]]
    await easel.choose(made[0])
    assert (await easel.picture())[1] == made[0]


async def test_the_same_variant_is_the_same_picture(easel: Easel) -> None:
    first = await easel.made(variant=3)
    second = await easel.made(variant=4)
    again = await easel.made(variant=3)
    album = await easel.picture_editor.read_history(easel.workspace, easel.post_id, "wall")
    digests = {medium.id: medium.digest for _, medium in album.pictures}
    assert digests[first] == digests[again] != digests[second]


async def test_what_was_asked_of_it_outlives_an_edit(easel: Easel) -> None:
    await easel.made(prompt="una lanterna", style="creative", variant=2)
    await easel.editor.edit(easel.workspace, easel.post_id, PostEdit({"content": "Un altro testo"}))
    assert (await easel.picture())[0] is PictureState.STALE
    await easel.life.publish(easel.workspace, easel.post_id)
    assert await easel.work() is State.PUBLISHED
    row = (await easel.view()).deliveries[0]
    assert row.picture_notes is not None
    assert (row.picture_notes["prompt"], row.picture_notes["style"]) == ("una lanterna", "creative")
    assert options_of(row.picture_wish).variant == 2


async def test_a_locked_picture_stays_until_it_is_unlocked(easel: Easel) -> None:
    with pytest.raises(Conflict) as caught:
        await easel.lock()
    assert caught.value.code == "image_not_ready"
    first, second = await easel.made(), await easel.made()
    await easel.lock()
    await easel.editor.edit(easel.workspace, easel.post_id, PostEdit({"content": "Un altro testo"}))
    assert await easel.picture() == (PictureState.READY, second, 2)
    with pytest.raises(Conflict) as caught:
        await easel.regenerate()
    assert caught.value.code == "image_locked"
    with pytest.raises(Conflict):
        await easel.choose(first)
    await easel.lock(locked=False)
    assert (await easel.picture())[0] is PictureState.STALE
    await easel.lock()
    await easel.life.publish(easel.workspace, easel.post_id)
    assert await easel.work() is State.PUBLISHED
    assert (await easel.picture())[1] == second


async def test_unlocking_what_was_chosen_for_these_words_leaves_it(easel: Easel) -> None:
    first = await easel.made()
    await easel.made(prompt="altro")
    await easel.choose(first)
    await easel.lock()
    await easel.lock(locked=False)
    assert await easel.picture() == (PictureState.READY, first, 1)


async def test_legal_until_the_intent_and_what_was_prepared_is_prepared_anew(easel: Easel) -> None:
    await easel.made()
    easel.stage.platform.findings = []
    await easel.life.publish(easel.workspace, easel.post_id, undo_s=60)
    await easel.regenerate()
    assert (await easel.view()).deliveries[0].state is State.QUEUED
    assert await easel.work() is State.QUEUED
    easel.stage.clock.advance(60)
    assert await easel.work() is State.PUBLISHED
    assert (await easel.picture())[0] is PictureState.READY
    for late in (easel.regenerate(), easel.lock(), easel.choose("med_x")):
        with pytest.raises(Conflict) as caught:
            await late
        assert caught.value.code == "already_out"


async def test_a_person_and_the_worker_at_once(easel: Easel) -> None:
    """The worker is about to send when the picture is asked for anew: whoever commits first wins."""
    await easel.made()
    await easel.life.publish(easel.workspace, easel.post_id)
    async with easel.stage.database.reading():
        row = (await easel.view()).deliveries[0]
    await easel.regenerate()
    # A nudge from before is stale.
    await easel.stage.publisher.work(row.id, row.rev)
    assert easel.stage.platform.world == []
    assert await easel.work() is State.PUBLISHED
    assert easel.stage.platform.calls.count("publish") == 1


async def test_a_failed_deliverys_picture_is_mended_without_sending_anything(easel: Easel) -> None:
    await easel.regenerate(provider="openai")
    await easel.life.publish(easel.workspace, easel.post_id)
    row_id = await easel.row_id()
    assert (await easel.stage.work_until_settled(row_id)).state is State.FAILED
    assert (await easel.picture())[0] is PictureState.FAILED
    await easel.made(provider="offline")
    assert (await easel.view()).deliveries[0].state is State.FAILED
    assert easel.stage.platform.calls == []
    await easel.life.retry(easel.workspace, easel.post_id)
    assert await easel.work() is State.PUBLISHED


async def test_a_post_without_pictures_may_have_one_all_the_same(easel: Easel) -> None:
    await easel.write(image_provider="none")
    await easel.made()
    await easel.life.publish(easel.workspace, easel.post_id)
    assert await easel.work() is State.PUBLISHED


async def test_what_is_cancelled_or_not_there_is_refused(easel: Easel) -> None:
    with pytest.raises(NotFound):
        await easel.picture_editor.read_history(easel.workspace, easel.post_id, "square")
    await easel.life.cancel(easel.workspace, easel.post_id)
    with pytest.raises(Conflict) as caught:
        await easel.regenerate()
    assert caught.value.code == "cancelled"


async def test_a_copy_keeps_the_wish_and_can_go_back_to_the_picture_that_it_came_with(easel: Easel) -> None:
    first = await easel.made(style="creative")
    easel.post_id = await easel.editor.duplicate(easel.workspace, easel.post_id)
    assert await easel.past() == [first]
    second = await easel.made()
    assert await easel.past() == [second, first]
    await easel.choose(first)
    assert (await easel.picture())[1] == first

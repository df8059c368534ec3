"""Regenerate, select and lock one picture, against the worker's intent, on both databases."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import update

from araldo.errors import Conflict, NotFound
from araldo.pictures.models import NO_OPTIONS, PictureState
from araldo.pictures.store import options_of
from araldo.posts.design_seed import design_seed_of
from araldo.posts.models import State
from araldo.storage.database import Database, Transaction
from araldo.storage.schema import deliveries, posts
from araldo.workflows.posts.picture_history import PictureEditor
from araldo.workflows.posts.validation import Validator
from tests.support.clock import FakeClock
from tests.support.database import is_another_waiting, open_transaction
from tests.support.made_up_platforms import WALL
from tests.support.publisher_harness import PublisherHarness
from tests.support.waiting import until
from tests.workflows.posts.test_lifecycle import PostHarness


class PictureHarness(PostHarness):
    """A post with one picture."""

    def __init__(self, harness: PublisherHarness) -> None:
        super().__init__(harness)
        self.picture_editor = PictureEditor(
            database=harness.database,
            clock=harness.clock,
            nudge=lambda: None,
            validator=Validator({WALL.name: WALL}, []),
        )

    async def regenerate(self, variant: int | None = None, **asked: str) -> None:
        await self.picture_editor.regenerate(
            self.workspace, self.post_id, "wall", options_of(asked) or NO_OPTIONS, variant=variant
        )

    async def choose(self, medium_id: str) -> None:
        await self.picture_editor.select_version(self.workspace, self.post_id, "wall", medium_id)

    async def lock(self, *, locked: bool = True) -> None:
        await self.picture_editor.set_locked(self.workspace, self.post_id, "wall", locked=locked)

    async def forget_design_seed(self) -> None:
        """Make the post as one that was created before design seeds were stored."""
        with open_transaction(self.harness.database) as transaction:
            transaction.execute(update(posts).where(posts.c.id == self.post_id).values(design_seed=None))

    async def picture(self) -> tuple[PictureState, str | None, int]:
        row = (await self.view()).deliveries[0]
        return row.picture.state, row.picture.medium_id, row.picture.options.variant

    async def version_ids(self) -> list[str]:
        """Return the pictures that can be selected, the newest first."""
        history = await self.picture_editor.read_history(self.workspace, self.post_id, "wall")
        return [past.medium_id for past, _ in history.pictures]

    async def generate(self, variant: int | None = None, **asked: str) -> str:
        """Generate another picture and return its medium's id."""
        self.harness.clock.advance(1)
        await self.regenerate(variant, **asked)
        assert (await self.picture())[0] is PictureState.QUEUED
        await self.work()
        state, medium_id, _ = await self.picture()
        assert state is PictureState.READY
        assert medium_id is not None
        return medium_id


@pytest.fixture
async def picture_harness(database: Database, clock: FakeClock, tmp_path: Path) -> PictureHarness:
    made = PictureHarness(await PublisherHarness.create(database, clock, tmp_path))
    await made.write(image_provider="offline")
    return made


async def test_a_draft_gets_a_new_picture_for_each_request(picture_harness: PictureHarness) -> None:
    assert await picture_harness.picture() == (PictureState.NONE, None, 0)
    first, second = await picture_harness.generate(), await picture_harness.generate()
    assert first != second
    assert await picture_harness.picture() == (PictureState.READY, second, 2)
    assert await picture_harness.version_ids() == [second, first]
    assert (await picture_harness.view()).status == "draft"
    assert picture_harness.harness.platform.calls == []


async def test_the_last_five_pictures_are_kept_and_can_be_selected(picture_harness: PictureHarness) -> None:
    made = [await picture_harness.generate() for _ in range(7)]
    assert await picture_harness.version_ids() == made[:1:-1]
    with pytest.raises(NotFound):
        await picture_harness.choose(made[0])
    await picture_harness.choose(made[3])
    assert await picture_harness.picture() == (PictureState.READY, made[3], 4)
    assert await picture_harness.version_ids() == made[:1:-1]
    # Another throw is none of those that were made before.
    await picture_harness.generate()
    assert (await picture_harness.picture())[2] == 8
    assert len(await picture_harness.version_ids()) == 5


async def test_the_picture_shown_last_can_be_selected_however_old_it_is(
    picture_harness: PictureHarness,
) -> None:
    made = [await picture_harness.generate() for _ in range(5)]
    await picture_harness.choose(made[0])
    newest = await picture_harness.generate()
    assert await picture_harness.version_ids() == [newest, *made[:1:-1], made[0]]
    await picture_harness.choose(made[0])
    assert (await picture_harness.picture())[1] == made[0]


async def test_the_same_variant_is_the_same_picture(picture_harness: PictureHarness) -> None:
    first = await picture_harness.generate(variant=3)
    second = await picture_harness.generate(variant=4)
    again = await picture_harness.generate(variant=3)
    history = await picture_harness.picture_editor.read_history(
        picture_harness.workspace, picture_harness.post_id, "wall"
    )
    digests = {medium.id: medium.digest for _, medium in history.pictures}
    assert digests[first] == digests[again] != digests[second]


async def test_picture_options_survive_an_edit(picture_harness: PictureHarness) -> None:
    await picture_harness.generate(prompt="una lanterna", style="creative", variant=2)
    await picture_harness.edit(content="Un altro testo")
    assert (await picture_harness.picture())[0] is PictureState.STALE
    await picture_harness.life.publish(picture_harness.workspace, picture_harness.post_id)
    assert await picture_harness.work() is State.PUBLISHED
    row = (await picture_harness.view()).deliveries[0]
    assert row.picture.notes is not None
    assert (row.picture.notes["prompt"], row.picture.notes["style"]) == ("una lanterna", "creative")
    assert row.picture.options.variant == 2


async def test_a_locked_picture_stays_until_it_is_unlocked(picture_harness: PictureHarness) -> None:
    with pytest.raises(Conflict) as caught:
        await picture_harness.lock()
    assert caught.value.code == "image_not_ready"
    first, second = await picture_harness.generate(), await picture_harness.generate()
    await picture_harness.lock()
    await picture_harness.edit(content="Un altro testo")
    assert await picture_harness.picture() == (PictureState.READY, second, 2)
    with pytest.raises(Conflict) as caught:
        await picture_harness.regenerate()
    assert caught.value.code == "image_locked"
    with pytest.raises(Conflict):
        await picture_harness.choose(first)
    await picture_harness.lock(locked=False)
    assert (await picture_harness.picture())[0] is PictureState.STALE
    await picture_harness.lock()
    await picture_harness.life.publish(picture_harness.workspace, picture_harness.post_id)
    assert await picture_harness.work() is State.PUBLISHED
    assert (await picture_harness.picture())[1] == second


async def test_unlocking_a_picture_selected_for_the_present_text_keeps_it_ready(
    picture_harness: PictureHarness,
) -> None:
    first = await picture_harness.generate()
    await picture_harness.generate(prompt="altro")
    await picture_harness.choose(first)
    await picture_harness.lock()
    await picture_harness.lock(locked=False)
    assert await picture_harness.picture() == (PictureState.READY, first, 1)


async def test_a_new_picture_is_allowed_until_the_intent_and_drops_the_prepared_ticket(
    picture_harness: PictureHarness,
) -> None:
    await picture_harness.generate()
    picture_harness.harness.platform.findings = []
    await picture_harness.life.publish(picture_harness.workspace, picture_harness.post_id, undo_s=60)
    await picture_harness.regenerate()
    assert (await picture_harness.view()).deliveries[0].state is State.QUEUED
    assert await picture_harness.work() is State.QUEUED
    picture_harness.harness.clock.advance(60)
    assert await picture_harness.work() is State.PUBLISHED
    assert (await picture_harness.picture())[0] is PictureState.READY
    for late in (picture_harness.regenerate(), picture_harness.lock(), picture_harness.choose("med_x")):
        with pytest.raises(Conflict) as caught:
            await late
        assert caught.value.code == "already_out"


async def test_a_new_picture_and_the_workers_intent_at_once(picture_harness: PictureHarness) -> None:
    """The worker is about to send when another picture is requested: whoever commits first wins."""
    await picture_harness.generate()
    await picture_harness.life.publish(picture_harness.workspace, picture_harness.post_id)
    row = (await picture_harness.view()).deliveries[0]
    await picture_harness.regenerate()
    # A nudge from before is stale.
    await picture_harness.harness.work_at(row.id, row.rev)
    assert picture_harness.harness.platform.published == []
    assert await picture_harness.work() is State.PUBLISHED
    assert picture_harness.harness.platform.calls.count("publish") == 1


async def test_a_failed_deliverys_picture_is_regenerated_without_sending(picture_harness: PictureHarness) -> None:
    await picture_harness.regenerate(provider="openai")
    await picture_harness.life.publish(picture_harness.workspace, picture_harness.post_id)
    row_id = await picture_harness.row_id()
    assert (await picture_harness.harness.work_until_settled(row_id)).state is State.FAILED
    assert (await picture_harness.picture())[0] is PictureState.FAILED
    await picture_harness.generate(provider="offline")
    assert (await picture_harness.view()).deliveries[0].state is State.FAILED
    assert picture_harness.harness.platform.calls == []
    await picture_harness.life.retry(picture_harness.workspace, picture_harness.post_id)
    assert await picture_harness.work() is State.PUBLISHED


async def test_a_post_without_generated_pictures_may_have_one_on_request(picture_harness: PictureHarness) -> None:
    await picture_harness.write(image_provider="none")
    await picture_harness.generate()
    await picture_harness.life.publish(picture_harness.workspace, picture_harness.post_id)
    assert await picture_harness.work() is State.PUBLISHED


async def test_a_cancelled_delivery_or_unknown_platform_is_refused(picture_harness: PictureHarness) -> None:
    with pytest.raises(NotFound):
        await picture_harness.picture_editor.read_history(picture_harness.workspace, picture_harness.post_id, "square")
    await picture_harness.life.cancel(picture_harness.workspace, picture_harness.post_id)
    with pytest.raises(Conflict) as caught:
        await picture_harness.regenerate()
    assert caught.value.code == "cancelled"


async def test_a_copy_keeps_the_options_and_can_select_the_picture_it_was_copied_with(
    picture_harness: PictureHarness,
) -> None:
    first = await picture_harness.generate(style="creative")
    picture_harness.post_id = await picture_harness.editor.duplicate(picture_harness.workspace, picture_harness.post_id)
    assert await picture_harness.version_ids() == [first]
    second = await picture_harness.generate()
    assert await picture_harness.version_ids() == [second, first]
    await picture_harness.choose(first)
    assert (await picture_harness.picture())[1] == first


async def test_the_first_picture_of_a_draft_stores_the_design_seed_and_edits_keep_it(
    picture_harness: PictureHarness,
) -> None:
    view = await picture_harness.view()
    assert view.post.design_seed is None
    await picture_harness.generate(variant=0)
    seeded = (await picture_harness.view()).post
    # The picture is no change of the post: an open editor's next save is not refused.
    assert (seeded.design_seed, seeded.rev) == (design_seed_of(view.post), view.post.rev)
    await picture_harness.edit(content="Un altro testo")
    assert (await picture_harness.view()).post.design_seed == seeded.design_seed
    await picture_harness.life.publish(picture_harness.workspace, picture_harness.post_id)
    assert (await picture_harness.view()).post.design_seed == seeded.design_seed


async def test_an_edit_of_a_post_from_before_keeps_the_design_of_its_pictures(picture_harness: PictureHarness) -> None:
    await picture_harness.edit(content="Prima")
    assert (await picture_harness.view()).post.design_seed is None
    await picture_harness.generate(variant=0)
    await picture_harness.forget_design_seed()
    before = (await picture_harness.view()).post
    await picture_harness.edit(content="Dopo")
    after = (await picture_harness.view()).post
    assert design_seed_of(before)["headline"] == "Prima"
    assert after.design_seed == design_seed_of(before)
    assert (await picture_harness.picture())[0] is PictureState.STALE


async def test_only_a_picture_made_anew_without_a_request_is_marked_as_remade(picture_harness: PictureHarness) -> None:
    async def remade() -> bool:
        row = (await picture_harness.view()).deliveries[0]
        assert row.picture.state is PictureState.READY
        return row.picture.remade

    await picture_harness.generate(variant=0)
    await picture_harness.edit(content="Ancora bozza")
    first = await picture_harness.generate(variant=0)
    assert not await remade()
    at = picture_harness.at(hours=1)
    await picture_harness.life.schedule(picture_harness.workspace, picture_harness.post_id, at)
    await picture_harness.edit(content="In partenza")
    # Changed twice before the worker made it: the second edit finds it queued, or stale still.
    await picture_harness.edit(content="In partenza davvero")
    await picture_harness.work()
    assert await remade()
    await picture_harness.choose(first)
    assert not await remade()
    await picture_harness.edit(content="Altro")
    await picture_harness.work()
    assert await remade()
    await picture_harness.generate()
    assert not await remade()


async def test_another_picture_is_made_when_the_worker_finishes_one_at_the_same_moment(
    picture_harness: PictureHarness,
) -> None:
    """The worker has locked the delivery when the person's request begins, and stores its picture then."""
    await picture_harness.generate()
    await picture_harness.regenerate()
    shown, database = await picture_harness.picture(), picture_harness.harness.database
    is_locked = threading.Event()

    def finish(transaction: Transaction) -> None:
        ready = update(deliveries).where(deliveries.c.post_id == picture_harness.post_id)
        transaction.execute(ready.values(picture_state=PictureState.READY))
        is_locked.set()
        if transaction.is_postgresql:
            until(lambda: is_another_waiting(transaction))

    worker = asyncio.create_task(database.write(finish))
    await asyncio.to_thread(is_locked.wait, 20)
    await asyncio.gather(worker, picture_harness.regenerate())
    state, _, variant = await picture_harness.picture()
    assert (state, variant) == (PictureState.QUEUED, shown[2] + 1)

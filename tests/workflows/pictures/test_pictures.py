"""Carousels: one palette and one order for all pictures; one that fails is generated again alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from araldo.images.designer.design import choose_design
from araldo.images.providers.offline import build_card
from araldo.media import store as media_store
from araldo.media.models import Medium
from araldo.pictures.models import PictureState
from araldo.platforms.base import Declaration
from araldo.posts import change_store
from araldo.posts.content import Slide
from araldo.posts.delivery_changes import DeliveryChanges
from araldo.posts.models import Post, State
from araldo.posts.rules import NewPost
from araldo.storage.database import Database
from araldo.storage.local_blobs import LocalBlobs
from araldo.storage.picture_tables import slide_media
from araldo.workflows.pictures.carousel import combined_digest, slide_requests_for
from araldo.workflows.posts.create import new_post
from araldo.workspaces.models import Workspace
from tests.images.pictures import encode_picture, noise
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.made_up_platforms import WALL
from tests.support.publisher_harness import PublisherHarness

WALLS = replace(WALL, pictures_max=10)
TEXT = "Araldo è qui. Pubblica ovunque. Una volta sola. Anche di notte."


def post_of(*slides: Slide, **fields: Any) -> Post:
    clock = FakeClock()
    workspace = Workspace(id="wsp_1", name="", language="it", zone="UTC")
    return new_post(workspace, NewPost(content=TEXT, cta="Provalo", slides=slides, **fields), clock.now())


def headlines(post: Post, declared: Declaration = WALLS) -> list[str]:
    return [
        one.request.copy.headline for one in slide_requests_for(post, declared, None) if one.request.copy is not None
    ]


def test_slides_are_a_cover_parts_of_the_text_and_the_call_to_action() -> None:
    assert headlines(post_of({}, {}, {}, {})) == ["Araldo è qui", "Pubblica ovunque", "Anche di notte", "Provalo"]
    assert headlines(post_of({}, {"headline": "Mia"}, {})) == ["Araldo è qui", "Mia", "Provalo"]


def test_a_platform_with_one_picture_shows_the_first() -> None:
    assert headlines(post_of({"headline": "Prima"}, {"headline": "Dopo"}), WALL) == ["Prima"]
    whole, alone = slide_requests_for(post_of(), WALL, None), slide_requests_for(post_of({}, {}), WALL, None)
    assert alone == whole


def test_all_slides_and_the_single_picture_share_one_palette() -> None:
    slides: list[Slide] = [{}, {"prompt": "Estate al mare, spiaggia"}, {"headline": "Vino e cena"}, {}]
    several, alone = slide_requests_for(post_of(*slides), WALLS, None), slide_requests_for(post_of(), WALL, None)
    requests = [one.request for one in (*several, *alone)]
    cards = [build_card(request) for request in requests]
    assert len({choose_design(card).palette.name for card in cards}) == 1
    assert len({request.remote_prompt for request in requests[:4]}) == 4


def test_a_change_of_one_slide_changes_the_combined_digest() -> None:
    one: Slide = {"headline": "Uno"}
    other: Slide = {"headline": "Due"}
    own: Slide = {"media_id": "med_1"}
    made: list[list[Slide]] = [[{}, one], [{}, other], [one, {}], [{}, own]]
    digests = {combined_digest(slide_requests_for(post_of(*slides), WALLS, None), "auto") for slides in made}
    assert len(digests) == 4


def test_the_note_for_colleagues_is_in_no_prompt_and_no_digest() -> None:
    carousel: list[Slide] = [{}, {}, {}]
    for slides in ([], carousel):
        plain, noted = (slide_requests_for(post_of(*slides, note=note), WALLS, None) for note in (None, "Riservato"))
        assert noted == plain
        assert "Riservato" not in repr(noted)
        assert combined_digest(noted, "auto") == combined_digest(plain, "auto")


async def test_a_failed_slide_is_regenerated_alone_before_publishing(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    harness = await PublisherHarness.create(database, clock, tmp_path)
    harness.platform.declaration = WALLS
    own = await medium(harness, tmp_path)
    slides: list[Slide] = [{}, {"media_id": own.id}, {}]
    delivery_id = await harness.add(
        NewPost(content=TEXT, platforms=[WALL.name], intent="publish", image_provider="offline", slides=slides)
    )
    failed = await harness.work_until_settled(delivery_id)
    assert (failed.state, failed.picture.state) == (State.FAILED, PictureState.FAILED)
    assert failed.picture.slides is not None
    assert [one.state for one in failed.picture.slides] == ["ready", "failed", "ready"]
    assert failed.error is not None
    assert failed.error["code"] == "media_unknown"
    assert harness.platform.calls == []

    with open_transaction(database) as transaction:
        media_store.add(transaction, own)
        again = replace(failed.picture, state=PictureState.QUEUED, error=None)
        assert change_store.change_delivery(
            transaction, failed, clock.now(), DeliveryChanges(state=State.QUEUED, error=None, picture=again)
        )
    mended = await harness.work_until_settled(delivery_id)
    assert mended.state is State.PUBLISHED
    assert mended.picture.slides is not None
    assert [one.state for one in mended.picture.slides] == ["ready"] * 3
    for index in (0, 2):
        assert mended.picture.slides[index] == failed.picture.slides[index]
    with open_reading(database) as transaction:
        named = set(transaction.execute(select(slide_media.c.medium_id)).scalars())
    assert named == set(mended.picture.medium_ids)
    assert mended.picture.medium_ids == [one.medium_id for one in mended.picture.slides]
    assert harness.platform.publications[-1].text.startswith("Araldo")
    assert [picture.width for picture in harness.platform.publications[-1].pictures] == [WALL.image.width] * 3


async def medium(harness: PublisherHarness, folder: Path) -> Medium:
    data = encode_picture(noise("RGB", (600, 600)), "JPEG")
    digest = await LocalBlobs(folder / "blobs").put(data)
    return Medium(
        id="med_own",
        workspace_id=harness.workspace.id,
        digest=digest,
        mime="image/jpeg",
        width=600,
        height=600,
        bytes=len(data),
        origin="fetched",
        provider=None,
        alt="",
        placeholder=None,
        created_at=harness.clock.now(),
    )

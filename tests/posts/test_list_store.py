"""Lists of posts: the status that SQL finds is the one that is derived, and words are found as people write them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from araldo.accounts import store as account_store
from araldo.posts import change_store, list_store
from araldo.posts import store as post_store
from araldo.posts.list_store import STATUSES, PostFilter
from araldo.posts.models import State
from araldo.posts.rules import NewPost
from araldo.storage.database import Database
from araldo.workflows.create_post import new_delivery, new_post
from tests.support.clock import FakeClock
from tests.support.publisher_harness import PublisherHarness


@pytest.fixture
async def stage(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    return await PublisherHarness.set(database, clock, tmp_path)


async def put(stage: PublisherHarness, content: str, states: tuple[State, ...] = (State.DRAFT,), **more: object) -> str:
    new = NewPost(content=content, makes_pictures=False)
    post = replace(new_post(stage.workspace, new, stage.clock.now()), **more)  # type: ignore[arg-type]  # fields by name
    async with stage.database.transaction() as transaction:
        account = await account_store.get(transaction, stage.workspace.id, stage.account_id)
        rows = [
            replace(new_delivery(post, new, f"p{index}", index, account, None, stage.clock.now()), state=state)
            for index, state in enumerate(states)
        ]
        await post_store.add(transaction, post, rows)
    stage.clock.advance(1)
    return post.id


async def found(stage: PublisherHarness, **wanted: Any) -> list[str]:
    async with stage.database.reading() as transaction:
        views, _ = await list_store.list_posts(
            transaction,
            stage.workspace.id,
            PostFilter(**wanted),
            limit=1_000,
            cursor=None,
        )
    return [view.post.content for view in views]


async def test_sql_finds_the_status_that_is_derived(stage: PublisherHarness) -> None:
    sets = [states for size in (0, 1, 2) for states in itertools.combinations(State, size)]
    sets += [(State.PUBLISHED, State.FAILED, State.CANCELLED), (State.UNCONFIRMED, State.FAILED, State.MISSED)]
    for states in sets:
        await put(stage, ",".join(states), states)
    async with stage.database.reading() as transaction:
        views, _ = await list_store.list_posts(transaction, stage.workspace.id, PostFilter(), limit=1_000, cursor=None)
    assert len(views) == len(sets)
    by_status: dict[str, list[str]] = {}
    for view in views:
        by_status.setdefault(view.status, []).append(view.post.content)
    assert set(by_status) == set(STATUSES)
    for status, contents in by_status.items():
        assert await found(stage, statuses=[status]) == contents, status
    assert len(await found(stage, statuses=["failed", "draft"])) == len(by_status["failed"] + by_status["draft"])


@pytest.mark.parametrize(
    ("words", "contents"),
    [
        ("perche", ["Perché no? Le città d'Italia"]),
        ("PERCHÉ", ["Perché no? Le città d'Italia"]),
        ("citta ital", ["Perché no? Le città d'Italia"]),
        ("running", ["We are running a sale! 50% off"]),
        ("sale 50", ["We are running a sale! 50% off"]),
        ("promo2030", ["Con un'etichetta"]),
        ("chiama", ["Con un'etichetta"]),
        ("solo", ["Con un'etichetta"]),
        ("nulla", []),
        ("sale nulla", []),
        ("'; DROP TABLE posts; --", []),
        ('" OR NEAR(', []),
        ("!!!", ["Con un'etichetta", "We are running a sale! 50% off", "Perché no? Le città d'Italia"]),
    ],
)
async def test_words_are_found_as_people_write_them(stage: PublisherHarness, words: str, contents: list[str]) -> None:
    await put(stage, "Perché no? Le città d'Italia")
    await put(stage, "We are running a sale! 50% off")
    await put(stage, "Con un'etichetta", hashtags=["promo2030"], cta="Chiamaci", texts={"p0": "Solo qui"})
    assert await found(stage, words=words) == contents


async def test_what_was_changed_is_found_by_its_new_words_and_what_was_swept_away_not_at_all(
    stage: PublisherHarness,
) -> None:
    post_id = await put(stage, "vecchio")
    async with stage.database.transaction() as transaction:
        view = await post_store.get(transaction, stage.workspace.id, post_id)
        await change_store.save_post(transaction, view.post, stage.clock.now(), content="nuovo")
    assert (await found(stage, words="vecchio"), await found(stage, words="nuovo")) == ([], ["nuovo"])
    async with stage.database.transaction() as transaction:
        view = await post_store.get(transaction, stage.workspace.id, post_id)
        await change_store.save_post(transaction, view.post, stage.clock.now(), deleted_at=stage.clock.now())
    assert await found(stage, words="nuovo") == []
    async with stage.database.transaction() as transaction:
        assert await change_store.purge_deleted(transaction, stage.clock.now() - timedelta(days=30)) == 0
        assert await change_store.purge_deleted(transaction, stage.clock.now() + timedelta(seconds=1)) == 1
    assert await found(stage) == []


async def test_by_platform_and_by_time(stage: PublisherHarness) -> None:
    start = stage.clock.now()
    await put(stage, "uno", (State.DRAFT, State.DRAFT))
    await put(stage, "due", (State.SCHEDULED,), due_at=start + timedelta(days=3))
    assert await found(stage, platform="p1") == ["uno"]
    assert await found(stage, since=start + timedelta(days=1)) == ["due"]
    assert await found(stage, until=start + timedelta(days=1)) == ["uno"]
    assert await found(stage, since=start + timedelta(days=3), until=start + timedelta(days=4)) == ["due"]
    assert await found(stage, until=start + timedelta(days=3)) == ["uno"]

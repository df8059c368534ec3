"""Lists of posts: the status that SQL finds is the one that is derived, and words are found as people write them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pytest

from araldo.accounts import store as account_store
from araldo.posts import change_store, list_store
from araldo.posts import store as post_store
from araldo.posts.list_store import STATUSES, PostFilter
from araldo.posts.models import PostView, State
from araldo.posts.rules import NewPost
from araldo.storage.database import Database
from araldo.workflows.posts.create import new_delivery, new_post
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.publisher_harness import PublisherHarness


@pytest.fixture
async def harness(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    return await PublisherHarness.create(database, clock, tmp_path)


async def put(
    harness: PublisherHarness, content: str, states: tuple[State, ...] = (State.DRAFT,), **more: object
) -> str:
    new = NewPost(content=content, makes_pictures=False)
    post = replace(new_post(harness.workspace, new, harness.clock.now()), **more)  # type: ignore[arg-type]  # fields by name
    with open_transaction(harness.database) as transaction:
        account = account_store.get(transaction, harness.workspace.id, harness.account_id)
        rows = [
            replace(new_delivery(post, new, f"p{index}", index, account, None, harness.clock.now()), state=state)
            for index, state in enumerate(states)
        ]
        post_store.add(transaction, post, rows)
    harness.clock.advance(1)
    return post.id


async def found(harness: PublisherHarness, **wanted: Any) -> list[str]:
    with open_reading(harness.database) as transaction:
        views, _ = list_store.list_posts(
            transaction,
            harness.workspace.id,
            PostFilter(**wanted),
            limit=1_000,
            cursor=None,
        )
    return [view.post.content for view in views]


async def test_sql_and_python_derive_the_same_status(harness: PublisherHarness) -> None:
    sets = [states for size in (0, 1, 2) for states in itertools.combinations(State, size)]
    sets += [(State.PUBLISHED, State.FAILED, State.CANCELLED), (State.UNCONFIRMED, State.FAILED, State.MISSED)]
    for states in sets:
        await put(harness, ",".join(states), states)
    with open_reading(harness.database) as transaction:
        views, _ = list_store.list_posts(transaction, harness.workspace.id, PostFilter(), limit=1_000, cursor=None)
    assert len(views) == len(sets)
    by_status: dict[str, list[str]] = {}
    for view in views:
        by_status.setdefault(view.status, []).append(view.post.content)
    assert set(by_status) == set(STATUSES)
    for status, contents in by_status.items():
        assert await found(harness, statuses=[status]) == contents, status
    assert len(await found(harness, statuses=["failed", "draft"])) == len(by_status["failed"] + by_status["draft"])


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
async def test_search_ignores_case_and_accents(harness: PublisherHarness, words: str, contents: list[str]) -> None:
    await put(harness, "Perché no? Le città d'Italia")
    await put(harness, "We are running a sale! 50% off")
    await put(harness, "Con un'etichetta", hashtags=["promo2030"], cta="Chiamaci", texts={"p0": "Solo qui"})
    assert await found(harness, words=words) == contents


async def test_search_finds_posts_by_their_note(harness: PublisherHarness) -> None:
    await put(harness, "senza nota")
    await put(harness, "con nota", note="Perché no?")
    assert await found(harness, words="perche") == ["con nota"]


async def test_search_finds_edited_posts_by_new_text_and_no_deleted_posts(
    harness: PublisherHarness,
) -> None:
    post_id = await put(harness, "vecchio")
    with open_transaction(harness.database) as transaction:
        view = post_store.get(transaction, harness.workspace.id, post_id)
        change_store.save_post(transaction, view.post, replace(view.post, content="nuovo"), harness.clock.now())
    assert (await found(harness, words="vecchio"), await found(harness, words="nuovo")) == ([], ["nuovo"])
    with open_transaction(harness.database) as transaction:
        view = post_store.get(transaction, harness.workspace.id, post_id)
        change_store.delete_post(transaction, view.post, harness.clock.now())
    assert await found(harness, words="nuovo") == []
    with open_transaction(harness.database) as transaction:
        assert change_store.purge_deleted(transaction, harness.clock.now() - timedelta(days=30)) == 0
        assert change_store.purge_deleted(transaction, harness.clock.now() + timedelta(seconds=1)) == 1
    assert await found(harness) == []


async def test_posts_are_filtered_by_platform_and_time(harness: PublisherHarness) -> None:
    start = harness.clock.now()
    await put(harness, "uno", (State.DRAFT, State.DRAFT))
    await put(harness, "due", (State.SCHEDULED,), due_at=start + timedelta(days=3))
    assert await found(harness, platform="p1") == ["uno"]
    assert await found(harness, since=start + timedelta(days=1)) == ["due"]
    assert await found(harness, until=start + timedelta(days=1)) == ["uno"]
    assert await found(harness, since=start + timedelta(days=3), until=start + timedelta(days=4)) == ["due"]
    assert await found(harness, until=start + timedelta(days=3)) == ["uno"]


async def test_pages_follow_each_other_in_every_order(
    harness: PublisherHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With few matches of a filter and with many, and with moments that several posts share."""
    start, states = harness.clock.now(), [State.SCHEDULED, State.FAILED, State.PUBLISHED, State.DRAFT]
    made = [
        await put(harness, f"{word} {number}", (state,), due_at=start + timedelta(days=day) if day else None)
        for number, (word, state, day) in enumerate(itertools.product(["uno", "due"], states, [0, 3, 3, 1]))
    ]
    with open_reading(harness.database) as transaction:
        views = [post_store.get(transaction, harness.workspace.id, post_id) for post_id in made]
    conditions: list[dict[str, Any]] = [
        {},
        {"statuses": ["failed", "draft"]},
        {"words": "uno"},
        {"platform": "p0"},
        {"platform": "p1"},
    ]
    for few, order, condition in itertools.product([2_000, -1], ORDERS, conditions):
        monkeypatch.setattr(list_store, "_FEW", few)
        wanted = PostFilter(**condition, order=order)
        kept = [view for view in views if _has(view, wanted)]
        expected = sorted(kept, key=partial(_time_and_id, order=order), reverse=order != "asc")
        assert pages(harness, wanted) == [view.post.id for view in expected], (few, wanted)


ORDERS: tuple[Literal["asc", "desc"] | None, ...] = (None, "asc", "desc")


def _has(view: PostView, wanted: PostFilter) -> bool:
    in_status = not wanted.statuses or view.status in wanted.statuses
    on_platform = wanted.platform in {None, *(row.platform for row in view.deliveries)}
    return in_status and on_platform and (wanted.words or "") in view.post.content


def _time_and_id(view: PostView, order: str | None) -> tuple[datetime, str]:
    at = view.post.created_at if order is None else view.post.due_at or view.post.created_at
    return at, view.post.id


def pages(harness: PublisherHarness, wanted: PostFilter) -> list[str]:
    """Return the ids of all pages of three."""
    ids: list[str] = []
    cursor = None
    while True:
        with open_reading(harness.database) as transaction:
            views, cursor = list_store.list_posts(transaction, harness.workspace.id, wanted, limit=3, cursor=cursor)
        ids += [view.post.id for view in views]
        if cursor is None:
            return ids
        assert len(views) == 3


async def test_posts_are_filtered_by_account(harness: PublisherHarness) -> None:
    await put(harness, "uno", (State.DRAFT, State.DRAFT))
    assert await found(harness, account_id=harness.account_id) == ["uno"]
    assert await found(harness, account_id=harness.account_id, platform="p1") == ["uno"]
    assert await found(harness, account_id=harness.account_id, platform="p2") == []
    assert await found(harness, account_id="acc_other") == []

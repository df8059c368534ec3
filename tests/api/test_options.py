"""Options of a post on a platform: listed, validated at the door, stored, and published with the post."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from araldo.platforms.base import Destination, Publication, Ticket
from araldo.platforms.meta.facebook_page import FacebookPage
from tests.support.made_up_platforms import OPTIONS
from tests.support.running_system import RunningSystem, start_system

POSTS = "/api/v1/posts"
CHOSEN = {"facebook": {"board": "news", "audience": "friends", "pinned": True}}


@pytest.fixture(scope="module")
def publications() -> list[Publication]:
    """Collect what the platform with options is to publish."""
    return []


@pytest.fixture(scope="module")
def running_system(
    tmp_path_factory: pytest.TempPathFactory, publications: list[Publication]
) -> Iterator[RunningSystem]:
    """Start a system in which one platform has options."""
    prepare = FacebookPage.prepare

    async def collect(self: FacebookPage, destination: Destination, publication: Publication, key: str) -> Ticket:
        publications.append(publication)
        return await prepare(self, destination, publication, key)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FacebookPage, "declaration", replace(FacebookPage.declaration, options=OPTIONS))
        patch.setattr(FacebookPage, "prepare", collect)
        with start_system(tmp_path_factory.mktemp("options")) as opened:
            yield opened


@pytest.fixture
def published(publications: list[Publication]) -> list[Publication]:
    publications.clear()
    return publications


def problems(answer: Any) -> list[tuple[str, str]]:
    return [(one["pointer"], one["code"]) for one in answer.body["errors"]]


def test_platforms_and_accounts_list_their_options(home: RunningSystem) -> None:
    by_name = {one["name"]: one["options"] for one in home.ask("GET", "/api/v1/platforms").body["data"]}
    assert [option["name"] for option in by_name["facebook"]] == ["audience", "warning", "pinned", "board"]
    assert by_name["facebook"][0]["choices"][0] == {"value": "all", "label": "made_up.all"}
    assert by_name["instagram"] == []
    (page, *_) = [one for one in home.ask("GET", "/api/v1/accounts").body["data"] if "facebook" in one["platforms"]]
    assert page["rules"]["facebook"]["options"] == by_name["facebook"]


def test_a_post_is_published_with_its_options_and_their_defaults(
    home: RunningSystem, published: list[Publication]
) -> None:
    body = home.create(platforms=["facebook"], options={"facebook": {"board": "news"}}, publish_immediately=True).body
    assert body["status"] == "published"
    assert [publication.options for publication in published] == [{"audience": "all", "board": "news"}]
    assert home.ask("GET", f"{POSTS}/{body['job_id']}").body["options"] == {"facebook": {"board": "news"}}


def test_options_are_validated_at_the_door(home: RunningSystem) -> None:
    refused = home.create(platforms=["facebook"], publish_immediately=True)
    assert (refused.status, problems(refused)) == (422, [("/options/facebook/board", "option_missing")])
    draft = {"content": "Ciao", "platforms": ["facebook"]}
    for options, expected in (
        ({"facebook": {"colour": "red"}}, ("/options/facebook/colour", "option_unknown")),
        ({"facebook": {"audience": "nobody"}}, ("/options/facebook/audience", "option_invalid")),
        ({"nowhere": {"audience": "all"}}, ("/options/nowhere", "platform_unknown")),
    ):
        answer = home.ask("POST", POSTS, {**draft, "options": options})
        assert (answer.status, problems(answer)) == (422, [expected])
    mistyped = home.ask("POST", POSTS, {**draft, "options": {"facebook": {"pinned": 1}}})
    assert mistyped.status == 422


def test_a_draft_may_lack_an_option_and_its_copy_has_the_same(home: RunningSystem) -> None:
    draft = home.ask("POST", POSTS, {"content": "Ciao", "platforms": ["facebook"]}).body
    assert ("/options/facebook/board", "option_missing") in [(one["pointer"], one["code"]) for one in draft["problems"]]
    path = f"{POSTS}/{draft['job_id']}"
    changed = home.ask("PATCH", path, {"options": CHOSEN}).body
    assert (changed["options"], changed["rev"], changed["problems"]) == (CHOSEN, draft["rev"] + 1, [])
    copy = home.ask("POST", f"{path}/duplicate", {})
    assert copy.body["options"] == CHOSEN


def test_a_post_is_held_to_the_limits_of_its_account(home: RunningSystem) -> None:
    facts = {"platforms": {"facebook": {"limits": {"text_max": 10}}}}
    with closing(sqlite3.connect(home.settings.data_dir / "araldo.db", timeout=20)) as connection, connection:
        connection.execute("UPDATE accounts SET facts = ?", (json.dumps(facts),))
    answer = home.create(content="x" * 11, platforms=["facebook"], options=CHOSEN, publish_immediately=True)
    assert (answer.status, problems(answer)) == (422, [("/content", "text_too_long")])
    pages = [one for one in home.ask("GET", "/api/v1/accounts").body["data"] if "facebook" in one["platforms"]]
    assert {page["rules"]["facebook"]["limits"]["text_max"] for page in pages} == {10}

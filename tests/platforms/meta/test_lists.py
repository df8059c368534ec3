"""Lists of the Graph that go on, break off or go round: all that can be read is, and nothing is concluded else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from araldo.clock import SystemClock
from araldo.errors import ReconnectNeeded, Rejected, TryLater
from araldo.http import Http
from araldo.platforms.base import Destination, Platform, PlatformContext, Published, Ready, Service, Ticket, Unknown
from araldo.platforms.meta.facebook_page import FacebookPage
from araldo.platforms.meta.facebook_story import FacebookStory
from araldo.platforms.meta.graph import Graph
from araldo.platforms.meta.instagram_feed import InstagramFeed
from araldo.platforms.meta.lists import read_list
from tests.platforms.meta.conftest import UnusualGraph

TO = Destination("1", "EAApage", "EAAuser")
NOW = SystemClock().now()
SENT = Ticket("Ciao", ("5",), sent_since=NOW, sends=1, empty_read_at=NOW - timedelta(minutes=5))
FOUL: dict[str, Any] = {"error": {"code": 100, "message": "Invalid cursors values"}}
PASSING: dict[str, Any] = {"error": {"code": 2, "message": "An unexpected error has occurred."}}
ENDED: dict[str, Any] = {"error": {"code": 190, "error_subcode": 463, "message": "Session has expired"}}


def turn(*items: Any, after: str | None = None, following: object = "http://elsewhere/") -> dict[str, Any]:
    """One answer of a list that goes on."""
    return {"data": list(items), "paging": {"next": following} | ({"cursors": {"after": after}} if after else {})}


def numbered(first: int, last: int) -> list[dict[str, Any]]:
    return [{"id": str(number)} for number in range(first, last)]


@pytest.fixture
async def around(odd_server: UnusualGraph) -> AsyncIterator[PlatformContext]:
    odd_server.says.clear()
    odd_server.calls.clear()
    async with Http(timeout_s=2) as http:
        yield PlatformContext(http, SystemClock(), {"meta": Service(odd_server.url, "v26.0", True)}, check_gap_s=30)


async def listing(
    context: PlatformContext, *turns: Any, odd: UnusualGraph, requests_max: int = 20
) -> tuple[list[str], str | None]:
    odd.answer("edge", *turns)
    read = await read_list(Graph(context), "edge", "EAAuser", requests_max=requests_max, fields="id")
    return [item["id"] for item in read.items], None if read.broken is None else read.broken.code


async def test_a_list_of_many_turns_is_read_to_its_end(context: PlatformContext, odd_server: UnusualGraph) -> None:
    turns = [turn(*numbered(at, at + 100), after=f"c{at}") for at in range(0, 700, 100)]
    found = await listing(context, *turns, {"data": numbered(700, 720), "paging": {}}, odd=odd_server)
    assert found == ([str(number) for number in range(720)], None)


@pytest.mark.parametrize(
    ("turns", "last", "why"),
    [
        ([turn(*numbered(0, 3), after="a"), FOUL], 3, "100"),
        ([turn(*numbered(0, 3), after="a"), PASSING], 3, "2"),
        ([turn(*numbered(0, 3), after="a"), ENDED], 3, "190"),
        ([turn(*numbered(0, 3), after="a"), {"data": None}], 3, "no_json"),
        ([turn(*numbered(0, 3))], 3, "no_cursor"),
        ([turn(*numbered(0, 3), following="http://[")], 3, "no_cursor"),
        ([turn(*numbered(0, 3), after="a")], 3, "cursor_loop"),
        (
            [turn(*numbered(0, 3), after="a"), turn(*numbered(3, 5), after="b"), turn(*numbered(0, 3), after="a")],
            5,
            "cursor_loop",
        ),
        ([turn(*numbered(0, 2), after=str(cursor)) for cursor in range(9)], 2, "cursor_loop"),
        ([turn({"id": str(n)}, after=str(n)) for n in range(25)], 20, "too_long"),
    ],
)
async def test_what_could_be_read_is_there_and_what_broke_it_off_is_named(
    context: PlatformContext, odd_server: UnusualGraph, turns: list[Any], last: int, why: str
) -> None:
    ids, broken = await listing(context, *turns, odd=odd_server)
    assert ids == [str(number) for number in range(last)]
    assert broken == why
    assert len(odd_server.calls) <= 20


async def test_a_following_address_without_a_cursor_still_says_where_it_goes_on(
    context: PlatformContext, odd_server: UnusualGraph
) -> None:
    following = "http://evil.example/v26.0/edge?access_token=EAAother&limit=1&offset=3&__paging_token=t%2F1"
    found = await listing(context, turn(*numbered(0, 3), following=following), {"data": numbered(3, 4)}, odd=odd_server)
    assert found == (["0", "1", "2", "3"], None)
    asked = odd_server.calls[1][1]
    assert (asked["offset"], asked["__paging_token"], asked["limit"]) == ("3", "t/1", "100")
    assert "access_token" not in asked


@pytest.mark.parametrize("paging", [None, [], "next", {"next": None}, {"cursors": {"after": "a"}}, {"cursors": None}])
async def test_without_a_following_address_it_ends(
    context: PlatformContext, odd_server: UnusualGraph, paging: object
) -> None:
    assert await listing(context, {"data": numbered(0, 2), "paging": paging}, odd=odd_server) == (["0", "1"], None)


async def test_what_the_first_request_meets_is_raised(context: PlatformContext, odd_server: UnusualGraph) -> None:
    for first, kind in ((FOUL, Rejected), (PASSING, TryLater), (ENDED, ReconnectNeeded), ({"data": 7}, TryLater)):
        with pytest.raises(kind):
            await listing(context, first, odd=odd_server)


def post(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"1_{number}", "message": "altro", "created_time": _stamp(), **more}


def medium(number: int, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "caption": "altro", "timestamp": _stamp(), **more}


def _stamp() -> str:
    return f"{NOW + timedelta(seconds=1):%Y-%m-%dT%H:%M:%S+0000}"


SEARCHES = [
    pytest.param(FacebookPage, "1/published_posts", post, {"message": "Ciao"}, id="facebook"),
    pytest.param(InstagramFeed, "1/media", medium, {"caption": "Ciao"}, id="instagram"),
]
Made = Callable[[PlatformContext], Platform]
Row = Callable[..., dict[str, Any]]


def lagging(odd: UnusualGraph) -> None:
    """Instagram's container still says FINISHED after the send, as it may for a while."""
    odd.answer("5", {"id": "5", "status_code": "FINISHED"})


@pytest.mark.parametrize(("platform", "path", "row", "match"), SEARCHES)
@pytest.mark.parametrize("rest", [FOUL, None], ids=["error", "cursors go round"])
@pytest.mark.parametrize("matches", [0, 1])
async def test_a_search_in_a_list_that_broke_off_concludes_nothing(
    context: PlatformContext,
    odd_server: UnusualGraph,
    platform: Made,
    path: str,
    row: Row,
    match: Any,
    rest: Any,
    matches: int,
) -> None:
    lagging(odd_server)
    first = turn(row(1), *[row(2, **match)] * matches, after="a")
    odd_server.answer(path, first, rest or first)
    assert isinstance(await platform(context).check(TO, SENT), Unknown)


@pytest.mark.parametrize(("platform", "path", "row", "match"), SEARCHES)
async def test_a_passing_fault_in_the_middle_of_a_search_is_tried_again(
    context: PlatformContext, odd_server: UnusualGraph, platform: Made, path: str, row: Row, match: Any
) -> None:
    lagging(odd_server)
    odd_server.answer(path, turn(row(1), after="a"), PASSING, turn(row(1), after="a"), {"data": [row(2, **match)]})
    with pytest.raises(TryLater):
        await platform(context).check(TO, SENT)
    found = await platform(context).check(TO, SENT)
    assert isinstance(found, Published)
    assert (found.remote_id, found.sure) == (row(2)["id"], False)


@pytest.mark.parametrize(("platform", "path", "row", "match"), SEARCHES)
async def test_a_twin_on_a_later_turn_makes_it_several(
    context: PlatformContext, odd_server: UnusualGraph, platform: Made, path: str, row: Row, match: Any
) -> None:
    lagging(odd_server)
    odd_server.answer(path, turn(row(1, **match), after="a"), {"data": [row(2, **match)]})
    assert isinstance(await platform(context).check(TO, SENT), Unknown)


async def test_a_photo_of_ours_is_proof_in_a_list_that_broke_off(
    context: PlatformContext, odd_server: UnusualGraph
) -> None:
    shown = {"attachments": {"data": [{"target": {"id": "5"}}]}}
    odd_server.answer("1/published_posts", turn(post(1), post(2, **shown), after="a"), FOUL)
    found = await FacebookPage(context).check(TO, SENT)
    assert isinstance(found, Published)
    assert (found.remote_id, found.sure) == ("1_2", True)


async def test_a_story_list_that_broke_off_is_not_empty(context: PlatformContext, odd_server: UnusualGraph) -> None:
    taken = replace(TO, taken=frozenset({"7"}))
    story = {"post_id": "7", "media_id": "8"}
    odd_server.answer("1/stories", turn(story, after="a"), FOUL)
    assert isinstance(await FacebookStory(context).check(taken, SENT), Unknown)
    odd_server.answer("1/stories", turn(story, after="a"), {"data": [{"post_id": "9", "media_id": "5"}]})
    found = await FacebookStory(context).check(taken, SENT)
    assert isinstance(found, Published)
    assert found.remote_id == "9"
    odd_server.answer("1/stories", turn(story, after="a"), {"data": []})
    assert isinstance(await FacebookStory(context).check(taken, SENT), Ready)


async def test_a_published_container_stays_published_when_its_id_cannot_be_found(
    context: PlatformContext, odd_server: UnusualGraph
) -> None:
    odd_server.answer("5", {"id": "5", "status_code": "PUBLISHED"})
    odd_server.answer("1/media", turn(medium(1, caption="Ciao"), after="a"), PASSING)
    assert await InstagramFeed(context).check(TO, SENT) == Published()


async def test_pictures_are_not_counted_in_a_list_that_goes_on(
    context: PlatformContext, odd_server: UnusualGraph
) -> None:
    odd_server.answer("9", {"id": "9", "children": turn({"id": "1"}, {"id": "2"}, after="a")})
    assert await InstagramFeed(context).pictures_shown(TO, "9") is None
    album = {"subattachments": turn({"target": {"id": "5"}}, after="a")}
    odd_server.answer("9", {"id": "9", "attachments": {"data": [album]}})
    assert await FacebookPage(context).pictures_shown(TO, "9") is None

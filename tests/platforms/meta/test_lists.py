"""Paginated lists that end, break off or loop: what can be read is kept, and nothing is concluded from the rest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from araldo.clock import SystemClock
from araldo.errors import ReconnectNeeded, Rejected, TryLater
from araldo.http import Http
from araldo.platforms.base import (
    Platform,
    PlatformContext,
    Published,
    Ready,
    Ticket,
    UnknownStatus,
)
from araldo.platforms.meta.app import MetaSettings
from araldo.platforms.meta.facebook_page import FacebookPage
from araldo.platforms.meta.facebook_story import FacebookStory
from araldo.platforms.meta.graph import GraphClient
from araldo.platforms.meta.instagram_feed import InstagramFeed
from araldo.platforms.meta.lists import read_list
from tests.platforms.meta.conftest import ScriptedGraph
from tests.platforms.meta.stage import destination_of

DESTINATION = destination_of("EAApage", "EAAuser")
NOW = SystemClock().now()
SENT = Ticket("Ciao", ("5",), sent_since=NOW, sends=1, empty_read_at=NOW - timedelta(minutes=5))
INVALID_CURSOR: dict[str, Any] = {"error": {"code": 100, "message": "Invalid cursors values"}}
TEMPORARY_ERROR: dict[str, Any] = {"error": {"code": 2, "message": "An unexpected error has occurred."}}
SESSION_EXPIRED: dict[str, Any] = {"error": {"code": 190, "error_subcode": 463, "message": "Session has expired"}}


def results_page(*items: Any, after: str | None = None, next_url: object = "http://elsewhere/") -> dict[str, Any]:
    """Return one page of results with a next page."""
    return {"data": list(items), "paging": {"next": next_url} | ({"cursors": {"after": after}} if after else {})}


def numbered(first: int, last: int) -> list[dict[str, Any]]:
    return [{"id": str(number)} for number in range(first, last)]


@pytest.fixture
async def context(graph_server: ScriptedGraph) -> AsyncIterator[PlatformContext]:
    graph_server.says.clear()
    graph_server.calls.clear()
    async with Http(timeout_s=2) as http:
        yield PlatformContext(http, SystemClock(), {"meta": MetaSettings(graph_url=graph_server.url)}, check_gap_s=30)


async def read_edge(
    context: PlatformContext, *answers: Any, graph: ScriptedGraph, requests_max: int = 20
) -> tuple[list[str], str | None]:
    graph.answer("edge", *answers)
    read = await read_list(GraphClient(context), "edge", "EAAuser", requests_max=requests_max, fields="id")
    return [item["id"] for item in read.items], None if read.error is None else read.error.code


async def test_a_list_of_many_pages_is_read_to_its_end(context: PlatformContext, graph_server: ScriptedGraph) -> None:
    answers = [results_page(*numbered(at, at + 100), after=f"c{at}") for at in range(0, 700, 100)]
    found = await read_edge(context, *answers, {"data": numbered(700, 720), "paging": {}}, graph=graph_server)
    assert found == ([str(number) for number in range(720)], None)


@pytest.mark.parametrize(
    ("answers", "last", "why"),
    [
        ([results_page(*numbered(0, 3), after="a"), INVALID_CURSOR], 3, "100"),
        ([results_page(*numbered(0, 3), after="a"), TEMPORARY_ERROR], 3, "2"),
        ([results_page(*numbered(0, 3), after="a"), SESSION_EXPIRED], 3, "190"),
        ([results_page(*numbered(0, 3), after="a"), {"data": None}], 3, "no_json"),
        ([results_page(*numbered(0, 3))], 3, "no_cursor"),
        ([results_page(*numbered(0, 3), next_url="http://[")], 3, "no_cursor"),
        ([results_page(*numbered(0, 3), after="a")], 3, "cursor_loop"),
        (
            [
                results_page(*numbered(0, 3), after="a"),
                results_page(*numbered(3, 5), after="b"),
                results_page(*numbered(0, 3), after="a"),
            ],
            5,
            "cursor_loop",
        ),
        ([results_page(*numbered(0, 2), after=str(cursor)) for cursor in range(9)], 2, "cursor_loop"),
        ([results_page({"id": str(n)}, after=str(n)) for n in range(25)], 20, "too_long"),
    ],
)
async def test_an_interrupted_list_keeps_its_items_and_names_the_error(
    context: PlatformContext, graph_server: ScriptedGraph, answers: list[Any], last: int, why: str
) -> None:
    ids, broken = await read_edge(context, *answers, graph=graph_server)
    assert ids == [str(number) for number in range(last)]
    assert broken == why
    assert len(graph_server.calls) <= 20


async def test_a_next_url_without_a_cursor_gives_the_position(
    context: PlatformContext, graph_server: ScriptedGraph
) -> None:
    next_url = "http://evil.example/v26.0/edge?access_token=EAAother&limit=1&offset=3&__paging_token=t%2F1"
    found = await read_edge(
        context, results_page(*numbered(0, 3), next_url=next_url), {"data": numbered(3, 4)}, graph=graph_server
    )
    assert found == (["0", "1", "2", "3"], None)
    asked = graph_server.calls[1][1]
    assert (asked["offset"], asked["__paging_token"], asked["limit"]) == ("3", "t/1", "100")
    assert "access_token" not in asked


@pytest.mark.parametrize("paging", [None, [], "next", {"next": None}, {"cursors": {"after": "a"}}, {"cursors": None}])
async def test_a_list_without_a_next_url_is_complete(
    context: PlatformContext, graph_server: ScriptedGraph, paging: object
) -> None:
    assert await read_edge(context, {"data": numbered(0, 2), "paging": paging}, graph=graph_server) == (
        ["0", "1"],
        None,
    )


async def test_an_error_of_the_first_request_is_raised(context: PlatformContext, graph_server: ScriptedGraph) -> None:
    for first, kind in (
        (INVALID_CURSOR, Rejected),
        (TEMPORARY_ERROR, TryLater),
        (SESSION_EXPIRED, ReconnectNeeded),
        ({"data": 7}, TryLater),
    ):
        with pytest.raises(kind):
            await read_edge(context, first, graph=graph_server)


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
PlatformFactory = Callable[[PlatformContext], Platform]
ItemFactory = Callable[..., dict[str, Any]]


def report_container_finished(graph: ScriptedGraph) -> None:
    """Instagram's container still says FINISHED after the send, as it may for a while."""
    graph.answer("5", {"id": "5", "status_code": "FINISHED"})


@pytest.mark.parametrize(("platform", "path", "item", "match"), SEARCHES)
@pytest.mark.parametrize("rest", [INVALID_CURSOR, None], ids=["error", "cursors go round"])
@pytest.mark.parametrize("matches", [0, 1])
async def test_a_search_in_an_incomplete_list_is_unknown(
    context: PlatformContext,
    graph_server: ScriptedGraph,
    platform: PlatformFactory,
    path: str,
    item: ItemFactory,
    match: Any,
    rest: Any,
    matches: int,
) -> None:
    report_container_finished(graph_server)
    first = results_page(item(1), *[item(2, **match)] * matches, after="a")
    graph_server.answer(path, first, rest or first)
    assert isinstance(await platform(context).check(DESTINATION, SENT), UnknownStatus)


@pytest.mark.parametrize(("platform", "path", "item", "match"), SEARCHES)
async def test_a_temporary_error_during_a_search_raises_try_later(
    context: PlatformContext,
    graph_server: ScriptedGraph,
    platform: PlatformFactory,
    path: str,
    item: ItemFactory,
    match: Any,
) -> None:
    report_container_finished(graph_server)
    graph_server.answer(
        path,
        results_page(item(1), after="a"),
        TEMPORARY_ERROR,
        results_page(item(1), after="a"),
        {"data": [item(2, **match)]},
    )
    with pytest.raises(TryLater):
        await platform(context).check(DESTINATION, SENT)
    found = await platform(context).check(DESTINATION, SENT)
    assert isinstance(found, Published)
    assert (found.remote_id, found.certain) == (item(2)["id"], False)


@pytest.mark.parametrize(("platform", "path", "item", "match"), SEARCHES)
async def test_a_second_match_on_a_later_page_is_unknown(
    context: PlatformContext,
    graph_server: ScriptedGraph,
    platform: PlatformFactory,
    path: str,
    item: ItemFactory,
    match: Any,
) -> None:
    report_container_finished(graph_server)
    graph_server.answer(path, results_page(item(1, **match), after="a"), {"data": [item(2, **match)]})
    assert isinstance(await platform(context).check(DESTINATION, SENT), UnknownStatus)


async def test_our_photo_proves_a_publish_in_an_incomplete_list(
    context: PlatformContext, graph_server: ScriptedGraph
) -> None:
    shown = {"attachments": {"data": [{"target": {"id": "5"}}]}}
    graph_server.answer("1/published_posts", results_page(post(1), post(2, **shown), after="a"), INVALID_CURSOR)
    found = await FacebookPage(context).check(DESTINATION, SENT)
    assert isinstance(found, Published)
    assert (found.remote_id, found.certain) == ("1_2", True)


async def test_an_incomplete_story_list_does_not_count_as_empty(
    context: PlatformContext, graph_server: ScriptedGraph
) -> None:
    taken = replace(DESTINATION, excluded_ids=frozenset({"7"}))
    story = {"post_id": "7", "media_id": "8"}
    graph_server.answer("1/stories", results_page(story, after="a"), INVALID_CURSOR)
    assert isinstance(await FacebookStory(context).check(taken, SENT), UnknownStatus)
    graph_server.answer("1/stories", results_page(story, after="a"), {"data": [{"post_id": "9", "media_id": "5"}]})
    found = await FacebookStory(context).check(taken, SENT)
    assert isinstance(found, Published)
    assert found.remote_id == "9"
    graph_server.answer("1/stories", results_page(story, after="a"), {"data": []})
    assert isinstance(await FacebookStory(context).check(taken, SENT), Ready)


async def test_a_published_container_stays_published_when_its_id_cannot_be_found(
    context: PlatformContext, graph_server: ScriptedGraph
) -> None:
    graph_server.answer("5", {"id": "5", "status_code": "PUBLISHED"})
    graph_server.answer("1/media", results_page(medium(1, caption="Ciao"), after="a"), TEMPORARY_ERROR)
    assert await InstagramFeed(context).check(DESTINATION, SENT) == Published()


async def test_pictures_are_not_counted_in_an_incomplete_list(
    context: PlatformContext, graph_server: ScriptedGraph
) -> None:
    graph_server.answer("9", {"id": "9", "children": results_page({"id": "1"}, {"id": "2"}, after="a")})
    assert await InstagramFeed(context).count_visible_pictures(DESTINATION, "9") is None
    album = {"subattachments": results_page({"target": {"id": "5"}}, after="a")}
    graph_server.answer("9", {"id": "9", "attachments": {"data": [album]}})
    assert await FacebookPage(context).count_visible_pictures(DESTINATION, "9") is None

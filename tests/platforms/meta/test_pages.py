"""Listing a person's Pages, completely or not, and the tasks that allow publishing."""

from __future__ import annotations

from typing import Any

import pytest

from araldo.accounts.health import missing_features_of
from araldo.errors import TryLater
from araldo.platforms import PLATFORMS
from araldo.platforms.meta.service import MetaService, TokenRefused
from tests.platforms.meta.conftest import LINKED, UNA, ScriptedGraph, accounts_of, credentials_of

INVALID_CURSOR: dict[str, Any] = {"error": {"code": 100, "message": "Invalid cursors values"}}
TEMPORARY_ERROR: dict[str, Any] = {"error": {"code": 2, "message": "An unexpected error has occurred."}}
DECLARED = [vars(platform)["declaration"] for platform in PLATFORMS]
PAGE_CREDENTIALS = credentials_of("facebook_page", "11", None, "EAAuser")
INSTAGRAM_CREDENTIALS = credentials_of("instagram_account", "17", "11", "EAAuser")


def pages(first: int, last: int, **more: Any) -> list[dict[str, Any]]:
    return [UNA | {"id": str(number), "name": f"N{number}"} | more for number in range(first, last)]


def results_page(found: list[dict[str, Any]], after: str | None = None) -> dict[str, Any]:
    return {"data": found, "paging": {"next": "http://elsewhere/", "cursors": {"after": after}}}


async def test_seven_hundred_pages_are_all_listed(login: MetaService, graph: ScriptedGraph) -> None:
    answers = [results_page(pages(at, at + 100), f"c{at}") for at in range(0, 600, 100)]
    graph.answer("me/accounts", *answers, {"data": pages(600, 700)})
    found = await login.find_accounts("token", {"token": "EAAuser"})
    assert (len(found.groups), found.complete, found.notes) == (700, True, ())


@pytest.mark.parametrize(
    ("rest", "code"),
    [
        ([TEMPORARY_ERROR], "2"),
        ([INVALID_CURSOR], "100"),
        ([results_page(pages(0, 2), "c1")], "cursor_loop"),
        ([{"data": None}], "no_json"),
    ],
)
async def test_an_incomplete_list_of_pages_is_noted(
    login: MetaService, graph: ScriptedGraph, rest: list[Any], code: str
) -> None:
    graph.answer("me/accounts", results_page(pages(0, 2), "c1"), *rest)
    found = await login.find_accounts("token", {"token": "EAAuser"})
    assert [group.id for group in found.groups] == ["0", "1"]
    assert not found.complete
    assert [f"could not be read beyond 2 ({code})" in note.to("en") for note in found.notes] == [True]
    assert f"interrotto dopo 2 ({code})" in found.notes[0].to("it")


async def test_a_list_without_a_cursor_is_noted_as_incomplete(login: MetaService, graph: ScriptedGraph) -> None:
    graph.answer("me/accounts", results_page(pages(0, 2)))
    found = await login.find_accounts("token", {"token": "EAAuser"})
    assert (len(found.groups), found.complete) == (2, False)
    assert "(no_cursor)" in found.notes[0].to("en")


async def test_when_instagram_fields_are_refused_the_rest_is_read_without_them(
    login: MetaService, graph: ScriptedGraph
) -> None:
    first = results_page([UNA | LINKED], "c1")
    graph.answer("me/accounts", first, INVALID_CURSOR, results_page(pages(11, 13), "c1"), {"data": pages(13, 14)})
    found = await login.find_accounts("token", {"token": "EAAuser"})
    assert [(account.kind, group.id) for group in found.groups for account in group.members] == [
        ("facebook_page", "11"),
        ("instagram_account", "11"),
        ("facebook_page", "12"),
        ("facebook_page", "13"),
    ]
    assert found.complete
    assert "did not show whether an Instagram account" in accounts_of(found)[2].lacks[0].to("en")


async def test_an_incomplete_portfolio_is_named_and_the_others_are_read(
    login: MetaService, graph: ScriptedGraph
) -> None:
    graph.answer("me/accounts", {"data": []})
    graph.answer(
        "me/businesses", results_page([{"id": "b1", "name": "Uno"}], "c1"), {"data": [{"id": "b2", "name": "Due"}]}
    )
    graph.answer("b1/owned_pages", TEMPORARY_ERROR)
    graph.answer("b1/client_pages", {"data": []})
    graph.answer("b2/owned_pages", results_page(pages(0, 1), "c"), {"data": pages(1, 2)})
    graph.answer("b2/client_pages", INVALID_CURSOR)
    found = await login.find_accounts("token", {"token": "EAAuser"})
    assert [group.id for group in found.groups] == ["0", "1"]
    assert not found.complete
    assert ['"Uno"' in note.to("en") for note in found.notes] == [True, False]
    assert ['"Due"' in note.to("it") for note in found.notes] == [False, True]


async def test_when_no_list_can_be_read_an_error_is_raised(login: MetaService, graph: ScriptedGraph) -> None:
    graph.answer("me/accounts", {"data": []})
    graph.answer("me/businesses", {"data": [{"id": "b1", "name": "Uno"}]})
    graph.answer("b1/client_pages", {"data": []})
    graph.answer("b1/owned_pages", TEMPORARY_ERROR)
    with pytest.raises(TryLater):
        await login.find_accounts("token", {"token": "EAAuser"})
    graph.answer("b1/owned_pages", INVALID_CURSOR)
    with pytest.raises(TokenRefused, match=r'portfolio "Uno" could not be read beyond 0 \(100\)'):
        await login.find_accounts("token", {"token": "EAAuser"})


async def test_a_session_lost_in_the_middle_of_a_list_refuses_the_token(
    login: MetaService, graph: ScriptedGraph
) -> None:
    ended = {"error": {"code": 190, "error_subcode": 463, "message": "x"}}
    graph.answer("me/accounts", results_page(pages(0, 2), "c1"), ended)
    with pytest.raises(TokenRefused, match="has expired"):
        await login.find_accounts("token", {"token": "EAAuser"})


@pytest.mark.parametrize(
    ("tasks", "allowed"),
    [
        (["ANALYZE"], False),
        (["ANALYZE", "ADVERTISE", "MODERATE", "MESSAGING"], False),
        ([], False),
        (["CREATE_CONTENT"], True),
        (["MANAGE"], True),
        (None, True),
        ("ANALYZE", True),
    ],
)
async def test_only_named_tasks_refuse_a_page_and_its_instagram(
    login: MetaService, graph: ScriptedGraph, tasks: object, allowed: bool
) -> None:
    page = {name: value for name, value in (UNA | LINKED).items() if name != "tasks"}
    graph.answer("me/accounts", {"data": [page if tasks is None else page | {"tasks": tasks}]})
    graph.answer("11", {"id": "11", "name": "Una"} | LINKED)
    found = await login.find_accounts("token", {"token": "EAAuser"})
    assert [group.refusal is None for group in found.groups] == [allowed]
    assert [str(lack.to("en")).count("CREATE_CONTENT") for lack in missing_features_of(found.groups[0], DECLARED)] == [
        1
    ] * (not allowed)
    for keys in (PAGE_CREDENTIALS, INSTAGRAM_CREDENTIALS):
        seen = await login.inspect(keys)
        assert (seen.problem is None, seen.access_lost) == (allowed, None)
        if seen.problem is not None:
            assert "CREATE_CONTENT" in seen.problem.to("en")
            assert "Page admin to give it back in Meta Business Suite" in seen.problem.to("en")
            assert "amministratore di ridarlo in Meta Business Suite" in seen.problem.to("it")


async def test_tasks_of_a_portfolios_page_are_read(login: MetaService, graph: ScriptedGraph) -> None:
    graph.answer("11", {"id": "11", "name": "Una"} | LINKED)
    graph.answer("me/accounts", {"data": []})
    graph.answer("me/businesses", {"data": [{"id": "b1", "name": "Uno"}]})
    graph.answer("b1/owned_pages", {"data": []})
    graph.answer("b1/client_pages", {"data": [UNA | LINKED | {"tasks": ["ANALYZE"]}]})
    assert (await login.inspect(INSTAGRAM_CREDENTIALS)).problem is not None


@pytest.mark.parametrize("answer", [{"data": []}, {"data": pages(50, 51)}, INVALID_CURSOR])
async def test_unknown_tasks_are_not_reported_as_lost(
    login: MetaService, graph: ScriptedGraph, answer: dict[str, Any]
) -> None:
    graph.answer("11", {"id": "11", "name": "Una"} | LINKED)
    graph.answer("me/accounts", answer)
    assert (await login.inspect(PAGE_CREDENTIALS)).problem is None
    assert (await login.inspect(credentials_of("facebook_page", "11", None, None))).problem is None

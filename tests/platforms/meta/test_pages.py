"""Which Pages there are, whole or not, and on which of them a person may publish."""

from __future__ import annotations

from typing import Any

import pytest

from araldo.accounts.health import lacks_of
from araldo.errors import TryLater
from araldo.platforms import PLATFORMS
from araldo.platforms.base import Credentials
from araldo.platforms.meta.login import MetaLogin, TokenRefused
from tests.platforms.meta.conftest import LINKED, UNA, UnusualGraph

FOUL: dict[str, Any] = {"error": {"code": 100, "message": "Invalid cursors values"}}
PASSING: dict[str, Any] = {"error": {"code": 2, "message": "An unexpected error has occurred."}}
DECLARED = [vars(platform)["declaration"] for platform in PLATFORMS]
PAGE_KEYS = Credentials("facebook_page", "11", None, "EAApage", "EAAuser")
INSTAGRAM_KEYS = Credentials("instagram_account", "17", "11", "EAApage", "EAAuser")


def pages(first: int, last: int, **more: Any) -> list[dict[str, Any]]:
    return [UNA | {"id": str(number), "name": f"N{number}"} | more for number in range(first, last)]


def turn(found: list[dict[str, Any]], after: str | None = None) -> dict[str, Any]:
    return {"data": found, "paging": {"next": "http://elsewhere/", "cursors": {"after": after}}}


async def test_seven_hundred_pages_are_all_there(login: MetaLogin, odd: UnusualGraph) -> None:
    turns = [turn(pages(at, at + 100), f"c{at}") for at in range(0, 600, 100)]
    odd.answer("me/accounts", *turns, {"data": pages(600, 700)})
    found = await login.accounts_of("EAAuser")
    assert (len(found.accounts), found.complete, found.notes) == (700, True, ())


@pytest.mark.parametrize(
    ("rest", "code"),
    [
        ([PASSING], "2"),
        ([FOUL], "100"),
        ([turn(pages(0, 2), "c1")], "cursor_loop"),
        ([{"data": None}], "no_json"),
    ],
)
async def test_a_list_that_broke_off_is_said_to_be_so(
    login: MetaLogin, odd: UnusualGraph, rest: list[Any], code: str
) -> None:
    odd.answer("me/accounts", turn(pages(0, 2), "c1"), *rest)
    found = await login.accounts_of("EAAuser")
    assert [account.page_id for account in found.accounts] == ["0", "1"]
    assert not found.complete
    assert [f"broke off after 2 ({code})" in note.to("en") for note in found.notes] == [True]
    assert f"interrotto dopo 2 ({code})" in found.notes[0].to("it")


async def test_without_a_cursor_it_is_said_as_well(login: MetaLogin, odd: UnusualGraph) -> None:
    odd.answer("me/accounts", turn(pages(0, 2)))
    found = await login.accounts_of("EAAuser")
    assert (len(found.accounts), found.complete) == (2, False)
    assert "(no_cursor)" in found.notes[0].to("en")


async def test_where_asking_for_instagram_breaks_it_off_the_rest_is_read_without(
    login: MetaLogin, odd: UnusualGraph
) -> None:
    first = turn([UNA | LINKED], "c1")
    odd.answer("me/accounts", first, FOUL, turn(pages(11, 13), "c1"), {"data": pages(13, 14)})
    found = await login.accounts_of("EAAuser")
    assert [(account.kind, account.page_id) for account in found.accounts] == [
        ("facebook_page", "11"),
        ("instagram_account", "11"),
        ("facebook_page", "12"),
        ("facebook_page", "13"),
    ]
    assert found.complete
    assert "did not show whether an Instagram account" in found.accounts[2].lacks[0].to("en")


async def test_a_portfolio_whose_list_broke_off_is_named_and_the_others_are_read(
    login: MetaLogin, odd: UnusualGraph
) -> None:
    odd.answer("me/accounts", {"data": []})
    odd.answer("me/businesses", turn([{"id": "b1", "name": "Uno"}], "c1"), {"data": [{"id": "b2", "name": "Due"}]})
    odd.answer("b1/owned_pages", PASSING)
    odd.answer("b1/client_pages", {"data": []})
    odd.answer("b2/owned_pages", turn(pages(0, 1), "c"), {"data": pages(1, 2)})
    odd.answer("b2/client_pages", FOUL)
    found = await login.accounts_of("EAAuser")
    assert [account.page_id for account in found.accounts] == ["0", "1"]
    assert not found.complete
    assert ['"Uno"' in note.to("en") for note in found.notes] == [True, False]
    assert ['"Due"' in note.to("it") for note in found.notes] == [False, True]


async def test_where_nothing_at_all_could_be_read_it_is_no_empty_list(login: MetaLogin, odd: UnusualGraph) -> None:
    odd.answer("me/accounts", {"data": []})
    odd.answer("me/businesses", {"data": [{"id": "b1", "name": "Uno"}]})
    odd.answer("b1/client_pages", {"data": []})
    odd.answer("b1/owned_pages", PASSING)
    with pytest.raises(TryLater):
        await login.accounts_of("EAAuser")
    odd.answer("b1/owned_pages", FOUL)
    with pytest.raises(TokenRefused, match=r'portfolio "Uno" broke off after 0 \(100\)'):
        await login.accounts_of("EAAuser")


async def test_a_lost_session_in_the_middle_of_a_list_is_the_tokens_end(login: MetaLogin, odd: UnusualGraph) -> None:
    ended = {"error": {"code": 190, "error_subcode": 463, "message": "x"}}
    odd.answer("me/accounts", turn(pages(0, 2), "c1"), ended)
    with pytest.raises(TokenRefused, match="has expired"):
        await login.accounts_of("EAAuser")


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
    login: MetaLogin, odd: UnusualGraph, tasks: object, allowed: bool
) -> None:
    page = {name: value for name, value in (UNA | LINKED).items() if name != "tasks"}
    odd.answer("me/accounts", {"data": [page if tasks is None else page | {"tasks": tasks}]})
    odd.answer("11", {"id": "11", "name": "Una"} | LINKED)
    found = await login.accounts_of("EAAuser")
    assert [account.refusal is None for account in found.accounts] == [allowed, allowed]
    assert [str(lack.to("en")).count("CREATE_CONTENT") for lack in lacks_of(found.accounts, DECLARED)] == [1] * (
        not allowed
    )
    for keys in (PAGE_KEYS, INSTAGRAM_KEYS):
        seen = await login.inspect(keys)
        assert (seen.broken is None, seen.dead) == (allowed, None)
        if seen.broken is not None:
            assert "CREATE_CONTENT" in seen.broken.to("en")
            assert "Page admin can give it back in Meta Business Suite" in seen.broken.to("en")
            assert "amministratore della Pagina può ridarlo in Meta Business Suite" in seen.broken.to("it")


async def test_the_tasks_of_a_portfolios_page_are_found_as_well(login: MetaLogin, odd: UnusualGraph) -> None:
    odd.answer("11", {"id": "11", "name": "Una"} | LINKED)
    odd.answer("me/accounts", {"data": []})
    odd.answer("me/businesses", {"data": [{"id": "b1", "name": "Uno"}]})
    odd.answer("b1/owned_pages", {"data": []})
    odd.answer("b1/client_pages", {"data": [UNA | LINKED | {"tasks": ["ANALYZE"]}]})
    assert (await login.inspect(INSTAGRAM_KEYS)).broken is not None


@pytest.mark.parametrize("answer", [{"data": []}, {"data": pages(50, 51)}, FOUL])
async def test_where_meta_tells_no_tasks_nothing_is_lost(
    login: MetaLogin, odd: UnusualGraph, answer: dict[str, Any]
) -> None:
    odd.answer("11", {"id": "11", "name": "Una"} | LINKED)
    odd.answer("me/accounts", answer)
    assert (await login.inspect(PAGE_KEYS)).broken is None
    assert (await login.inspect(Credentials("facebook_page", "11", None, "EAApage", None))).broken is None

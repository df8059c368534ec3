"""Which accounts a choice of Pages means."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from araldo.accounts.found_accounts import accounts_of_pages
from araldo.errors import PostInvalid
from araldo.platforms.login import DiscoveredAccount


def place(kind: str, remote_id: str, page_id: str) -> DiscoveredAccount:
    return DiscoveredAccount(
        kind=kind,
        service="made_up",
        remote_id=remote_id,
        page_id=page_id,
        name=remote_id,
        username=None,
        parent_remote_id=None,
        token="t",
        token_kind="page",
        expiry="never",
        expires_at=None,
    )


# Two Pages share one Instagram account.
FOUND = [place("page", "1", "1"), place("photo", "9", "1"), place("page", "2", "2"), place("photo", "9", "2")]


@pytest.mark.parametrize(
    ("page_ids", "places"),
    [
        (["1"], [("1", "1"), ("9", "1")]),
        (["2"], [("2", "2"), ("9", "2")]),
        (["2", "1", "1"], [("1", "1"), ("9", "1"), ("2", "2")]),
        (None, [("1", "1"), ("9", "1"), ("2", "2")]),
    ],
)
def test_accounts_of_the_chosen_pages_without_duplicates(
    page_ids: Sequence[str] | None, places: list[tuple[str, str]]
) -> None:
    chosen = accounts_of_pages(FOUND, page_ids)
    assert sorted((one.remote_id, one.page_id) for one in chosen) == sorted(places)


@pytest.mark.parametrize("page_ids", [[], ["1", "7"], [""]])
def test_unknown_pages_are_refused(page_ids: list[str]) -> None:
    with pytest.raises(PostInvalid):
        accounts_of_pages(FOUND, page_ids)

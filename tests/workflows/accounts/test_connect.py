"""Which accounts a choice of groups means, and how they are stored until then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from araldo.accounts.found_accounts import accounts_of_groups, pack_groups, unpack_groups
from araldo.errors import PostInvalid
from araldo.platforms.credentials import AccessEnd, Credentials
from araldo.platforms.service import AccountGroup, DiscoveredAccount
from tests.support.publisher_harness import SAD


def found_in(group: str, kind: str, remote_id: str) -> DiscoveredAccount:
    moment = datetime(2030, 2, 1, tzinfo=UTC)
    credentials = Credentials({"token": f"t-{group}"}, {"n": 1}, "https://wall.example", renew_after=moment)
    ends = (AccessEnd(SAD, moment, is_renewable=True), AccessEnd(SAD, None))
    return DiscoveredAccount(kind, remote_id, remote_id, None, credentials, ends, ("a",), (SAD,))


# Two groups share one account; the third is refused.
FOUND = [
    AccountGroup("1", "One", (found_in("1", "page", "1"), found_in("1", "photo", "9"))),
    AccountGroup("2", "Two", (found_in("2", "page", "2"), found_in("2", "photo", "9"))),
    AccountGroup("3", "Three", (found_in("3", "page", "3"),), SAD),
]


@pytest.mark.parametrize(
    ("ids", "accounts"),
    [
        (["1"], [("1", "t-1"), ("9", "t-1")]),
        (["2"], [("2", "t-2"), ("9", "t-2")]),
        (["2", "1", "1"], [("1", "t-1"), ("9", "t-1"), ("2", "t-2")]),
        (None, [("1", "t-1"), ("9", "t-1"), ("2", "t-2")]),
    ],
)
def test_accounts_of_the_chosen_groups_without_duplicates(
    ids: Sequence[str] | None, accounts: list[tuple[str, str]]
) -> None:
    chosen = accounts_of_groups(FOUND, ids)
    assert [(account.remote_id, account.credentials.secrets["token"]) for account in chosen] == accounts


@pytest.mark.parametrize("ids", [[], ["1", "7"], [""], ["3"]])
def test_unknown_and_refused_groups_are_refused(ids: list[str]) -> None:
    with pytest.raises(PostInvalid):
        accounts_of_groups(FOUND, ids)


def test_when_no_group_can_be_connected_the_problems_say_why() -> None:
    with pytest.raises(PostInvalid) as refused:
        accounts_of_groups(FOUND[2:], None)
    assert [problem.message for problem in refused.value.problems] == [SAD]


def test_groups_are_the_same_after_they_were_stored() -> None:
    assert unpack_groups(pack_groups(FOUND)) == FOUND

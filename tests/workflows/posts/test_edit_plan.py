"""Which deliveries an edit keeps, moves to another account, removes and adds."""

from __future__ import annotations

from typing import Any

import pytest

from araldo.accounts.models import Account
from araldo.pictures.models import DeliveryPicture
from araldo.posts.models import Delivery, State
from araldo.workflows.posts.edit_plan import DeliveryPlan, plan_deliveries


def row(account_id: str | None, state: State = State.DRAFT, platform: str = "wall") -> Delivery:
    blank: dict[str, Any] = dict.fromkeys(Delivery.__dataclass_fields__)
    named = {"id": f"{platform}/{account_id}", "account_id": account_id, "platform": platform, "state": state}
    return Delivery(**{**blank, "picture": DeliveryPicture(), "open_attempts": 0, **named})


def account(account_id: str) -> Account:
    blank: dict[str, Any] = dict.fromkeys(Account.__dataclass_fields__)
    return Account(**{**blank, "id": account_id})


def plan(rows: list[Delivery], chosen: str, *, named: bool = True, revives: bool = False) -> DeliveryPlan:
    accounts = {"wall": [account(name) for name in chosen.split()]} if chosen else {}
    return plan_deliveries(rows, ["wall"], accounts, revives=revives, named=["wall"] if named else [])


def kept(found: DeliveryPlan) -> list[tuple[str, str | None, int]]:
    return [(one.row.id, one.account_id, one.position) for one in found.kept]


def test_an_account_is_added_and_the_others_stay() -> None:
    found = plan([row("a")], "b a")
    assert kept(found) == [("wall/a", "a", 1)]
    assert [(new.platform, new.account and new.account.id, new.position) for new in found.added] == [("wall", "b", 0)]
    assert found.removed == []


def test_a_delivery_takes_a_new_account_before_one_is_added() -> None:
    found = plan([row("a"), row("b")], "b c")
    assert sorted(kept(found)) == [("wall/a", "c", 1), ("wall/b", "b", 0)]
    assert (found.added, found.removed) == ([], [])


def test_a_sent_delivery_is_never_given_another_account_while_another_can() -> None:
    found = plan([row("a", State.PUBLISHED), row("b")], "a c")
    assert sorted(kept(found)) == [("wall/a", "a", 0), ("wall/b", "c", 1)]
    found = plan([row("a", State.PUBLISHED), row("b")], "c")
    assert (kept(found), [one.id for one in found.removed]) == ([("wall/b", "c", 0)], ["wall/a"])


def test_an_account_that_is_no_longer_chosen_loses_its_delivery() -> None:
    found = plan([row("a"), row("b")], "b")
    assert (kept(found), [one.id for one in found.removed]) == ([("wall/b", "b", 0)], ["wall/a"])


@pytest.mark.parametrize("chosen", ["", "a"])
def test_a_draft_has_one_delivery_a_platform_until_its_account_is_certain(chosen: str) -> None:
    found = plan([row(None)], chosen, named=False)
    assert kept(found) == [("wall/None", chosen or None, 0)]
    assert len(plan([], "").added) == 1


def test_a_cancelled_delivery_stays_so_unless_it_is_named_again() -> None:
    rows = [row("a"), row("b", State.CANCELLED)]
    assert kept(plan(rows, "a", named=False)) == [("wall/a", "a", 0)]
    again = plan(rows, "a b")
    assert [(one.row.id, one.revived) for one in again.kept] == [("wall/a", False), ("wall/b", True)]
    # Another account gets a delivery of its own.
    other = plan(rows, "a c")
    assert (kept(other), len(other.added), other.removed) == ([("wall/a", "a", 0)], 1, [])
    only = plan([row("a", State.CANCELLED)], "a", revives=True)
    assert [one.revived for one in only.kept] == [True]


def test_a_platform_that_is_left_out_loses_all_its_deliveries() -> None:
    rows = [row("a"), row("b"), row("t", platform="tower")]
    found = plan_deliveries(rows, ["tower"], {"tower": [account("t")]}, revives=True, named=[])
    assert ([one.id for one in found.removed], kept(found)) == (["wall/a", "wall/b"], [("tower/t", "t", 0)])

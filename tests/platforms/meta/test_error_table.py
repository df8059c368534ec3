"""Every (code, subcode) that Meta lists or that was seen in the field has a row, and the row says the right thing."""

from __future__ import annotations

import re

import pytest

from araldo.errors import OutcomeUnknown, OutsideError, PrepareAnew, ReconnectNeeded, Rejected, TryLater
from araldo.platforms.meta.graph_errors import TABLE, error_from, row_of

Pair = tuple[int, int | None]
# What each pair is on a call that nobody can see the result of.
RECONNECT: list[Pair] = [
    *[(190, subcode) for subcode in (None, 458, 459, 460, 463, 464, 467, 492, 999)],
    (102, None),
    (10, None),
    (10, 9053),
    (200, None),
    (200, 9053),
    (210, None),
    (299, None),
    (25, 2207050),
]
LATER: list[Pair] = [
    *[(code, None) for code in (1, 2, 4, 17, 32, 613, 341, 80001, 80002, 368)],
    (613, 1996),
    (4, 2207051),
    (368, 1390008),
    (-2, 2207003),
    (-1, 2207001),
    (-1, 2207032),
    (-1, 2207053),
    (9, 2207042),
    (24, 2207006),
    (24, 2207008),
    (9004, 2207052),
    (9007, 2207027),
    (9004, 2207008),
]
REJECTED: list[Pair] = [
    *[(code, None) for code in (3, 12, 100, 197, 324, 506, 36000, 36001, 36003, 36004)],
    *[(100, subcode) for subcode in (33, 2207023, 2207028, 2207035, 2207036, 2207037, 2207040)],
    (1, 2207057),
    (352, 2207026),
    (352, 2207076),
    (36000, 2207004),
    (36001, 2207005),
    (36001, 2207083),
    (36003, 2207009),
    (36004, 2207010),
]
# Facebook's own numbers: as subcode of 100, as the code itself, and behind a code that nobody listed.
FACEBOOK = (1366046, 1366051, 1404078, 4854002, 1346003, 1404102, 1404112, 1609005, 1609008, 2061006)
PASSING = (1363047, 1609010)


def met(pair: Pair, *, visible: bool = False) -> OutsideError:
    return error_from({"code": pair[0], "error_subcode": pair[1]}, visible=visible)


@pytest.mark.parametrize(
    ("kind", "pairs"), [(ReconnectNeeded, RECONNECT), (TryLater, LATER), (Rejected, REJECTED)], ids=lambda one: str(one)
)
def test_every_listed_pair_has_a_row(kind: type[OutsideError], pairs: list[Pair]) -> None:
    for pair in pairs:
        assert row_of(*pair) is not None, pair
        assert type(met(pair)) is kind, pair


@pytest.mark.parametrize("number", [*FACEBOOK, *PASSING])
def test_facebooks_numbers_are_known_wherever_they_stand(number: int) -> None:
    kind = TryLater if number in PASSING else Rejected
    for pair in ((100, number), (number, None), (number, 7), (33_333, number), (200, number), (1, number)):
        assert type(met(pair)) is kind, pair
        assert met(pair).message == TABLE[100, number].message, pair


@pytest.mark.parametrize("pair", [(100, 1366051), (1366051, None), (506, None), (9004, 2207008), (1, None), (2, None)])
def test_what_may_have_gone_out_is_looked_up(pair: Pair) -> None:
    assert type(met(pair, visible=True)) is OutcomeUnknown


def test_an_expired_container_wants_another_one() -> None:
    assert type(met((-2, 2207020))) is PrepareAnew
    assert type(met((-2, 2207020), visible=True)) is PrepareAnew


def test_every_way_to_lose_a_session_says_which_and_what_to_do() -> None:
    lost = [TABLE[190, subcode].message for subcode in (None, 458, 459, 460, 463, 464, 467, 492)]
    assert len({one.to("en") for one in lost}) == len({one.to("it") for one in lost}) == len(lost)
    for one in lost:
        assert "connect" in one.to("en")
        assert "ricollega" in one.to("it")
    assert TABLE[613, 1996].message != TABLE[613, None].message


def test_every_sentence_is_one() -> None:
    for key, row in TABLE.items():
        for text in (row.message.to("en"), row.message.to("it")):
            assert text.endswith("."), key
            assert not re.search(r"[.!?] ", text), key

"""Every (code, subcode) that Meta documents or that was observed has a rule with the right outcome."""

from __future__ import annotations

import re

import pytest

from araldo.errors import OutcomeUnknown, OutsideError, PrepareAgain, ReconnectNeeded, Rejected, TryLater
from araldo.platforms.meta.graph_errors import TABLE, error_from, find_rule

Pair = tuple[int, int | None]
# Expected outcomes on a call whose result is not visible.
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
TEMPORARY = (1363047, 1609010)


def error_for(pair: Pair, *, visible: bool = False) -> OutsideError:
    return error_from({"code": pair[0], "error_subcode": pair[1]}, visible=visible)


@pytest.mark.parametrize(
    ("kind", "pairs"), [(ReconnectNeeded, RECONNECT), (TryLater, LATER), (Rejected, REJECTED)], ids=lambda one: str(one)
)
def test_every_documented_error_has_a_rule(kind: type[OutsideError], pairs: list[Pair]) -> None:
    for pair in pairs:
        assert find_rule(*pair) is not None, pair
        assert type(error_for(pair)) is kind, pair


@pytest.mark.parametrize("number", [*FACEBOOK, *TEMPORARY])
def test_facebook_subcodes_are_known_as_code_and_as_subcode(number: int) -> None:
    kind = TryLater if number in TEMPORARY else Rejected
    for pair in ((100, number), (number, None), (number, 7), (33_333, number), (200, number), (1, number)):
        assert type(error_for(pair)) is kind, pair
        assert error_for(pair).message == TABLE[100, number].message, pair


@pytest.mark.parametrize("pair", [(100, 1366051), (1366051, None), (506, None), (9004, 2207008), (1, None), (2, None)])
def test_an_error_that_may_follow_a_publish_is_an_unknown_outcome(pair: Pair) -> None:
    assert type(error_for(pair, visible=True)) is OutcomeUnknown


def test_an_expired_container_is_prepared_again() -> None:
    assert type(error_for((-2, 2207020))) is PrepareAgain
    assert type(error_for((-2, 2207020), visible=True)) is PrepareAgain


def test_every_session_error_has_its_own_message_with_what_to_do() -> None:
    lost = [TABLE[190, subcode].message for subcode in (None, 458, 459, 460, 463, 464, 467, 492)]
    assert len({message.to("en") for message in lost}) == len({message.to("it") for message in lost}) == len(lost)
    for message in lost:
        assert "connect" in message.to("en").lower()
        assert "ricollega" in message.to("it").lower()
    assert TABLE[613, 1996].message != TABLE[613, None].message


def test_every_message_has_at_most_two_sentences() -> None:
    for key, row in TABLE.items():
        for text in (row.message.to("en"), row.message.to("it")):
            assert text.endswith("."), key
            assert len(re.findall(r"[.!?](?: |$)", text)) <= 2, key

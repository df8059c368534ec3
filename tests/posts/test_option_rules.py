"""The options of a post on each platform: what is validated, filled in, and changed by an account."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from araldo.platforms.account_facts import declaration_for, declaration_of
from araldo.platforms.counting import TextLimits
from araldo.platforms.options import OptionChoice, OptionValue, option_values
from araldo.posts.rules import NewPost, find_problems
from tests.support.made_up_platforms import DECLARATIONS, NAMES, OPTIONS, WALL

NOW = datetime(2030, 1, 31, 9, 0, tzinfo=UTC)
DECLARED = replace(WALL, options=OPTIONS, limits=TextLimits(500, url_length=23), pictures_max=4)
GOOD = NewPost(content="Ciao", platforms=["wall"], intent="publish", options={"wall": {"board": "news"}})


def facts(**of_wall: object) -> dict[str, Any]:
    return {"platforms": {"wall": of_wall}}


def codes(post: NewPost, *accounts: dict[str, Any]) -> list[tuple[str, str]]:
    declarations = {**DECLARATIONS, "wall": declaration_for(DECLARED, accounts)}
    return [(problem.pointer, problem.code) for problem in find_problems(post, declarations, NOW)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"audience": "friends", "warning": "Spoiler", "pinned": True}, []),
        ({"audience": "nobody"}, [("/options/wall/audience", "option_invalid")]),
        ({"audience": True}, [("/options/wall/audience", "option_invalid")]),
        ({"pinned": "yes"}, [("/options/wall/pinned", "option_invalid")]),
        ({"warning": False}, [("/options/wall/warning", "option_invalid")]),
        ({"warning": "x" * 21}, [("/options/wall/warning", "option_too_long")]),
        ({"a/b": "x"}, [("/options/wall/a~1b", "option_unknown")]),
        ({"board": ""}, [("/options/wall/board", "option_missing")]),
    ],
)
def test_each_problem_points_at_its_option(given: dict[str, OptionValue], expected: list[tuple[str, str]]) -> None:
    post = replace(GOOD, options={"wall": {"board": "news", **given}})
    assert codes(post) == expected


def test_a_required_option_is_asked_for_only_where_the_post_goes() -> None:
    assert codes(replace(GOOD, options={})) == [("/options/wall/board", "option_missing")]
    assert codes(replace(GOOD, options={}, platforms=["square"])) == []
    assert codes(replace(GOOD, options={"nowhere": {}, **GOOD.options})) == [("/options/nowhere", "platform_unknown")]


def test_an_option_may_count_in_the_posts_text() -> None:
    post = replace(GOOD, content="x" * 495)
    assert codes(post) == []
    warned = replace(post, options={"wall": {"board": "news", "warning": "Spoiler"}})
    assert codes(warned) == [("/content", "text_too_long")]


def test_defaults_are_filled_in_and_empty_texts_left_out() -> None:
    assert option_values(OPTIONS, {"warning": "", "pinned": False}) == {"audience": "all", "pinned": False}


def test_an_account_changes_limits_choices_and_defaults() -> None:
    found = declaration_of(
        DECLARED,
        facts(
            limits={"text_max": 5_000, "url_length": 30, "hashtags_max": "many", "unit": "utf16", "bytes_max": 0},
            pictures_max=16,
            options={
                "audience": {"choices": ["friends", "family"], "default": "friends"},
                "board": {"choices": [{"value": "b1", "label": "News"}, 5]},
                "pinned": "yes",
            },
        ),
    )
    assert found.limits == TextLimits(5_000, url_length=30)
    assert found.pictures_max == 16
    audience, warning, pinned, board = found.options
    assert audience.choices == (OptionChoice("friends", NAMES["friends"]), OptionChoice("family", "family"))
    assert (audience.default, board.choices) == ("friends", (OptionChoice("b1", "News"),))
    assert (warning, pinned) == OPTIONS[1:3]


def test_a_post_for_several_accounts_is_held_to_the_strictest() -> None:
    generous = facts(limits={"text_max": 5_000}, pictures_max=16, options={"audience": {"choices": ["friends"]}})
    usual: dict[str, Any] = {}
    found = declaration_for(DECLARED, [generous, usual])
    assert (found.limits, found.pictures_max) == (DECLARED.limits, 4)
    assert found.options[0].choices == (OptionChoice("friends", NAMES["friends"]),)
    # "all" is no choice that both have.
    assert found.options[0].default is None
    long = replace(GOOD, content="x" * 501)
    assert (codes(long, generous), codes(long, generous, usual)) == ([], [("/content", "text_too_long")])
    assert declaration_for(DECLARED, [usual, usual]) is DECLARED


@pytest.mark.parametrize("odd", [{"platforms": None}, {"platforms": {"wall": []}}, facts(limits=3, options=["a"])])
def test_facts_of_another_shape_change_nothing(odd: dict[str, Any]) -> None:
    assert declaration_of(DECLARED, odd) == DECLARED

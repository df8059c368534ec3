"""What may be published, rule by rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.entities.finder import is_hashtag
from araldo.platforms.counting import TextLimits
from araldo.posts.compose import normalize_hashtags
from araldo.posts.rules import NewPost, alt_text_warnings, find_problems, no_check_warnings
from tests.support.made_up_platforms import DECLARATIONS

NOW = datetime(2030, 1, 31, 9, 0, tzinfo=UTC)
GOOD = NewPost(content="Ciao", platforms=["wall", "square"], intent="publish")


def codes(post: NewPost) -> list[tuple[str, str]]:
    return [(problem.pointer, problem.code) for problem in find_problems(post, DECLARATIONS, NOW)]


def test_a_good_post_has_no_problems() -> None:
    assert codes(GOOD) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"content": " \n"}, [("/content", "empty")]),
        ({"platforms": []}, [("/platforms", "empty")]),
        ({"platforms": ["wall", "nowhere"]}, [("/platforms/1", "platform_unknown")]),
        ({"platforms": ["wall", "wall"]}, [("/platforms/1", "platform_duplicate")]),
        ({"hashtags": ["ok", "a b"]}, [("/hashtags/1", "hashtag_invalid")]),
        ({"platform_prompts": {"no/where": "x"}}, [("/platform_prompts/no~1where", "platform_unknown")]),
        ({"content": "x" * 201}, [("/content", "text_too_long")]),
        ({"hashtags": [f"t{n}" for n in range(6)]}, [("/hashtags", "too_many_hashtags")]),
        ({"content": "@a @b @c"}, [("/content", "too_many_mentions")]),
        # What only looks like tags and mentions counts for nothing, and a tag in both places once.
        ({"content": "https://example.com/a#b a#b C#c #1 #2 #3 &#39; #️⃣ #_"}, []),
        ({"content": "a@b.example https://example.com/@c d@e.example"}, []),
        ({"content": "#t1 ＃t2 #T3 #t4 #t5", "hashtags": ["T1", "t2", "t3"]}, []),
        ({"makes_pictures": False}, [("/platforms/1", "picture_needed")]),
        ({"shapes": {"square": "4:5"}}, []),
        ({"shapes": {"square": "1:1", "wall": "4:5"}}, [("/shapes/wall", "shape_unknown")]),
        ({"shapes": {"no/where": "1:1"}}, [("/shapes/no~1where", "platform_unknown")]),
        ({"makes_pictures": False, "pictured": ["square"]}, []),
    ],
)
def test_each_problem_points_at_its_field(changes: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert codes(replace(GOOD, **changes)) == expected  # type: ignore[arg-type]  # fields by name, from the table


def test_the_call_to_action_and_the_hashtags_count_too() -> None:
    post = replace(GOOD, content="x" * 190, cta="y" * 9)
    assert codes(post) == [("/content", "text_too_long")]
    assert codes(replace(post, cta=None)) == []


def test_a_custom_picture_without_alt_text_is_warned_of_where_alt_text_is_shown() -> None:
    post = replace(GOOD, platforms=["wall", "square", "tall"], undescribed=["square", "tall"])
    found = [(one.pointer, one.code, one.platform) for one in alt_text_warnings(post, DECLARATIONS)]
    assert found == [("/images/square", "alt_text_missing", "square")]
    assert list(alt_text_warnings(replace(post, undescribed=()), DECLARATIONS)) == []


def test_a_platform_that_shows_no_text_has_no_text_limits() -> None:
    assert codes(replace(GOOD, content="x" * 5_000, platforms=["tall"])) == []


@pytest.mark.parametrize(
    ("due_at", "intent", "expected"),
    [
        (NOW + timedelta(hours=1), "schedule", []),
        (NOW.astimezone(timezone(timedelta(hours=1))) + timedelta(seconds=1), "schedule", []),
        (NOW, "schedule", [("/schedule_time", "time_past")]),
        (datetime(2031, 1, 1), "schedule", [("/schedule_time", "time_without_zone")]),  # noqa: DTZ001 - naive on purpose
        (NOW + timedelta(hours=1), "publish", [("/schedule_time", "publish_and_schedule")]),
    ],
)
def test_time(due_at: datetime, intent: str, expected: list[tuple[str, str]]) -> None:
    assert codes(replace(GOOD, due_at=due_at, intent=intent)) == expected  # type: ignore[arg-type]  # from the table


@pytest.mark.parametrize("tag", ["marketing", "AI", "perché", "2026saldi", "日本", "हिन्दी", "a_b"])
def test_good_hashtags(tag: str) -> None:
    assert is_hashtag(tag)


@pytest.mark.parametrize("tag", ["", "a b", "a-b", "123", "#", "a!", "🚀", "a\nb", "_"])
def test_bad_hashtags(tag: str) -> None:
    assert not is_hashtag(tag)


@given(st.lists(st.text(max_size=8), max_size=5), st.text(max_size=300), st.lists(st.text(max_size=8), max_size=5))
def test_any_input_gets_an_answer_in_both_languages(tags: list[str], content: str, platforms: list[str]) -> None:
    post = NewPost(content=content, hashtags=normalize_hashtags(tags), platforms=platforms)
    for problem in find_problems(post, DECLARATIONS, NOW):
        assert problem.message.to("en")
        assert problem.message.to("it")
        assert problem.pointer.startswith("/")


def test_a_platform_that_cannot_be_asked_is_a_warning() -> None:
    post = NewPost(content="Ciao", platforms=["wall", "square"])
    blind = DECLARATIONS | {"square": replace(DECLARATIONS["square"], can_check=False)}
    assert list(no_check_warnings(post, DECLARATIONS)) == []
    assert [(one.pointer, one.code, one.platform) for one in no_check_warnings(post, blind)] == [
        ("/platforms/1", "cannot_check", "square")
    ]


@pytest.mark.parametrize(
    ("limits", "content", "count"),
    [
        (TextLimits(4, unit="graphemes"), "👩‍👩‍👧" * 5, 5),
        (TextLimits(4, unit="utf16"), "🥐🥐🥐", 6),
        (TextLimits(4, unit="weighted"), "京都へ", 6),
        (TextLimits(4, bytes_max=5), "ààà", 6),
        (TextLimits(22, url_length=23), "https://a.it", 23),
    ],
)
def test_a_text_is_limited_in_the_platforms_own_unit(limits: TextLimits, content: str, count: int) -> None:
    declarations = {"wall": replace(DECLARATIONS["wall"], limits=limits)}
    problems = find_problems(replace(GOOD, content=content, platforms=["wall"]), declarations, NOW)
    assert [(problem.code, problem.message.values["count"]) for problem in problems] == [("text_too_long", count)]


def test_a_text_may_be_shorter_with_pictures() -> None:
    limits = TextLimits(10, text_with_pictures_max=5)
    declarations = {"wall": replace(DECLARATIONS["wall"], limits=limits)}
    post = replace(GOOD, content="x" * 6, platforms=["wall"])
    (problem,) = find_problems(post, declarations, NOW)
    assert (problem.code, problem.message.key) == ("text_too_long", "posts.text_fits_without_pictures")
    assert find_problems(replace(post, makes_pictures=False), declarations, NOW) == []
    assert find_problems(replace(post, makes_pictures=False, pictured=["wall"]), declarations, NOW) == [problem]

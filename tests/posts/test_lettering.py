"""What a card cannot show of a post is said before it is published, by the field that it stands in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from araldo.posts.lettering import lettering_warnings, undrawable_text_problems
from araldo.posts.rules import NewPost
from tests.images.designer.scripts import SENTENCES, WITHOUT_LETTERS
from tests.support.made_up_platforms import DECLARATIONS

POST = NewPost(content="Ciao", platforms=["wall", "square"])
GLYPHS = WITHOUT_LETTERS["hieroglyphs"]


def warned(post: NewPost) -> list[tuple[str, str]]:
    return [(warning.pointer, warning.code) for warning in lettering_warnings(post, DECLARATIONS)]


@pytest.mark.parametrize("sentence", [*SENTENCES.values(), "⭐⭐⭐⭐⭐ Ultime ore ⏰ prenota ora", "𝗯𝗼𝗹𝗱 ➜ ♪ 1️⃣"])
def test_drawable_text_gives_no_warning(sentence: str) -> None:
    assert warned(replace(POST, content=sentence, cta=sentence)) == []


@pytest.mark.parametrize("words", WITHOUT_LETTERS.values())
def test_undrawable_letters_are_named_with_their_field(words: str) -> None:
    post = replace(POST, content=f"Ciao {words}", cta=words, texts={"square": "Ciao"}, slides=[{"headline": words}, {}])
    assert warned(post) == [(at, "letters_not_drawn") for at in ("/content", "/cta", "/slides/0")]
    (warning,) = lettering_warnings(replace(POST, content=f"Ciao {words}"), DECLARATIONS)
    assert words[0] in warning.message.to("en")
    assert words[0] in warning.message.to("it")


def test_a_platforms_own_text_is_warned_of_for_that_platform() -> None:
    post = replace(POST, texts={"square": f"Ciao {GLYPHS}"})
    (warning,) = lettering_warnings(post, DECLARATIONS)
    assert (warning.pointer, warning.platform) == ("/texts/square", "square")


@pytest.mark.parametrize(
    "changes",
    [
        {"makes_pictures": False},
        {"own_pictures": ["wall", "square"]},
        {"platforms": []},
        # Hashtags and addresses stay in the post.
        {"content": f"Ciao\n#{GLYPHS} https://example.com/{GLYPHS}"},
        # Every picture has words of its own.
        {"slides": [{"headline": "Ciao"}]},
    ],
)
def test_text_that_is_not_drawn_gives_no_warning(changes: dict[str, object]) -> None:
    assert warned(replace(POST, **{"content": f"Ciao {GLYPHS}", **changes})) == []  # type: ignore[arg-type] # by name


def test_a_long_list_of_letters_is_truncated() -> None:
    letters = "".join(chr(0x13000 + number) for number in range(12))
    (warning,) = lettering_warnings(replace(POST, content=letters + " ciao"), DECLARATIONS)
    assert letters[7] in warning.message.to("en")
    assert letters[8] not in warning.message.to("en")


def test_a_text_of_which_nothing_can_be_drawn_is_a_problem() -> None:
    found = [
        (one.pointer, one.code) for one in undrawable_text_problems(replace(POST, content=f"{GLYPHS}!"), DECLARATIONS)
    ]
    assert found == [("/content", "no_letter_drawn")]
    for fine in (f"{GLYPHS} ciao", "⭐", "Ciao"):
        assert list(undrawable_text_problems(replace(POST, content=fine), DECLARATIONS)) == []

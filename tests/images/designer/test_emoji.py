"""Which characters are drawn as pictures: Unicode's list of emoji in every form, and similar symbols."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from araldo.images.designer import Card, coverage, emoji
from araldo.images.designer.compose import compose
from araldo.images.designer.drawable import make_drawable
from araldo.images.designer.text import to_html

LIST = Path(__file__).with_name("emoji-17.0.txt")
# Skin tones and hair: parts of emoji without meaning of their own.
COMPONENTS = set("🏻🏼🏽🏾🏿🦰🦱🦲🦳")
# The flag collection lacks Sark's: it is drawn as two letters.
SPELT = {"🇨🇶"}


def sequences() -> list[str]:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]


def pictures_of(text: str) -> Iterator[str | None]:
    position = 0
    while position < len(text):
        position, name = emoji.find_at(text, position)
        yield name


def test_every_emoji_of_unicode_is_one_picture_or_a_letter_that_a_typeface_has() -> None:
    found = sequences()
    assert len(found) == 5225
    for sequence in set(found) - COMPONENTS - SPELT:
        end, name = emoji.find_at(sequence, 0)
        assert end == len(sequence), ascii(sequence)
        assert name is not None or (len(sequence) == 1 and coverage.has_glyph(sequence)), ascii(sequence)
        assert make_drawable(sequence).missing == (), ascii(sequence)


def test_every_picture_can_be_read() -> None:
    names = {name for sequence in sequences() for name in pictures_of(sequence) if name is not None}
    assert len(names) > 3_900
    for name in names:
        assert ElementTree.fromstring(emoji.read_svg(name)).tag.endswith("svg"), name


def test_a_lone_part_of_an_emoji_is_left_out_and_reported() -> None:
    for component in COMPONENTS:
        assert make_drawable(f"Ciao {component} amici").text == "Ciao amici"
        assert make_drawable(f"Ciao {component} amici").missing == (component,)


@pytest.mark.parametrize("letter", "⌚⌛⏩⏪⏫⏬⏰⏳◽◾☔♈⚡⛔✅✨❌❓➕➰⬛⬜⭐⭕🈁🎉")
def test_default_emoji_are_pictures(letter: str) -> None:
    assert list(pictures_of(letter)) == [f"emoji/{ord(letter):x}.svg"]


@pytest.mark.parametrize("key", "0123456789#*")
def test_a_keycap_is_a_picture_with_and_without_its_selector(key: str) -> None:
    for keycap in (f"{key}\ufe0f\u20e3", f"{key}\u20e3"):
        assert emoji.find_at(keycap, 0) == (len(keycap), f"emoji/{ord(key):04x}-20e3.svg")
    assert emoji.find_at(f"{key} ", 0) == (1, None)
    assert make_drawable(f"{key}\ufe0f") == make_drawable(key)


@pytest.mark.parametrize(
    ("text", "pictures"),
    [
        ("ℹ️", ["emoji/2139.svg"]),
        # No typeface has it, so it is drawn as a picture.
        ("ℹ", ["emoji/2139.svg"]),
        ("™", [None]),
        ("™️", ["emoji/2122.svg"]),
        ("↔", [None]),
        ("❤", ["emoji/2764.svg"]),
        # U+FE0E asks for text, which is used when a typeface has the letter.
        ("⌚︎", [None, None]),
        ("🎉︎", ["emoji/1f389.svg"]),
        ("👋🏽", ["emoji/1f44b-1f3fd.svg"]),
        ("👩🏿‍🚒", ["emoji/1f469-1f3ff-200d-1f692.svg"]),
        # Unicode has no family with skin tones: the yellow family is drawn.
        ("👨🏽‍👩🏽‍👧🏽", ["emoji/1f468-200d-1f469-200d-1f467.svg"]),
        # An emoji without skin tones.
        ("🎉🏽", ["emoji/1f389.svg"]),
        ("🇮🇹🇯🇵", ["flag/it.svg", "flag/jp.svg"]),
        ("🇦🇨🇹🇦🇪🇦", ["flag/sh-ac.svg", "flag/sh-ta.svg", "flag/es.svg"]),
        ("🏴󠁧󠁢󠁷󠁬󠁳󠁿", ["flag/gb-wls.svg"]),
        ("🦎", ["emoji/1f98e.svg"]),
        ("➜", [None]),
        ("♪", [None]),
    ],
)
def test_an_emoji_sequence_is_one_picture(text: str, pictures: list[str | None]) -> None:
    assert list(pictures_of(text)) == pictures


def test_a_row_of_stars_is_a_row_of_pictures() -> None:
    composed = compose(Card("⭐⭐⭐⭐⭐ Ultime ore ⏰ prenota ora"))
    assert set(composed.images) == {"emoji/2b50.svg", "emoji/23f0.svg"}
    assert composed.front.html().count("2b50.svg") == 5
    # Their distance is the pictures' width: no extra space between some of them.
    assert "\u200a" not in composed.front.html()


def test_adjacent_flags_are_separated() -> None:
    images: dict[str, bytes] = {}
    assert [part.count("<img") for part in to_html("🇮🇹🇯🇵🇫🇷🎉⭐", images).split("\u200a")] == [1, 1, 1, 2]

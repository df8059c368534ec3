"""Supported scripts are shaped correctly; letters that no typeface has are left out and reported."""

from __future__ import annotations

import io
from functools import cache

import pytakumi
import pytest
import uharfbuzz
from fontTools.ttLib import TTFont

from araldo.images.designer import Card, draw, drawable, fonts
from araldo.images.designer.compose import compose
from araldo.images.designer.drawable import make_drawable, undrawable_letters
from araldo.images.designer.render import measure, render_pixels
from araldo.images.designer.text import drawable_line, to_html
from tests.images.designer.scripts import SENTENCES, WITHOUT_LETTERS, WORDS


def picture_of(letter: str) -> bytes:
    style = f"font-family:{fonts.PAIRS['jakarta'].text_stack};font-size:24px;line-height:40px;padding:10px"
    images: dict[str, bytes] = {}
    inner = f'<div style="display:block;white-space:nowrap;{style}">{to_html(letter, images)}</div>'
    return render_pixels(f'<div style="display:flex;width:60px;height:60px">{inner}</div>', 60, 60, images).tobytes()


@cache
def box() -> bytes:
    """Return the picture that the engine draws for a letter."""
    return picture_of("\U0010fffd")


@pytest.mark.parametrize("script", SENTENCES)
def test_a_sentence_is_drawn_whole_and_no_letter_is_a_box(script: str) -> None:
    sentence = SENTENCES[script]
    assert undrawable_letters(sentence) == ()
    assert drawable_line(sentence) == sentence
    assert all(picture_of(letter) != box() for letter in set(sentence))
    assert "…" not in compose(Card(sentence)).front.html()


@pytest.mark.parametrize("script", WITHOUT_LETTERS)
def test_a_script_without_letters_is_left_out_and_said(script: str) -> None:
    words = WITHOUT_LETTERS[script]
    assert picture_of(words[0]) == box()
    found = make_drawable(f"Oggi {words}, domani.")
    assert found.text == "Oggi, domani."
    assert set("".join(found.missing)) == set(words.replace(" ", ""))
    assert draw(Card(f"Oggi {words}, domani.")) == draw(Card("Oggi, domani.", mood="", family=f"Oggi {words}, domani."))


@pytest.mark.parametrize("script", WORDS)
def test_letters_are_joined_as_harfbuzz_joins_them(script: str) -> None:
    """The engine has its own text shaper: compare the widths of words with a reference shaper's."""
    data = next(data for family, data in fonts.font_files() if family == WORDS[script][0])
    plain = TTFont(io.BytesIO(data))
    plain.flavor = None
    unpacked = io.BytesIO()
    plain.save(unpacked)
    face = uharfbuzz.Face(unpacked.getvalue())
    font = uharfbuzz.Font(face)
    engine = pytakumi.Renderer()
    engine.register_font(data, name="Face")
    for word in WORDS[script][1].split():
        buffer = uharfbuzz.Buffer()
        buffer.add_str(word)
        buffer.guess_segment_properties()
        uharfbuzz.shape(font, buffer)
        expected = sum(glyph.x_advance for glyph in buffer.glyph_positions) * 100 / face.upem
        line = f'<div style="display:block;white-space:nowrap;font-family:Face;font-size:100px">{word}</div>'
        around = f'<div style="display:flex;width:9000px;align-items:flex-start">{line}</div>'
        found = engine.measure(pytakumi.from_html(around), width=9000, font_families=["Face"])
        assert found["children"][0]["width"] == pytest.approx(expected, abs=2), word


@pytest.mark.parametrize(
    ("written", "missing"),
    [
        ("Un cuore ❤, una freccia ➜ e una nota ♪", ()),
        ("∀x ∈ ℝ, ⇄ ☐ ✦ ⚐ ①", ()),
        ("ⓐⓑ ㎏ ﬁne ½ ㈱", ()),
        ("A\u0301pro e\u0301 x\u0302", ()),
        ("Apple \uf8ff qui", ("\uf8ff",)),
        ("nuovo \U0010fffd qui", ("\U0010fffd",)),
    ],
)
def test_signs_are_drawn_or_said(written: str, missing: tuple[str, ...]) -> None:
    assert undrawable_letters(written) == missing
    assert all(picture_of(letter) != box() for letter in set(drawable_line(written)))


def test_bold_and_other_alphabets_of_mathematics_are_drawn_as_letters() -> None:
    assert undrawable_letters("𝗯𝗼𝗹𝗱 𝓼𝓬𝓻𝓲𝓹𝓽 ℋ𝒾 𝟯𝟬") == ()
    assert to_html(drawable_line("Il 𝗯𝗼𝗹𝗱 qui"), {}) == 'Il <span style="font-weight:800">bold</span> qui'
    assert to_html(drawable_line("𝘤𝘰𝘳𝘴𝘪𝘷𝘰 ℝ"), {}) == "corsivo R"
    drawn = compose(Card("𝗣𝗿𝗼𝗺𝗼", style="bold")).front.html()
    assert ">PROMO<" in drawn


def test_invisible_characters_are_neither_drawn_nor_reported() -> None:
    assert make_drawable("a\u00adb\ufeffc\ue0001\u0007d\ufe0fe") == make_drawable("abc\ue0001de")
    assert make_drawable("\u0301 ciao").text == "ciao"
    # A direction mark and the joiners of Persian and Sinhala change what is drawn.
    for kept in ("\u200fשלום", "می\u200cخواهم", "ශ්\u200dරී"):
        assert make_drawable(kept).text == kept


def test_letters_that_are_taken_as_they_are_can_all_be_drawn() -> None:
    plain = [letter for letter in map(chr, range(0x250)) if drawable._PLAIN.fullmatch(letter)]
    assert len(plain) > 150
    for letter in plain:
        assert drawable._drop_undrawable(f"a{letter}1{letter}{letter}") == (f"a{letter}1{letter}{letter}", {}), letter


def test_only_an_unsupported_mark_is_left_out() -> None:
    assert make_drawable("caffe\u1ab0").text == "caffe"
    assert make_drawable("caffe\u1ab0").missing == ("\u1ab0",)


def test_missing_letters_leave_no_gap_or_lone_punctuation() -> None:
    gone = WITHOUT_LETTERS["hieroglyphs"]
    assert make_drawable(f"{gone}: ciao").text == "ciao"
    assert make_drawable(f"ciao — {gone}").text == "ciao"
    assert make_drawable(f"{gone}!").text == ""


def test_words_of_several_scripts_share_a_line() -> None:
    words = ["Ciao", "नमस्ते", "สวัสดี", "مرحبا", "日本", "Привет"]
    style = f"font-family:{fonts.PAIRS['jakarta'].text_stack};font-size:40px;white-space:nowrap"
    (line,) = measure(
        f'<div style="display:flex"><div style="display:block;{style}">{" ".join(words)}</div></div>', 2000, {}
    )["children"]
    assert "".join(run["text"] for run in line["runs"]).split() == words

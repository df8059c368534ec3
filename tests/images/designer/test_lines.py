"""Line breaking: no word lost, no line too wide, few and even lines, and the rules of each script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.images.designer.clusters import is_mark
from araldo.images.designer.lines import LineToken, break_lines, count_lines, tokenize
from araldo.images.designer.text import drawable_line


def even(text: str, most: float) -> list[str] | None:
    """Break lines with every letter one unit wide."""
    tokens = tokenize(text)
    return break_lines(tokens, [len(token.text) for token in tokens], 1.0, most)


@given(st.text(alphabet="ab cde fghi 日本、。「」 è’", max_size=120), st.integers(12, 60))
def test_lines_keep_all_words_and_fit_the_width(text: str, most: int) -> None:
    lines = even(text, most)
    tokens = tokenize(text)
    counted = count_lines(tokens, [len(token.text) for token in tokens], 1.0, most)
    assert counted == (None if lines is None else len(lines))
    if lines is not None:
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert all(len(line) <= most for line in lines)
        assert all(lines)


@given(st.lists(st.text(alphabet="abcdefgh", min_size=1, max_size=9), min_size=1, max_size=25), st.integers(10, 50))
def test_the_number_of_lines_is_minimal(words: list[str], most: int) -> None:
    lines = even(" ".join(words), most)
    greedy, filled = 1, 0
    for word in words:
        if filled and filled + 1 + len(word) > most:
            greedy, filled = greedy + 1, len(word)
        else:
            filled += len(word) + (1 if filled else 0)
    assert lines is not None
    assert len(lines) == greedy


def test_a_word_wider_than_the_line_is_cut_only_on_request() -> None:
    assert even("precipitevolissimevolmente", 10) is None
    cut = tokenize("precipitevolissimevolmente", cut=True)
    lines = break_lines(cut, [len(token.text) for token in cut], 1.0, 10)
    assert lines is not None
    assert "".join(lines) == "precipitevolissimevolmente"


@pytest.mark.parametrize(
    ("text", "most", "lines"),
    [
        # Even lines, without a short word at the end of one.
        ("Solo fino a domenica. Spedizione gratuita e resi facili.", 50,
            ["Solo fino a domenica.", "Spedizione gratuita e resi facili."]),
        ("Il mercato di piazza Bra è aperto anche la sera", 28, ["Il mercato di piazza Bra", "è aperto anche la sera"]),
        # No line consists of an emoji or a punctuation mark alone.
        ("Tutto il catalogo ☀️", 18, ["Tutto il", "catalogo ☀️"]),
        ("Ci siamo quasi !", 14, ["Ci siamo", "quasi !"]),
    ],
)  # fmt: skip
def test_line_breaks_are_even_and_leave_no_lone_words(text: str, most: int, lines: list[str]) -> None:
    assert even(text, most) == lines


def test_japanese_breaks_between_letters_and_keeps_its_rules() -> None:
    lines = even("夏が来た。全品30%オフの「サマーセール」開催中、お早めに！", 8)
    assert lines is not None
    assert not any(line[0] in "。、」！ー" for line in lines)
    assert not any(line[-1] in "「" for line in lines)
    assert any("30%" in line for line in lines)


def test_a_japanese_word_is_not_cut() -> None:
    words = [token.text for token in tokenize("夏が来た：全品30%オフのサマーセール開催中")]
    assert words == ["夏が", "来た：", "全品", "30%", "オフの", "サマーセール", "開催中"]


def test_korean_breaks_between_words_only() -> None:
    assert [token.text for token in tokenize("여름이 왔어요 전 상품")] == ["여름이", "왔어요", "전", "상품"]


def test_an_emoji_of_many_parts_is_one() -> None:
    assert tokenize("a 👩‍👩‍👧‍👦") == (LineToken("a 👩‍👩‍👧‍👦", spaced=False),)
    assert [token.text for token in tokenize("👩‍👩‍👧‍👦é", cut=True)] == ["👩‍👩‍👧‍👦", "é"]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("ลดราคาหน้าร้อนเริ่มแล้ว: ทุกอย่างลด 30%", "ลด|ราคา|หน้า|ร้อน|เริ่ม|แล้ว:|ทุก|อย่าง|ลด|30%"),
        ("ง่าย ๆ", "ง่าย|ๆ"),
        ("ການຂາຍລະດູຮ້ອນເລີ່ມແລ້ວ", "ການ|ຂາຍ|ລະ|ດູ|ຮ້ອນ|ເລີ່ມ|ແລ້ວ"),
        ("ការលក់រដូវក្តៅបានចាប់ផ្តើម៖ ស្ត្រី", "ការ|លក់|រដូវ|ក្តៅ|បាន|ចាប់|ផ្តើម៖|ស្ត្រី"),
        ("လျှော့စျေးကြော်သင်္ဘော", "လျှော့|စျေး|ကြော်|သင်္ဘော"),
        # A zero-width space marks where to break.
        ("ពិ\u200bសេស ab\u200bcd", "ពិ|សេស|ab|cd"),
        # Words of these are separated by spaces only; text with a joiner stays together.
        ("ශ්\u200dරී ලංකාවේ", "ශ්\u200dරී|ලංකාවේ"),
        ("র\u200d্যাম गर्मियों", "র\u200d্যাম|गर्मियों"),
        ("ซื้อAraldo2024ที่นี่", "ซื้อ|Araldo2024|ที่|นี่"),
    ],
)
def test_scripts_without_spaces_break_between_words_or_syllables(text: str, pieces: str) -> None:
    assert [token.text for token in tokenize(text)] == pieces.split("|")


def test_closing_punctuation_never_begins_a_line() -> None:
    for text in ("ง่ายๆๆๆ", "ចាប់។ លើ។", "ပြီ။ ပြီ။", "ລາຄາໆໆ"):
        assert all(token.text[0] not in "ๆ។။ໆ" for token in tokenize(text, cut=True))


@given(st.text(alphabet="กิ่เะำៗក្តៅកြွမ်းန္တक्षमिंক্ষ্র්\u200daé🏽👋日", max_size=40), st.booleans())
def test_letters_are_never_separated_from_their_marks(text: str, cut: bool) -> None:
    cleaned = drawable_line(text)
    tokens = tokenize(cleaned, cut=cut)
    assert "".join(token.text for token in tokens) == cleaned
    for token in tokens[1:]:
        assert not is_mark(token.text[0])

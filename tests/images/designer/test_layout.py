"""Layout by the engine's boxes and by the pixels: nothing outside its box or overlapping, all text readable."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from araldo.images.designer import STYLES, Card
from araldo.images.designer.compose import Composition, compose
from araldo.images.designer.frames import STORY_BOTTOM, STORY_TOP
from araldo.images.designer.nodes import Box, PlacedNode
from tests.images.designer.cards import FULL, SAMPLES, SHAPES, at, least_contrast, letters_alone, without_letters
from tests.support.examples import cases, examples

EVERY = [(style, shape) for style in STYLES for shape in SHAPES]
# In quick runs, each style and each shape once.
DRAWN = cases(
    sorted(EVERY, key=lambda where: (list(SHAPES).index(where[1]) - STYLES.index(where[0])) % len(SHAPES)),
    kind=lambda where: where[0],
)
WORDS = st.text(
    alphabet=st.sampled_from(
        "abcdefghilmnoprstuvz àèìòù ’'.,:!?-0123456789€% AEIOU ✨🎉🇮🇹 日本語のセール العرض مجاني שלום"
    ),
    min_size=3,
    max_size=300,
)
CARDS = st.builds(
    Card,
    headline=WORDS,
    text=WORDS | st.just(""),
    cta=st.none() | st.text(alphabet="abcde ABC→!", max_size=50),
    handle=st.none() | st.just("@costaviva") | st.text(alphabet="abcdef._", max_size=40),
    kicker=st.none() | st.sampled_from(["Novità", "Offerta valida solo per questo fine settimana", "عرض"]),
    brand=st.none() | st.sampled_from(["Costa Viva", "Laboratorio Artigiano di Milano", "コスタビバ"]),
    variant=st.integers(0, 12),
)


def leaves(composed: Composition) -> list[PlacedNode]:
    """Return the blocks with ink, without the boxes that contain others."""
    return [box for box in composed.boxes() if box.role not in {"main", "signature", "button"}]


def check_layout(composed: Composition) -> list[PlacedNode]:
    """Check where the blocks are, and return them."""
    frame = composed.design.frame
    boxes = leaves(composed)
    # For rounding to whole pixels.
    safe = frame.safe.grown(2.5)
    for block in boxes:
        assert safe.contains(block.box), (block.role, block.box, frame.safe)
        assert all(composed.words.grown(3).contains(ink, slack=ink.height * 0.2) for ink in block.ink), block.role
    for block, other in combinations(boxes, 2):
        assert not block.box.grown(-1).intersects(other.box.grown(-1)), (block.role, other.role)
    for block in boxes:
        # A single line may mix directions; the lines of a block are one below the other.
        for line, below in zip(block.ink, block.ink[1:], strict=False):
            assert block.has_letters or line.y < below.y
    return boxes


def check_pixels(composed: Composition, behind: Image.Image) -> list[PlacedNode]:
    """Check the contrast of all text on `behind`, the card rendered without letters, and return its blocks."""
    frame = composed.design.frame
    inked = letters_alone(composed).getchannel("A").getbbox()
    assert inked is not None
    # The button's shadow and the badge's rotated corner are not text.
    assert frame.safe.grown(0.9 * frame.unit).contains(
        Box(inked[0], inked[1], inked[2] - inked[0], inked[3] - inked[1])
    )
    boxes = leaves(composed)
    for block in boxes:
        for ink in block.ink:
            if block.color:
                assert least_contrast(behind, ink.grown(-1), block.box, block.color) >= 4.5, (block.role, block.color)
    return boxes


def check_art(composed: Composition, behind: Image.Image, boxes: list[PlacedNode]) -> None:
    """Check that the shapes do not change the pixels behind the text in `boxes`."""
    frame = composed.design.frame
    changed = ImageChops.difference(behind, without_letters(composed, art=False))
    assert changed.getbbox() is not None, "there is art"
    if composed.design.style.ground == "playground":
        return
    for block in boxes:
        box = block.box.grown(0.4 * frame.unit)
        part = changed.crop((int(box.x), int(box.y), int(box.right) + 1, int(box.bottom) + 1))
        assert part.getbbox() is None, block.role


@pytest.mark.parametrize(("style", "shape"), DRAWN)
def test_every_sample_stays_in_its_boxes(style: str, shape: str) -> None:
    for name, sample in SAMPLES.items():
        boxes = check_layout(compose(at(sample, style, shape)))
        assert {"headline"} <= {box.role for box in boxes}, name


@pytest.mark.parametrize(("style", "shape"), DRAWN)
def test_every_word_is_readable_and_no_shape_overlaps_one(style: str, shape: str) -> None:
    for name in ("full", "arabic"):
        composed = compose(at(SAMPLES[name], style, shape))
        behind = without_letters(composed)
        check_art(composed, behind, check_pixels(composed, behind))


@examples(20)
@given(CARDS, st.sampled_from(EVERY))
def test_any_text_stays_in_its_boxes(card: Card, where: tuple[str, str]) -> None:
    check_layout(compose(at(card, *where)))


@examples(6)
@given(CARDS, st.sampled_from(EVERY), st.none() | st.tuples(*[st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)] * 2))
def test_any_text_is_readable(card: Card, where: tuple[str, str], colors: tuple[str, str] | None) -> None:
    composed = compose(at(replace(card, colors=colors), *where))
    check_pixels(composed, without_letters(composed))


@pytest.mark.parametrize("style", STYLES)
def test_a_story_leaves_space_for_its_buttons(style: str) -> None:
    for name in ("full", "long", "one long word", "arabic", "names too long"):
        composed = compose(at(SAMPLES[name], style, "9:16"))
        inked = letters_alone(composed).getchannel("A").getbbox()
        assert inked is not None
        assert inked[1] >= 1920 * STORY_TOP - 1
        assert inked[3] <= 1920 * (1 - STORY_BOTTOM) + 2


@pytest.mark.parametrize("style", STYLES)
def test_right_to_left_is_the_mirror_image(style: str) -> None:
    left, right = (compose(at(SAMPLES[name], style, "16:9")) for name in ("full", "arabic"))
    assert right.design.rtl
    assert right.column.x == pytest.approx(1200 - left.column.right, abs=1)
    assert right.art().x == pytest.approx(1200 - left.art().right, abs=1)
    if not left.design.centred:
        (headline,) = (box.box for box in right.boxes() if box.role == "headline")
        assert headline.right == pytest.approx(right.column.right, abs=2)


def test_most_of_the_text_is_drawn() -> None:
    """A post of usual length keeps its whole headline and has text, in every style and shape."""
    for style, shape in EVERY:
        composed = compose(at(FULL, style, shape))
        assert "…" not in composed.front.html(), (style, shape)
        assert {box.role for box in composed.boxes()} >= {
            "headline", "text", "cta", "kicker", "brand", "handle",
        }, (style, shape)  # fmt: skip

"""Colour-key transparency at every depth, and a background on which the rest is visible."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from araldo.images.decoding import load_upright, open_picture
from araldo.images.designer import Card, draw
from araldo.images.fit import fit
from araldo.images.sanitizing import sanitize
from araldo.images.spec import ImageSpec
from araldo.messages import Message
from tests.images.pictures import RED, WHITE, decode_rgb, encode_picture, near, pixel
from tests.images.pngs import GREY, PALETTE, RGB, plain_rows, png

_SQUARE = ImageSpec(96, 96)
_ORANGE = (255, 128, 0)


def _stripes(data: bytes) -> list[tuple[int, ...]]:
    """Return the colours of four stripes as fitted on orange."""
    seen = decode_rgb(fit(data, _SQUARE, focal=(0.5, 0.5), background="#ff8000").data).convert("RGB")
    return [pixel(seen, (12 + 24 * at, 48)) for at in range(4)]


def _kept(data: bytes) -> list[tuple[int, ...]]:
    kept = load_upright(open_picture(sanitize(data).data), 32, 32).convert("RGBA")
    return [pixel(kept, (4 + 8 * at, 16)) for at in range(4)]


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(
    ("depth", "greys", "key"),
    [
        (1, (0, 1, 0, 1), 1),
        (2, (0, 1, 2, 3), 3),
        (2, (0, 1, 2, 3), 0),
        (4, (0, 5, 10, 15), 10),
        (8, (0, 100, 200, 255), 200),
        (16, (0x1234, 0x1235, 0x8000, 0xFFFF), 0x1234),
        (16, (0x00FF, 0x8000, 0x80FF, 0xFF00), 0x8000),
    ],
)
def test_only_the_transparent_grey_of_a_png_is_transparent(
    depth: int, greys: tuple[int, ...], key: int, interlaced: bool
) -> None:
    most = (1 << depth) - 1
    # Only the bits of the picture's depth count; higher bits are ignored.
    for said in {key, key | (0x7000 if depth < 8 else 0)}:
        chunks = [(b"tRNS", said.to_bytes(2, "big"))]
        rows = plain_rows(*((grey,) for grey in greys))
        data = png(rows, depth=depth, kind=GREY, chunks=chunks, interlaced=interlaced)
        shown = [_ORANGE if grey == key else (round(grey * 255 / most),) * 3 for grey in greys]
        assert all(near(found, wanted, 6) for found, wanted in zip(_stripes(data), shown, strict=True))
        kept = _kept(data)
        assert [found[3] for found in kept] == [0 if grey == key else 255 for grey in greys]
        opaque = zip(kept, shown, greys, strict=True)
        assert all(near(found[:3], wanted, 1) for found, wanted, grey in opaque if grey != key)
        after = _stripes(sanitize(data).data)
        assert all(near(a, b, 3) for a, b in zip(after, _stripes(data), strict=True))


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(
    ("depth", "key"), [(8, (200, 10, 10)), (16, (0xC8C8, 0x0A0A, 0x0A0A)), (16, (0xC800, 0x0A0A, 0x0AFF))]
)
def test_only_the_transparent_colour_of_a_png_is_transparent(
    depth: int, key: tuple[int, int, int], interlaced: bool
) -> None:
    # The second one differs in its last bit.
    colors = [key, (key[0], key[1], key[2] ^ 1), (0, 0, 0), ((1 << depth) - 1, 0, 0)]
    chunks = [(b"tRNS", b"".join(value.to_bytes(2, "big") for value in key))]
    data = png(plain_rows(*colors), depth=depth, kind=RGB, chunks=chunks, interlaced=interlaced)
    shift = depth - 8
    shown = [_ORANGE, *(tuple(value >> shift for value in color) for color in colors[1:])]
    assert all(near(found, wanted, 25) for found, wanted in zip(_stripes(data), shown, strict=True))
    kept = _kept(data)
    assert [found[3] for found in kept] == [0, 255, 255, 255]
    assert all(near(found[:3], wanted, 1) for found, wanted in zip(kept[1:], shown[1:], strict=True))


def test_palette_transparency_is_by_entry() -> None:
    palette = bytes([*RED, *WHITE, 0, 0, 0, 9, 9, 9])
    chunks = [(b"PLTE", palette), (b"tRNS", bytes([255, 0, 255, 128]))]
    data = png(plain_rows((0,), (1,), (2,), (3,)), depth=2, kind=PALETTE, chunks=chunks)
    assert [found[3] for found in _kept(data)] == [255, 0, 255, 128]
    assert near(_stripes(data)[1], _ORANGE)
    assert near(_stripes(data)[3], (132, 68, 4), 8)


def _drawn(ink: tuple[int, ...]) -> Image.Image:
    picture = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((50, 50, 150, 150), fill=ink)
    return picture


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF", "GIF"])
def test_white_on_transparent_is_shown_on_dark_with_a_note(kind: str) -> None:
    data = encode_picture(_drawn((255, 255, 255, 255)), kind)
    cleaned = sanitize(data)
    assert cleaned.notes == (Message("cleaning.shown_on_dark"),)
    assert cleaned.dhash is not None
    seen = decode_rgb(fit(cleaned.data, _SQUARE).data)
    assert near(pixel(seen, (48, 48)), WHITE)
    assert near(pixel(seen, (5, 5)), (31, 41, 55))


@pytest.mark.parametrize(
    ("ink", "background", "ground"),
    [
        ((0, 0, 0, 255), "#ffffff", WHITE),
        ((*RED, 255), "#ffffff", WHITE),
        # A soft shadow is visible on white, a soft light is not.
        ((0, 0, 0, 40), "#ffffff", WHITE),
        ((255, 255, 255, 60), "#ffffff", (31, 41, 55)),
        ((10, 10, 10, 255), "#000000", WHITE),
        ((255, 255, 255, 255), "#000000", (0, 0, 0)),
    ],
)
def test_the_requested_background_is_used_unless_the_picture_is_invisible_on_it(
    ink: tuple[int, ...], background: str, ground: tuple[int, ...]
) -> None:
    seen = decode_rgb(fit(encode_picture(_drawn(ink)), _SQUARE, background=background).data)
    assert near(pixel(seen, (5, 5)), ground)
    assert not near(pixel(seen, (48, 48)), ground, 20)


def test_a_little_white_does_not_change_the_background() -> None:
    picture = _drawn((*RED, 255))
    ImageDraw.Draw(picture).ellipse((80, 80, 120, 120), fill=(255, 255, 255, 255))
    assert sanitize(encode_picture(picture)).notes == ()
    assert near(pixel(decode_rgb(fit(encode_picture(picture), _SQUARE).data), (5, 5)), WHITE)


def test_a_fully_transparent_picture_gets_a_note() -> None:
    assert sanitize(encode_picture(Image.new("RGBA", (40, 40), (255, 0, 0, 0)))).notes == (
        Message("cleaning.transparent"),
    )


def test_a_black_drawing_stays_visible_under_words() -> None:
    card = Card("Ciao", width=200, height=200, photo=encode_picture(_drawn((0, 0, 0, 255))))
    assert pixel(decode_rgb(draw(card)).convert("RGB"), (100, 20)) != (0, 0, 0)

"""ImageSpec: names of ratios, sizes for ratios, and exact validation of files."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from araldo.images.spec import ImageSpec, sniff, spec_for_ratio


@pytest.mark.parametrize(
    ("width", "height", "name"),
    [
        (1200, 675, "16:9"),
        (1200, 676, "16:9"),
        (1080, 1080, "1:1"),
        (1080, 1350, "4:5"),
        (1080, 1920, "9:16"),
        (1200, 628, "1.91:1"),
        (1200, 900, "4:3"),
        (1200, 514, "21:9"),
        (1110, 300, "37:10"),
    ],
)
def test_a_ratio_has_its_common_name(width: int, height: int, name: str) -> None:
    assert ImageSpec(width, height).ratio == name


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("16:9", (1200, 675)),
        ("1:1", (1200, 1200)),
        ("9:16", (675, 1200)),
        (" 4:5 ", (960, 1200)),
        ("21:9", (1200, 514)),
        ("9:21", (514, 1200)),
        ("1.91:1", (1200, 628)),
    ],
)
def test_a_requested_ratio_gives_whole_pixels(text: str, size: tuple[int, int]) -> None:
    spec = spec_for_ratio(text)
    assert (spec.width, spec.height) == size
    assert spec.ratio == text.strip()


@pytest.mark.parametrize(
    "text", ["", "16x9", "16:", ":9", "0:9", "16:0", "-1:1", "a:b", "1:1:1", "22:9", "9:22", "1e3:1"]
)
def test_an_invalid_ratio_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(ValueError, match="aspect ratio"):
        spec_for_ratio(text)


@given(st.integers(1, 21), st.integers(1, 21))
def test_any_allowed_ratio_is_met_within_two_pixels(wide: int, high: int) -> None:
    if not 9 / 21 <= wide / high <= 21 / 9:
        return
    spec = spec_for_ratio(f"{wide}:{high}")
    assert max(spec.width, spec.height) == 1200
    for side, exact in ((spec.width, 1200 * wide / high), (spec.height, 1200 * high / wide)):
        assert side % 2 == 0 or side == exact
    assert abs(spec.width - spec.height * wide / high) <= 3


def _made(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def test_a_spec_accepts_only_an_exact_match() -> None:
    spec = ImageSpec(40, 30, max_bytes=5000)
    good = _made("JPEG")
    assert spec.problem_with(good) is None
    assert "more than" in str(ImageSpec(40, 30, max_bytes=len(good) - 1).problem_with(good))
    assert ImageSpec(40, 30, max_bytes=len(good)).problem_with(good) is None
    assert "not 40x30" in str(spec.problem_with(_made("JPEG", (41, 30))))
    assert "not image/jpeg" in str(spec.problem_with(_made("PNG")))
    assert "no picture" in str(spec.problem_with(b"<svg/>"))
    assert "decode" in str(spec.problem_with(good[: len(good) // 2]))
    assert "decode" in str(spec.problem_with(good[:20]))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_supported_formats_are_known_by_their_first_bytes(kind: str) -> None:
    assert sniff(_made(kind)) == f"image/{kind.lower()}"
    assert sniff(_made(kind)[1:]) is None


def test_a_spec_without_pixels_is_refused() -> None:
    for wrong in ((0, 1), (1, -1)):
        with pytest.raises(ValueError, match="at least one pixel"):
            ImageSpec(*wrong)

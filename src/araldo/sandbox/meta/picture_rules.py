"""Validate pictures by the rules of Facebook and Instagram."""

from __future__ import annotations

from araldo.sandbox.common.pictures import DecodedPicture
from araldo.sandbox.meta.replies import GraphError
from araldo.sandbox.meta.switches import Switches

CRAWLER = "facebookexternalhit/1.1"
FACEBOOK_LARGEST = 10 * 1000 * 1000
INSTAGRAM_LARGEST = 8 * 1024 * 1024
_FACEBOOK_FORMATS = frozenset({"JPEG", "PNG", "GIF", "BMP", "TIFF"})
_WIDEST, _TALLEST, _TALLEST_3_4 = 1.91, 4 / 5, 3 / 4
# Tolerance of ratios: 1080 x 565 pixels count as 1.91:1, but are 1.9115.
_SLACK = 0.01


def check_for_facebook(data: bytes, picture: DecodedPicture | None) -> DecodedPicture:
    """Validate by graph-api.md 2.1: jpeg, png, gif, bmp, tiff, at most 10 MB."""
    if len(data) > FACEBOOK_LARGEST:
        raise GraphError(100, 1366046)
    if picture is None or picture.format not in _FACEBOOK_FORMATS:
        raise GraphError(324)
    return picture


def check_for_instagram(picture: DecodedPicture | None, switches: Switches, *, story: bool) -> DecodedPicture:
    """Validate by graph-api.md 3.2 and 3.7: JPEG; in the feed 4:5 to 1.91:1. An unreadable file has "ratio 0"."""
    if picture is None:
        raise GraphError(36003, 2207009, about="0")
    if picture.format != "JPEG" and not (switches.accept_png and picture.format == "PNG"):
        raise GraphError(36001, 2207083)
    ratio = picture.width / picture.height
    tallest = _TALLEST_3_4 if switches.accept_3_4 else _TALLEST
    if not story and not tallest - _SLACK <= ratio <= _WIDEST + _SLACK:
        raise GraphError(36003, 2207009, about=f"{ratio:.3f}")
    return picture

"""The offline designer: draw a typographic card from a post's own words, with no API key and no network."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image

from araldo.images.designer import render
from araldo.images.designer.card import Card
from araldo.images.designer.compose import Composition, compose
from araldo.images.designer.fonts import PAIRS
from araldo.images.designer.photo import draw_words_on_photo
from araldo.images.designer.styles import STYLES as _STYLES

STYLES = tuple(_STYLES)
FONT_PAIRS = tuple(PAIRS)


def draw(card: Card) -> bytes:
    """Draw a card as a PNG of exactly `card.width` x `card.height`. Deterministic, and safe in any thread.

    Raises DoesNotFit or BadTemplate rather than drawing a card with something missing, and UnusablePicture for a
    `photo` that cannot be read.
    """
    composed = compose(card)
    if card.photo is None:
        return render.render_png(composed.html(), card.width, card.height, _collect_images(composed))
    return _encode(draw_words_on_photo(card.photo, composed), "PNG", compress_level=1)


def draw_jpeg(card: Card, width: int | None = None) -> bytes:
    """Draw a card as a JPEG for previews, much cheaper than encoding and decoding a PNG.

    `width`: scale the drawn card to this width in pixels where it is narrower than the card.
    """
    composed = compose(card)
    if card.photo is None:
        drawn = render.render_pixels(composed.html(), card.width, card.height, _collect_images(composed)).convert("RGB")
    else:
        drawn = draw_words_on_photo(card.photo, composed)
    if width is not None and width < card.width:
        # Scaled and not composed anew, because a smaller card would have another layout.
        drawn = drawn.resize((width, max(1, round(width * card.height / card.width))), Image.Resampling.LANCZOS)
    return _encode(drawn, "JPEG", quality=88, subsampling="4:4:4")


def _encode(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _collect_images(composed: Composition) -> dict[str, bytes]:
    return {**composed.images, "ground": composed.draw_backdrop()}


__all__ = ["FONT_PAIRS", "STYLES", "Card", "draw", "draw_jpeg"]

"""Draw a post's words over a generated picture, because image models misspell."""

from __future__ import annotations

from dataclasses import replace

from araldo.images.designer import draw
from araldo.images.designer.card import Card
from araldo.images.fit import FittedPicture, fit
from araldo.images.spec import ImageSpec


def draw_text_overlay(picture: bytes, card: Card, spec: ImageSpec) -> FittedPicture:
    """Draw the card's words over `picture` at the size of `spec`; takes some hundred milliseconds of CPU.

    Raises UnusablePicture when the picture cannot be read, or the result exceeds the spec's bytes.
    """
    return fit(draw(replace(card, photo=picture)), spec)

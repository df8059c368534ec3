"""A post's words over a picture, set by the designer: models misspell, and a photograph says nothing."""

from __future__ import annotations

from dataclasses import replace

from araldo.images.designer import draw
from araldo.images.designer.card import Card
from araldo.images.fit import Fitted, fit
from araldo.images.spec import ImageSpec


def draw_over(picture: bytes, card: Card, spec: ImageSpec) -> Fitted:
    """Draw the card's words over `picture`, both as large as `spec` says; some hundred milliseconds of CPU.

    Raises Unfit when it cannot be read, or brought under the spec's bytes.
    """
    return fit(draw(replace(card, photo=picture)), spec)

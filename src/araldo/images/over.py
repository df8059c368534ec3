"""A post's words over a picture, set by the designer: models misspell, and a photograph says nothing."""

from __future__ import annotations

from dataclasses import replace

from araldo.errors import Rejected, Sentence
from araldo.images.designer import draw
from araldo.images.fit import Fitted, fit
from araldo.images.providers.base import PictureRequest
from araldo.images.providers.offline import card_for


def words_over(picture: bytes, request: PictureRequest) -> Fitted:
    """`picture`, which is as large as `request.spec` says, under the request's copy; some hundred milliseconds of CPU.

    Raises Rejected when there are no words, Unfit when it cannot be brought under the spec's bytes.
    """
    if request.copy is None or not request.copy.headline.strip():
        raise Rejected(_NO_WORDS, service="araldo", code="no_words")
    return fit(draw(replace(card_for(request), photo=picture)), request.spec)


_NO_WORDS = Sentence(
    "The post has no words to draw over the picture.", "Il post non ha parole da scrivere sull'immagine."
)

"""The offline designer as a provider: no key, no network, the post's own words."""

from __future__ import annotations

import asyncio

from araldo.errors import Sentence
from araldo.images.designer import STYLES, Card, draw
from araldo.images.providers.base import Made, PictureRequest, Studio

_FALLBACK_STYLE = "professional"
_OTHER_STYLE = Sentence(
    'The offline designer has no style "{style}" and drew it as "professional".',
    'Il designer offline non ha lo stile "{style}" e l\'ha disegnata come "professional".',
)


class Offline:
    name = "offline"

    def __init__(self, studio: Studio) -> None:
        # Drawing is the processor's work: more at once than there are cores only makes all of them late.
        self._room = asyncio.Semaphore(2)

    @staticmethod
    def missing_setting(_: Studio) -> str | None:
        return None

    async def make(self, request: PictureRequest) -> Made:
        known = request.style in STYLES
        notes = () if known else (_OTHER_STYLE.with_(style=request.style),)
        async with self._room:
            data = await asyncio.to_thread(draw, card_for(request, request.style if known else _FALLBACK_STYLE))
        return Made(data, notes)


def card_for(request: PictureRequest, style: str) -> Card:
    """Without copy the prompt is the headline and the base prompt the kicker; style and suffix are never drawn."""
    copy, brand = request.copy, request.brand
    mood = " ".join(part for part in (request.base_prompt, request.prompt) if part)
    if copy is None:
        headline, kicker = request.prompt.strip(), request.base_prompt.strip()
        if not headline:
            headline, kicker = kicker, ""
        words = {"headline": headline, "kicker": kicker or None}
    else:
        words = {"headline": copy.headline, "text": copy.text, "cta": copy.cta, "handle": copy.handle}
    return Card(
        **{name: value for name, value in words.items() if value is not None},
        brand=brand.name if brand else None,
        colors=brand.colors if brand else None,
        mood=mood,
        style=style,
        width=request.spec.width,
        height=request.spec.height,
        variant=request.variant,
    )

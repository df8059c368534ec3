"""The offline provider: a designed card from the post's own words, with no API key and no network."""

from __future__ import annotations

from typing import ClassVar

from araldo.clock import Clock
from araldo.errors import Rejected
from araldo.http import Http
from araldo.images.designer import STYLES, Card, draw
from araldo.images.designer.drawable import undrawable_letters
from araldo.images.designer.text import drawable_line
from araldo.images.process import ImageRunner, ThreadImageRunner
from araldo.images.provider_settings import ProviderSettings
from araldo.images.providers.base import GeneratedPicture, PictureRequest
from araldo.messages import Message

_DEFAULT_STYLE = "professional"
# How many undrawable letters a note lists.
_NAMED = 8


class Offline:
    """Always available. Words that only describe (style, suffix) choose the design and are never drawn."""

    name: ClassVar[str] = "offline"
    max_concurrent: ClassVar[int] = 2
    remote: ClassVar[bool] = False

    def __init__(self, http: Http, settings: ProviderSettings, clock: Clock, images: ImageRunner | None = None) -> None:
        self._images = images or ThreadImageRunner()

    @staticmethod
    def missing_setting(settings: ProviderSettings) -> str | None:
        return None

    def endpoint(self) -> tuple[str, str]:
        return "", ""

    async def generate(self, request: PictureRequest) -> GeneratedPicture:
        card = build_card(request)
        notes: tuple[Message, ...] = ()
        if request.style and request.style != card.style:
            notes = (Message("offline.style_unknown", {"style": request.style, "drawn": card.style}),)
        missing = _undrawable_on(card)
        if missing:
            notes = (*notes, Message("offline.letters_left_out", {"letters": " ".join(missing[:_NAMED])}))
        return GeneratedPicture(await self._images.run(draw, card), self.name, notes)


def build_card(request: PictureRequest) -> Card:
    """Build the card for a request: its copy, or the prompt as headline with the base prompt as kicker.

    Raises Rejected when there are no words, or none of their letters can be drawn.
    """
    copy, brand = request.copy, request.brand
    headline, text = (copy.headline.strip(), copy.text) if copy else ("", "")
    if headline and not drawable_line(headline):
        headline, text = text, ""
        if not drawable_line(headline):
            raise Rejected(Message("lettering.none_drawn"), service=Offline.name, code="blocked")
    kicker = copy.kicker if copy else None
    prompt, family = request.design_seed or request.family or (request.prompt, "")
    if not headline:
        kicker, headline = request.base_prompt.strip() or None, request.prompt.strip()
    if not headline:
        kicker, headline = None, request.base_prompt.strip()
    if not headline:
        raise Rejected(Message("offline.no_words"), service=Offline.name, code="blocked")
    if not drawable_line(headline):
        raise Rejected(Message("lettering.none_drawn"), service=Offline.name, code="blocked")
    return Card(
        headline=headline,
        text=text,
        cta=copy.cta if copy else None,
        handle=(copy.handle if copy else None) or (brand.handle if brand else None),
        kicker=kicker,
        brand=brand.name if brand else None,
        colors=brand.colors if brand else None,
        fonts=brand.fonts if brand else None,
        logo=brand.logo if brand else None,
        # Without style and suffix: those differ between platforms, and one post's pictures should look alike.
        mood=f"{request.base_prompt} {prompt} {brand.tone if brand else ''}".strip(),
        family=family,
        style=request.style if request.style in STYLES else _DEFAULT_STYLE,
        width=request.spec.width,
        height=request.spec.height,
        variant=request.variant,
        page=copy.page if copy else None,
    )


def _undrawable_on(card: Card) -> tuple[str, ...]:
    """Return the letters of a card's words that no typeface has."""
    words = (card.kicker, card.headline, card.text, card.cta, card.brand, card.handle)
    return undrawable_letters(" ".join(part for part in words if part))

"""Choose a card's design before its text is set: style, palette, fonts, frame, direction."""

from __future__ import annotations

from dataclasses import dataclass

from araldo.images.designer.card import Card
from araldo.images.designer.colors import ensure_contrast, luminance, mix
from araldo.images.designer.fonts import PAIRS, FontPair
from araldo.images.designer.frames import Frame, frame_for
from araldo.images.designer.palettes import Palette, choose_palette
from araldo.images.designer.styles import STYLES, Style
from araldo.images.designer.text import drawable_line, is_rtl


@dataclass(frozen=True, slots=True)
class CardDesign:
    """`seed` chooses the family of shapes, the same for all cards of a set; `roll` their places, other on each card."""

    style: Style
    palette: Palette
    pair: FontPair
    frame: Frame
    rtl: bool
    seed: str
    roll: str

    @property
    def centred(self) -> bool:
        return self.style.centred and self.frame.art != "none"

    @property
    def unit(self) -> float:
        return self.frame.unit

    @property
    def ground(self) -> str:
        """The background colour of the text."""
        return self.palette.panel or self.palette.ground


def choose_design(card: Card) -> CardDesign:
    """Choose the design of a card. Raises KeyError for an unknown style or font pair."""
    style = STYLES[card.style]
    family = card.family or card.headline
    # Independent of handle and shape, which differ between platforms: one post's pictures should look alike.
    palette = choose_palette(card.style, card.colors, f"{card.mood} {family}", card.mood or family, card.variant)
    signed = bool(drawable_line(card.brand or "") or drawable_line(card.handle or "") or card.logo or card.page)
    layout = "photo" if card.photo is not None else style.layout
    if card.photo is not None:
        palette = _on_photo(palette)
    return CardDesign(
        style,
        palette,
        PAIRS[card.fonts or style.fonts],
        frame_for(layout, card.width, card.height, signed=signed),
        is_rtl(card.headline + card.text),
        f"{family}|{card.mood}|{card.variant}",
        f"{family}|{card.mood}|{card.variant}|{card.page[0] if card.page else 0}",
    )


def _on_photo(palette: Palette) -> Palette:
    """Return the palette for white text on a shade of the palette's darkest colour."""
    darkest = min((palette.ground, palette.deep, palette.ink), key=luminance)
    shade = mix(darkest, "#07080c", 0.55)
    accent = palette.accent
    return Palette(
        palette.name,
        palette.moods,
        shade,
        shade,
        "#ffffff",
        "#f1f1f4",
        ensure_contrast(accent, shade, 3.0) if accent != palette.ink else palette.ground,
        palette.on_accent if accent != palette.ink else palette.ink,
        palette.art,
    )

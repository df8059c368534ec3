"""The style "professional": a calm ground, a strong headline, one accent, one piece of art."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from araldo.images.designer.art import background
from araldo.images.designer.card import Card
from araldo.images.designer.layout import Frame, frame_for
from araldo.images.designer.palettes import Palette, palette_for
from araldo.images.designer.render import DISPLAY, TEXT, measure
from araldo.images.designer.words import clean, is_rtl, markup, shortened

_STEPS = 14
# As dark as white paper under white words has to be: a contrast of 5 and more.
_SCRIM = "background-color:rgba(0,0,0,0.62)"
# Lengths that the column is tried with, from all that was written to what always fits.
_TEXT_LENGTHS = (400, 240, 170, 120, 80, 0)
_HEADLINE_LENGTHS = (400, 160, 90, 60, 36, 20, 10)


@dataclass(frozen=True, slots=True)
class _Column:
    """The words of the column, ready to set, and the headline's size in pixels."""

    headline: str
    text: str
    cta: str
    handle: str
    kicker: str
    brand: str
    rtl: bool
    size: float


def compose(card: Card) -> tuple[str, dict[str, bytes]]:
    frame = frame_for(card.width, card.height)
    palette = palette_for(card.colors, card.mood, (card.family or card.headline) + card.mood, card.variant)
    if card.photo is not None:
        palette = replace(palette, ink="#ffffff", soft="#f0f0f0")
    images: dict[str, bytes] = {}
    column = _fitted(card, frame, palette, images)
    seed = f"{card.headline}|{card.mood}|{card.variant}"
    scrim = ""
    if card.photo is None:
        images["ground"] = background(card.width, card.height, frame.art, palette, seed, mirrored=column.rtl)
    else:
        images["ground"] = card.photo
        scrim = (
            f'<div style="position:absolute;left:0;top:0;width:{card.width}px;height:{card.height}px;{_SCRIM}"></div>'
        )
    left = card.width - frame.text.x - frame.text.width if column.rtl else frame.text.x
    html = (
        f'<div style="display:flex;position:relative;width:{card.width}px;height:{card.height}px">'
        f'<img src="ground" style="position:absolute;left:0;top:0;width:{card.width}px;height:{card.height}px"/>'
        f'{scrim}<div style="display:flex;position:absolute;left:{left:.1f}px;top:{frame.text.y:.1f}px;'
        f'height:{frame.text.height:.1f}px">{_column_html(column, frame, palette, images, full=True)}</div></div>'
    )
    return html, images


def _fitted(card: Card, frame: Frame, palette: Palette, images: dict[str, bytes]) -> _Column:
    """The most words at the largest size: words are given up only when the smallest readable size is too large."""
    for column in _candidates(card, frame):
        if _fits(replace(column, size=frame.headline_least), frame, palette, images):
            return _largest(column, frame, palette, images)
    raise ValueError("not even a few words fit this card")


def _candidates(card: Card, frame: Frame) -> Iterator[_Column]:
    headline, text = clean(card.headline), clean(card.text)
    cta, handle = shortened(clean(card.cta or ""), 42), shortened(clean(card.handle or ""), 34)
    kicker, brand = shortened(clean(card.kicker or ""), 38), shortened(clean(card.brand or ""), 34)
    column = _Column(headline, text, cta, handle, kicker, brand, is_rtl(headline or text), frame.headline_least)
    for length in _TEXT_LENGTHS:
        yield replace(column, text=shortened(text, length) if length else "")
    for length in _HEADLINE_LENGTHS:
        yield replace(column, text="", headline=shortened(headline, length))
    yield replace(column, text="", kicker="", headline=shortened(headline, 10))


def _largest(column: _Column, frame: Frame, palette: Palette, images: dict[str, bytes]) -> _Column:
    low, high = frame.headline_least, frame.headline_most
    # A sentence is not a poster: a long headline at full size would leave no air.
    high = max(low, high * min(1.0, (60 / max(12, len(column.headline))) ** 0.35))
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _fits(replace(column, size=middle), frame, palette, images) else (low, middle)
    return replace(column, size=low)


def _fits(column: _Column, frame: Frame, palette: Palette, images: dict[str, bytes]) -> bool:
    html = _column_html(column, frame, palette, images, full=False)
    boxes = measure(html, frame.text.width, images)
    return bool(boxes["height"] <= frame.text.height) and _widest(boxes) <= frame.text.width + 0.5


def _widest(box: Mapping[str, Any]) -> float:
    runs = [float(run["x"] + run["width"]) for run in box.get("runs", ())]
    inner = [_widest(child) for child in box.get("children", ())]
    return max([0.0, *runs, *inner])


def _column_html(column: _Column, frame: Frame, palette: Palette, images: dict[str, bytes], *, full: bool) -> str:
    """The whole column as HTML; `full` stretches it over its box, else it is as high as its words need."""
    unit, width = frame.unit, frame.text.width
    direction = "rtl" if column.rtl else "ltr"
    height = f"height:{frame.text.height:.1f}px;" if full else ""
    return (
        f'<div dir="{direction}" style="display:flex;flex-direction:column;width:{width:.1f}px;{height}'
        f'align-items:flex-start;font-family:{TEXT};color:{palette.ink}">'
        f"{_signature(column, unit, palette, images)}"
        f'<div style="display:flex;flex-direction:column;width:{width:.1f}px;align-items:flex-start;'
        f'justify-content:center;{"flex-grow:1;" if full else ""}padding-top:{3.2 * unit:.1f}px">'
        f"{_kicker(column, unit, palette, images)}{_headline(column, width, images)}"
        f"{_text(column, unit, width, palette, images)}{_cta(column, unit, palette, images)}"
        "</div></div>"
    )


def _signature(column: _Column, unit: float, palette: Palette, images: dict[str, bytes]) -> str:
    """Who speaks: the brand, else the handle, behind a small mark."""
    who = column.brand or column.handle
    if not who:
        return ""
    mark = 3.6 * unit
    return (
        f'<div style="display:flex;align-items:center;gap:{1.4 * unit:.1f}px">'
        f'<div style="display:flex;align-items:center;justify-content:center;width:{mark:.1f}px;height:{mark:.1f}px;'
        f'border-radius:{mark * 0.3:.1f}px;background-color:{palette.accent}">'
        f'<div style="display:flex;width:{mark * 0.4:.1f}px;height:{mark * 0.4:.1f}px;border-radius:99px;'
        f'background-color:{palette.on_accent}"></div></div>'
        f'<div dir="{_direction(who)}" style="display:block;font-size:{2.5 * unit:.1f}px;font-weight:600;'
        f'color:{palette.soft};line-height:1.2">{markup(who, images)}</div></div>'
    )


def _kicker(column: _Column, unit: float, palette: Palette, images: dict[str, bytes]) -> str:
    if not column.kicker:
        return ""
    return (
        f'<div style="display:block;font-size:{2.3 * unit:.1f}px;font-weight:700;letter-spacing:{0.22 * unit:.1f}px;'
        f'line-height:1.3;color:{palette.soft};margin-bottom:{1.8 * unit:.1f}px">'
        f"{markup(column.kicker.upper(), images)}</div>"
    )


def _headline(column: _Column, width: float, images: dict[str, bytes]) -> str:
    align = "right" if column.rtl else "left"
    return (
        f'<div style="display:block;width:{width:.1f}px;font-family:{DISPLAY};font-size:{column.size:.2f}px;'
        f"font-weight:800;line-height:1.1;letter-spacing:{-0.022 * column.size:.2f}px;text-wrap:balance;"
        f'overflow-wrap:anywhere;text-align:{align}">{markup(column.headline, images)}</div>'
    )


def _text(column: _Column, unit: float, width: float, palette: Palette, images: dict[str, bytes]) -> str:
    if not column.text:
        return ""
    size = min(3.9 * unit, max(2.9 * unit, column.size * 0.42))
    align = "right" if column.rtl else "left"
    return (
        f'<div style="display:block;width:{width * 0.94:.1f}px;font-size:{size:.2f}px;line-height:1.42;'
        f"color:{palette.soft};margin-top:{max(2.2 * unit, column.size * 0.3):.1f}px;text-wrap:balance;"
        f'overflow-wrap:anywhere;text-align:{align}">{markup(column.text, images)}</div>'
    )


def _cta(column: _Column, unit: float, palette: Palette, images: dict[str, bytes]) -> str:
    """A pill, and the handle beside it where the brand has the signature."""
    beside = column.handle if column.brand else ""
    if not (column.cta or beside):
        return ""
    pill = (
        f'<div style="display:block;padding:{1.9 * unit:.1f}px {3.6 * unit:.1f}px;border-radius:{9 * unit:.0f}px;'
        f"background-color:{palette.accent};color:{palette.on_accent};font-size:{3.0 * unit:.1f}px;font-weight:700;"
        f'line-height:1.2">{markup(column.cta, images)}</div>'
        if column.cta
        else ""
    )
    handle = (
        f'<div dir="{_direction(beside)}" style="display:block;font-size:{2.5 * unit:.1f}px;font-weight:500;'
        f'color:{palette.soft};line-height:1.2">{markup(beside, images)}</div>'
        if beside
        else ""
    )
    return (
        f'<div style="display:flex;align-items:center;gap:{2.4 * unit:.1f}px;'
        f'margin-top:{3.8 * unit:.1f}px">{pill}{handle}</div>'
    )


def _direction(text: str) -> str:
    """A handle keeps its own direction within a line of the other one."""
    return "rtl" if is_rtl(text) else "ltr"

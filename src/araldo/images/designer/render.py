"""Render and measure HTML with the engine (takumi) and our fonts; the only module that calls it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from threading import Lock
from typing import Any, Literal

import pytakumi
from PIL import Image

from araldo.images.designer import fonts

_EAST_ASIAN = re.compile(f"[{fonts.FIRST_EAST_ASIAN}-\U0010ffff]")
_SOURCE = re.compile(r'<img src="([^"]*)"')
# Size of the engine's cache of glyphs and pictures, in bytes.
_CACHE_BYTES = 8 * 1024 * 1024
_renderer_lock = Lock()


class BadTemplate(ValueError):
    """Our own template or a font is wrong. Raised rather than drawing a card with something missing."""


@cache
def _renderer() -> pytakumi.Renderer:
    renderer = pytakumi.Renderer(cache_max_bytes=_CACHE_BYTES)
    _register_fonts(renderer, [family for family in fonts.FAMILIES if family not in fonts.EAST_ASIAN_FAMILIES])
    return renderer


@cache
def _east_asian_renderer() -> pytakumi.Renderer:
    """Return the same renderer with the East Asian faces too."""
    renderer = _renderer()
    _register_fonts(renderer, fonts.EAST_ASIAN_FAMILIES)
    return renderer


def _register_fonts(renderer: pytakumi.Renderer, families: Collection[str]) -> None:
    for family, data in fonts.font_files(families):
        try:
            registered = renderer.register_font(data, name=family)
        except Exception as refused:
            raise BadTemplate(f"the font {family} cannot be read") from refused
        if not any(font["faces"] for font in registered):
            raise BadTemplate(f"the font {family} has no face")


def _shared_renderer(html: str) -> pytakumi.Renderer:
    """Return the renderer with all faces that this text needs."""
    with _renderer_lock:
        return _east_asian_renderer() if _EAST_ASIAN.search(html) else _renderer()


def render_png(html: str, width: int, height: int, images: Mapping[str, bytes]) -> bytes:
    """Render HTML to a PNG of exactly this size; `images` by the names in `<img src>`. Raises BadTemplate."""
    return _render(html, width, height, images, "png")


def render_pixels(html: str, width: int, height: int, images: Mapping[str, bytes]) -> Image.Image:
    """Render HTML to an RGBA picture. Raises BadTemplate."""
    return Image.frombytes("RGBA", (width, height), _render(html, width, height, images, "raw"))


def _render(html: str, width: int, height: int, images: Mapping[str, bytes], form: Literal["png", "raw"]) -> bytes:
    missing = set(_SOURCE.findall(html)) - set(images)
    if missing:
        raise BadTemplate(f"the template shows pictures that are not there: {', '.join(sorted(missing))}")
    try:
        drawn = _shared_renderer(html).render_html(
            html, width=width, height=height, format=form, images=dict(images), font_families=list(fonts.FAMILIES)
        )
    except Exception as refused:
        raise BadTemplate(f"the engine refuses the template: {refused}") from refused
    return bytes(drawn)


def measure(html: str, width: float, images: Mapping[str, bytes]) -> Mapping[str, Any]:
    """Return the layout's boxes without drawing: `{width, height, transform, children, runs}`, nested."""
    try:
        measured: Mapping[str, Any] = _shared_renderer(html).measure(
            pytakumi.from_html(html),
            width=round(width),
            images=dict(images),
            font_families=list(fonts.FAMILIES),
        )
    except Exception as refused:
        raise BadTemplate(f"the engine refuses to measure the template: {refused}") from refused
    return measured

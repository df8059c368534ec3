"""The one door to the engine that turns HTML into pixels, with the fonts that ship with us."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytakumi

DISPLAY, TEXT = "Plus Jakarta Sans", "Inter"
# Family, wheel, file. The later ones step in for letters that the first ones lack.
_FONTS = (
    (DISPLAY, "fontpkg_plus_jakarta_sans", "PlusJakartaSans[wght].ttf"),
    (TEXT, "fontpkg_inter", "Inter[opsz,wght].ttf"),
    ("Noto Sans Arabic", "fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf"),
    ("Heebo", "fontpkg_heebo", "Heebo[wght].ttf"),
)
_FAMILIES = [family for family, _, _ in _FONTS]


@cache
def _renderer() -> pytakumi.Renderer:
    renderer = pytakumi.Renderer()
    for family, wheel, name in _FONTS:
        path = Path(str(importlib.import_module(wheel).__file__)).parent / "files" / name
        renderer.register_font(path.read_bytes(), name=family)
    return renderer


def render(html: str, width: int, height: int, images: Mapping[str, bytes]) -> bytes:
    """PNG of exactly that many pixels; `images` are what `<img src>` names."""
    return bytes(
        _renderer().render_html(html, width=width, height=height, images=dict(images), font_families=_FAMILIES)
    )


def measure(html: str, width: float, images: Mapping[str, bytes]) -> Mapping[str, Any]:
    """The layout's boxes without a pixel drawn: `{width, height, transform, children, runs}`, nested."""
    tree = pytakumi.from_html(html)
    measured: Mapping[str, Any] = _renderer().measure(
        tree, width=round(width), images=dict(images), font_families=_FAMILIES
    )
    return measured

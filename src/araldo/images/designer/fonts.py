"""The typefaces that ship with us, and which two of them go together."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# Family, wheel, file; all under the SIL Open Font License.
_WHEELS = (
    ("Plus Jakarta Sans", "fontpkg_plus_jakarta_sans", "PlusJakartaSans[wght].ttf"),
    ("Inter", "fontpkg_inter", "Inter[opsz,wght].ttf"),
    ("Bricolage Grotesque", "fontpkg_bricolage_grotesque", "BricolageGrotesque[opsz,wdth,wght].ttf"),
    ("Instrument Sans", "fontpkg_instrument_sans", "InstrumentSans[wdth,wght].ttf"),
    ("Anton", "fontpkg_anton", "Anton-Regular.ttf"),
    ("Playfair Display", "fontpkg_playfair_display", "PlayfairDisplay[wght].ttf"),
    ("Jost", "fontpkg_jost", "Jost[wght].ttf"),
    ("Fredoka", "fontpkg_fredoka", "Fredoka[wdth,wght].ttf"),
    ("Nunito", "fontpkg_nunito", "Nunito[wght].ttf"),
    ("Noto Sans Arabic", "fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf"),
    ("Heebo", "fontpkg_heebo", "Heebo[wght].ttf"),
)
_CJK = "Noto Sans CJK"
_CJK_FILES = ("NotoSansCJK-Regular.woff2", "NotoSansCJK-Bold.woff2")
# Those that step in, in this order, for letters that a pair lacks.
_FALLBACKS = ("Inter", "Noto Sans Arabic", "Heebo", _CJK)
FAMILIES = (*(family for family, _, _ in _WHEELS), _CJK)


@dataclass(frozen=True, slots=True)
class FontPair:
    """`tracking` in em, `leading` as a multiple of the size, `size` evens out how large faces look; all the headline's.

    `upper`: the headline is set in capitals. `apostrophe`: what the face leaves too much behind one, in em.
    """

    label: str
    display: str
    weight: int
    text: str
    leading: float
    tracking: float
    size: float = 1.0
    upper: bool = False
    apostrophe: float = 0.0

    @property
    def display_stack(self) -> str:
        return _stack(self.display, self.text)

    @property
    def text_stack(self) -> str:
        return _stack(self.text)


PAIRS: Mapping[str, FontPair] = {
    "jakarta": FontPair("Plus Jakarta Sans, Inter", "Plus Jakarta Sans", 800, "Inter", 1.1, -0.024, apostrophe=-0.13),
    "bricolage": FontPair("Bricolage Grotesque, Jakarta", "Bricolage Grotesque", 800, "Plus Jakarta Sans", 1.03, -0.02),
    "instrument": FontPair("Instrument Sans", "Instrument Sans", 600, "Instrument Sans", 1.08, -0.028),
    "anton": FontPair("Anton, Inter", "Anton", 400, "Inter", 1.12, 0.0, 1.22, upper=True),
    "playfair": FontPair("Playfair Display, Jost", "Playfair Display", 600, "Jost", 1.16, -0.008),
    "fredoka": FontPair("Fredoka, Nunito", "Fredoka", 600, "Nunito", 1.08, -0.005, 1.04),
}


def files() -> Iterator[tuple[str, bytes]]:
    """Every face with its family's name. Raises OSError or ImportError when one is missing: no card without it."""
    for family, wheel, name in _WHEELS:
        yield family, (Path(str(importlib.import_module(wheel).__file__)).parent / "files" / name).read_bytes()
    for name in _CJK_FILES:
        yield _CJK, (Path(__file__).parent / "cjk" / name).read_bytes()


def _stack(*families: str) -> str:
    return ",".join(f"'{family}'" for family in dict.fromkeys((*families, *_FALLBACKS)))

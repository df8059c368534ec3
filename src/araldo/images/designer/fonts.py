"""The typefaces that ship with Araldo, and the pairs that styles use."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# Family, wheel, files; all under the SIL Open Font License.
_WHEELS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Plus Jakarta Sans", "fontpkg_plus_jakarta_sans", ("PlusJakartaSans[wght].ttf",)),
    ("Inter", "fontpkg_inter", ("Inter[opsz,wght].ttf",)),
    ("Bricolage Grotesque", "fontpkg_bricolage_grotesque", ("BricolageGrotesque[opsz,wdth,wght].ttf",)),
    ("Instrument Sans", "fontpkg_instrument_sans", ("InstrumentSans[wdth,wght].ttf",)),
    ("Anton", "fontpkg_anton", ("Anton-Regular.ttf",)),
    ("Playfair Display", "fontpkg_playfair_display", ("PlayfairDisplay[wght].ttf",)),
    ("Jost", "fontpkg_jost", ("Jost[wght].ttf",)),
    ("Fredoka", "fontpkg_fredoka", ("Fredoka[wdth,wght].ttf",)),
    ("Nunito", "fontpkg_nunito", ("Nunito[wght].ttf",)),
    ("Noto Sans Arabic", "fontpkg_noto_sans_arabic", ("NotoSansArabic[wdth,wght].ttf",)),
    ("Heebo", "fontpkg_heebo", ("Heebo[wght].ttf",)),
    ("Noto Sans Devanagari", "fontpkg_noto_sans_devanagari", ("NotoSansDevanagari[wdth,wght].ttf",)),
    # Not Noto Sans Bengali: the engine leaves its conjuncts with ra and ba unjoined.
    ("Hind Siliguri", "fontpkg_hind_siliguri", ("HindSiliguri-Regular.ttf", "HindSiliguri-Bold.ttf")),
    ("Noto Sans Tamil", "fontpkg_noto_sans_tamil", ("NotoSansTamil[wdth,wght].ttf",)),
    ("Noto Sans Telugu", "fontpkg_noto_sans_telugu", ("NotoSansTelugu[wdth,wght].ttf",)),
    ("Noto Sans Thai", "fontpkg_noto_sans_thai", ("NotoSansThai[wdth,wght].ttf",)),
    ("Noto Sans Khmer", "fontpkg_noto_sans_khmer", ("NotoSansKhmer[wdth,wght].ttf",)),
)
_SCRIPTS = ("Gujarati", "Gurmukhi", "Kannada", "Malayalam", "Sinhala", "Georgian", "Armenian", "Ethiopic", "Lao",
            "Myanmar")  # fmt: skip
_CJK, _SYMBOLS = "Noto Sans CJK", "Noto Sans Symbols"
# Family and files beside this one, with their licences beside them.
_BUNDLED_FILES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (_CJK, ("cjk/NotoSansCJK-Regular.woff2", "cjk/NotoSansCJK-Bold.woff2")),
    *(
        (
            f"Noto Sans {script}",
            tuple(f"scripts/noto-sans-{name}-{name}-{weight}-normal.woff2" for weight in (400, 700)),
        )
        for script, name in ((script, script.lower()) for script in _SCRIPTS)
    ),
    (_SYMBOLS, tuple(f"scripts/noto-sans-symbols-symbols-{weight}-normal.woff2" for weight in (400, 700))),
    (f"{_SYMBOLS} 2", ("scripts/noto-sans-symbols-2-subset-400-normal.woff2",)),
    ("Noto Sans Math", ("scripts/noto-sans-math-subset-400-normal.woff2",)),
)
FAMILIES = (*(family for family, _, _ in _WHEELS), *(family for family, _ in _BUNDLED_FILES))
# Loaded only for letters from `FIRST_EAST_ASIAN` on: they take half of all faces' memory and loading time. Below it
# they have no letter that the fallbacks before them lack.
EAST_ASIAN_FAMILIES = (_CJK,)
FIRST_EAST_ASIAN = "\u2e80"
# Tried first, in this order, for letters that a pair lacks.
_FIRST_FALLBACKS = ("Inter", "Noto Sans Arabic", "Heebo", _CJK)
# All fallbacks; the engine goes through `FAMILIES` when no family that a style names has a letter.
FALLBACKS = (
    *_FIRST_FALLBACKS,
    *(family for family in FAMILIES[FAMILIES.index("Noto Sans Devanagari") :] if family != _CJK),
)


@dataclass(frozen=True, slots=True)
class FontPair:
    """A headline face and a text face. The numbers are the headline's: `tracking` in em, `leading` per size.

    `size` corrects faces that look larger or smaller than others. `upper`: the headline is set in capitals.
    `apostrophe`: correction of the space after an apostrophe, in em.
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


def font_files(families: Collection[str] = FAMILIES) -> Iterator[tuple[str, bytes]]:
    """Yield these families' font files, each with its family. Raises OSError or ImportError when one is missing."""
    for family, wheel, names in _WHEELS:
        if family in families:
            folder = Path(str(importlib.import_module(wheel).__file__)).parent / "files"
            yield from ((family, (folder / name).read_bytes()) for name in names)
    for family, names in _BUNDLED_FILES:
        if family in families:
            yield from ((family, (Path(__file__).parent / name).read_bytes()) for name in names)


def _stack(*families: str) -> str:
    return ",".join(f"'{family}'" for family in dict.fromkeys((*families, *_FIRST_FALLBACKS)))

"""The curated palettes by style: the name, moods and colours of each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent / "moods"


def _read_moods() -> Mapping[str, tuple[str, ...]]:
    """Return the stems of words of every language, by mood, in the order of the English file."""
    languages = [json.loads(file.read_text("utf-8")) for file in sorted(_FOLDER.glob("*.json"))]
    return {mood: tuple(" ".join(stems.get(mood, "") for stems in languages).split()) for mood in languages[0]}


# A word counts for a mood when it begins with one of its stems.
MOODS = _read_moods()


@dataclass(frozen=True, slots=True)
class Palette:
    """All #rrggbb. Text (`ink`, `soft`) stands on `panel` where there is one, else on `ground` and `deep`.

    `accent` is the call to action's colour with `on_accent` written on it; `art` is for shapes.
    """

    name: str
    moods: frozenset[str]
    ground: str
    deep: str
    ink: str
    soft: str
    accent: str
    on_accent: str
    art: tuple[str, str, str]
    panel: str | None = None

    @property
    def grounds(self) -> tuple[str, ...]:
        """The possible backgrounds of text."""
        return (self.panel,) if self.panel else (self.ground, self.deep)


def _palette(name: str, moods: str, colors: str, panel: str | None = None) -> Palette:
    """Build a palette; `colors`: ground deep ink soft accent on_accent, and three for the art, in hexadecimal."""
    ground, deep, ink, soft, accent, on_accent, *art = (f"#{color}" for color in colors.split())
    return Palette(
        name, frozenset(moods.split()), ground, deep, ink, soft, accent, on_accent, (art[0], art[1], art[2]), panel
    )


BOOK: Mapping[str, tuple[Palette, ...]] = {
    "professional": (
        _palette("midnight", "tech night", "161a5c 0c0f3a ffffff c9cdf2 ffcb5c 171a45 ffcb5c 5b45e0 2aa5a0"),
        _palette("lagoon", "sea sport", "064e58 04353f ffffff c4e6e4 ff8f6b 3a1208 ff8f6b 16a394 ffd9a0"),
        _palette("plum", "fashion love", "4a154f 2f0b36 ffffff ecd0ea ffb199 43101f ffb199 b13a9b ffd76e"),
        _palette("forest", "nature", "0f4a37 083325 ffffff c5e6d3 d4f06a 1d3306 d4f06a 1f9d6b f7f3d0"),
        _palette("graphite", "business sport", "22252d 14161b ffffff ced2da ff9a3d 331a00 ff9a3d 5d6474 ffd2a1"),
        _palette("cobalt", "tech sea", "0b3f9e 072c74 ffffff cfdffb 9df0e1 04302b 9df0e1 3f7cf0 ffe08a"),
        _palette("wine", "food", "64112f 450a20 ffffff f3cdd8 ffd08a 43200a ffd08a b3365e ff9d8a"),
        _palette("paper", "craft food", "fbf4ea f4e8d6 2b1d14 5c493c b8401f ffffff e0673f f2b58a 7a8f6a"),
        _palette("ice", "business", "eef3fd dfe8fb 101a3c 414c72 2447d8 ffffff 2447d8 a9bdf8 7fd6cf"),
        _palette("blush", "love sale family", "fdeeee f9dfe1 3b1020 6d3f4c b01e50 ffffff e2597f f6b3b6 f2c36b"),
        _palette("mint", "nature", "eaf7f0 d9f0e4 0d2b20 3b5a4d 0b6b4f ffffff 14936c 9bdcc0 f4c95d"),
    ),
    "creative": (
        _palette("aurora", "tech night", "241a86 0d0b3f ffffff dad8ff 5ef2d6 06302a 5ef2d6 8b5cff ff6ac2"),
        _palette("sunset", "love fashion sale", "8a1f8f 3d0f6b ffffff f6d9f4 ffd166 3b1f00 ff7a59 ff3d81 ffd166"),
        _palette("reef", "sea sport", "00657a 022f4a ffffff c9ecf2 ffb703 332200 00d4c8 1e90ff ffb703"),
        _palette("citrus", "food sale family", "fff1c4 ffdcbf 2a1500 5a3a1c c81e5b ffffff ff9f1c ff4d6d ffe066"),
        _palette("orchid", "fashion love", "f3e8ff ffe0f1 25104a 54407a 6d28d9 ffffff a855f7 ec4899 60a5fa"),
        _palette("jungle", "nature", "0b6340 04361f ffffff cdeed9 f9f871 2d2d00 19d27c b8f24a ffd23f"),
        _palette("ember", "food craft sport", "971f1a 4a0d18 ffffff ffdcd0 ffd23f 3a1a00 ff6b35 ffb627 ff2e63"),
        _palette("neon", "business tech", "1b1b28 09090d ffffff cfcfdb c6ff4a 1c2a00 c6ff4a 7a5cff ff6b6b"),
    ),
    "minimal": (
        _palette("bone", "craft food", "f6f3ee f6f3ee 1a1814 5f5a52 b93d0a ffffff d9622f e6d5c3 1a1814"),
        _palette("snow", "business tech", "fafafa fafafa 0f1115 565b66 2f49e0 ffffff 2f49e0 dfe3f7 0f1115"),
        _palette("sage", "nature", "f1f4ee f1f4ee 1b241c 566056 2f6b3f ffffff 2f6b3f cddbc7 e3b23c"),
        _palette("rose", "love sale fashion", "faf1f0 faf1f0 2a1418 6a5055 b4234f ffffff d2476f f1cfd1 2a1418"),
        _palette("fog", "sea sport", "eef2f5 eef2f5 10202b 4c5f6c 0e6783 ffffff 0e7c9b cbdde5 ef8354"),
        _palette("coal", "night", "131417 131417 f4f4f2 b2b3b8 f2c14e 1f1600 f2c14e 33363d f4f4f2"),
        _palette("lilac", "fashion family", "f3f1f8 f3f1f8 1c1630 595270 5b3fc4 ffffff 6f53da d8d0f0 f0a35e"),
    ),
    "bold": (
        _palette("signal", "sale sport", "ffd60a ffd60a 121212 2b2500 121212 ffd60a 121212 ff3b1d ffffff"),
        _palette("scarlet", "sale food", "d2001c d2001c ffffff fff0f0 ffe600 1a1500 ffe600 1a0004 ffffff"),
        _palette("electric", "tech business", "1d2bff 1d2bff ffffff eceeff ffea00 1b1800 ffea00 ff5fae ffffff"),
        _palette("asphalt", "night sport", "0e0e10 0e0e10 ffffff d6d6d6 d4ff00 141a00 d4ff00 ffffff ff4d00"),
        _palette("flamingo", "fashion love", "ff6fb1 ff6fb1 1c0010 36041f 1c0010 ffd9ea 1c0010 ffe600 ffffff"),
        _palette("field", "nature", "19b562 19b562 04180c 07220f 04180c c9f7db 04180c ffffff ffe600"),
        _palette("tangerine", "craft family food", "ff7a1a ff7a1a 1d0a00 2a1000 1d0a00 ffe3cc 1d0a00 fff3e0 ffd60a"),
        _palette("newsprint", "craft business", "fff4dc fff4dc 14110a 3a3426 d4002a ffffff d4002a 14110a 1d4ed8"),
        _palette("turquoise", "sea", "12c7c9 12c7c9 001e1f 00302f 001e1f c9fbfa 001e1f ffffff ff5a4f"),
    ),
    "elegant": (
        _palette("noir", "night business tech", "191512 0d0b09 f6efe3 cfc4b2 d8b26e 1d1405 d8b26e 8c6f3f f6efe3"),
        _palette("emerald", "nature", "0f3f35 082821 f4efe2 c9d2c3 d9b873 1d1605 d9b873 6f8f6a f4efe2"),
        _palette("bordeaux", "food love", "4f1122 320814 f8ece6 e3c9c2 e0b57a 2a1206 e0b57a a1536a f8ece6"),
        _palette("admiral", "business sea sport", "16264a 0c172b f3efe6 c6ccd8 d7b98a 1c1405 d7b98a 5f7aa8 f3efe6"),
        _palette("ivory", "craft sale", "f7f1e6 efe5d3 2b2118 61523d 7d5a24 ffffff a9823f d9c49a 2b2118"),
        _palette("petal", "love fashion family", "f8ebe6 f3ded6 3a1d24 6a474d 8c3a4e ffffff b5687a e2b9b0 3a1d24"),
        _palette("amethyst", "fashion night", "36204a 23132f f5eefa d5c5e0 e3b98f 2a1507 e3b98f 8d68ad f5eefa"),
        _palette("pearl", "sea business", "eef1f0 e2e7e6 17282a 4b5c5e 2c5f63 ffffff 5f9195 bcd0d0 17282a"),
    ),
    "playful": (
        _palette(
            "sunny", "sale family food", "ffcf33 ffbd1f 3a2300 664610 d7263d ffffff ff6b6b 2fc4b2 7a5cff", "#fffdf3"
        ),
        _palette("sky", "sea family", "6cc9ff 46b4f6 0d2440 3d5674 ffd23f 3a2600 ffd23f ff7aa8 3ddc97", "#ffffff"),
        _palette(
            "pistachio", "nature sport", "86e0b4 63d09d 0d3326 3a5c4f ff7d52 3a0f00 ff8f6b ffd86b 5b8def", "#fbfffc"
        ),
        _palette(
            "bubblegum", "love fashion", "ff9ec7 ff86b8 3d0b2c 6b3a58 6d28d9 ffffff 8f63ff ffe066 4dd6e8", "#fffafd"
        ),
        _palette("grape", "tech night", "a68bff 9274f7 1f1147 4e4176 ffc93c 3a2600 ffc93c ff7ab6 45dcc4", "#fdfbff"),
        _palette("melon", "food craft", "ff9478 ff7f60 3c120a 6b3d33 0f766e ffffff 23b5a8 ffe07a ff5c8a", "#fffaf7"),
    ),
}

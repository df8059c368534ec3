"""The input of the designer: what a card says, its size and its style."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Card:
    """`mood`: the prompt's words, which choose the palette and are never drawn. `variant` re-rolls palette and art.

    Cards of one `family` share a palette and a family of shapes; without one, the headline decides.
    `colors` (two #rrggbb), `fonts` (a name of `fonts.PAIRS`), `logo` and `photo` (sanitized pictures of any size, in
    bytes) replace what the style would choose. `page` is (number, count) in a set.
    """

    headline: str
    text: str = ""
    cta: str | None = None
    handle: str | None = None
    kicker: str | None = None
    brand: str | None = None
    colors: tuple[str, str] | None = None
    fonts: str | None = None
    logo: bytes | None = field(default=None, repr=False)
    photo: bytes | None = field(default=None, repr=False)
    mood: str = ""
    family: str = ""
    style: str = "professional"
    width: int = 1080
    height: int = 1080
    variant: int = 0
    page: tuple[int, int] | None = None

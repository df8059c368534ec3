"""The input of the designer: what a card says, its size and its style."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Card:
    """`mood`, the prompt's words, chooses the palette and is never drawn; `variant` re-rolls palette and art.

    Cards of one `family` have one palette and one family of shapes; without one, they go by the headline.
    `colors` (two #rrggbb), `fonts` (a name of `fonts.PAIRS`), `logo` and `photo` (a picture that has been checked, of
    any size, in bytes) replace what the style would choose. `page` is (this one, all) of a set.
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

"""What a card says, and how large it is."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Card:
    """`mood`, the prompt's words, chooses the palette and is never drawn; `variant` re-rolls palette and art.

    Cards of one `family` have one palette; without one, it goes by the headline. `photo`, a checked picture as bytes,
    is the ground instead of art.
    """

    headline: str
    text: str = ""
    cta: str | None = None
    handle: str | None = None
    kicker: str | None = None
    brand: str | None = None
    colors: tuple[str, str] | None = None
    mood: str = ""
    family: str = ""
    photo: bytes | None = field(default=None, repr=False)
    style: str = "professional"
    width: int = 1080
    height: int = 1080
    variant: int = 0

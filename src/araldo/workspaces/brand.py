"""The brand kit of a workspace: validation, and notes on what cards cannot show. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from araldo.entities.finder import is_hashtag
from araldo.errors import PostInvalid, Problem
from araldo.images.designer import FONT_PAIRS
from araldo.images.designer.drawable import undrawable_letters
from araldo.messages import Message

_COLOR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


@dataclass(frozen=True, slots=True)
class BrandKit:
    """Every field is optional. `logo`: id of a medium; `colors`: two of #rrggbb; `fonts`: a name of `FONT_PAIRS`.

    Cards show `name` and `handle`; `tone` goes into the prompts of image models ("warm, by hand, no irony"). A new post
    that a person begins has `hashtags`, without `#`, and `cta`.
    """

    name: str = ""
    logo: str | None = None
    colors: tuple[str, str] | None = None
    fonts: str | None = None
    handle: str = ""
    tone: str = ""
    hashtags: tuple[str, ...] = ()
    cta: str = ""


def undrawable_name_notes(kit: BrandKit) -> list[Message]:
    """Return a note on letters of the name and handle that cards cannot draw; empty when there are none."""
    missing = undrawable_letters(f"{kit.name} {kit.handle}")
    return [Message("brand.letters_left_out", {"letters": " ".join(missing)})] if missing else []


def validate_brand(kit: BrandKit) -> BrandKit:
    """Return the kit trimmed, colours as #rrggbb; the logo is not looked up. Raises PostInvalid with every problem."""
    problems = [
        Problem(f"/colors/{at}", "color_invalid", Message("brand.color_invalid", {"color": color[:20]}))
        for at, color in enumerate(kit.colors or ())
        if not _COLOR.fullmatch(color)
    ]
    if kit.fonts is not None and kit.fonts not in FONT_PAIRS:
        names = ", ".join(FONT_PAIRS)
        problems.append(
            Problem(
                "/fonts",
                "fonts_unknown",
                Message("brand.fonts_unknown", {"name": kit.fonts[:40], "names": names}),
                None,
                FONT_PAIRS,
            )
        )
    problems += [
        Problem(f"/hashtags/{at}", "hashtag_invalid", Message("posts.hashtag_invalid", {"tag": tag[:60]}))
        for at, tag in enumerate(kit.hashtags)
        if not is_hashtag(tag)
    ]
    if problems:
        raise PostInvalid(problems)
    colors = None if kit.colors is None else (_expand_color(kit.colors[0]), _expand_color(kit.colors[1]))
    return replace(
        kit,
        name=kit.name.strip(),
        colors=colors,
        handle=kit.handle.strip(),
        tone=kit.tone.strip(),
        cta=kit.cta.strip(),
    )


def _expand_color(color: str) -> str:
    """Return #aabbcc for #abc."""
    bare = color[1:].lower()
    return "#" + (bare if len(bare) == 6 else "".join(letter * 2 for letter in bare))

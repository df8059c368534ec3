"""Declarations of made-up platforms: one for text alone, one that needs a picture, one that shows no text."""

from __future__ import annotations

from araldo.images.spec import ImageSpec
from araldo.messages import Message
from araldo.platforms.base import Declaration, Shape
from araldo.platforms.counting import TextLimits
from araldo.platforms.options import Option, OptionChoice

# Their pictures are small, because most tests draw one and do not look at it.
WALL = Declaration(
    name="wall",
    label="Wall",
    service="made_up",
    account_kind="wall_page",
    limits=TextLimits(text_max=1_000),
    image=ImageSpec(400, 225),
    prompt_suffix="landscape",
    preview="feed_card",
    shows_text=True,
    links_clickable=True,
    needs_picture=False,
    needs_public_url=False,
)
SQUARE = Declaration(
    name="square",
    label="Square",
    service="made_up",
    account_kind="square_account",
    limits=TextLimits(text_max=200, hashtags_max=5, mentions_max=2),
    image=ImageSpec(360, 360),
    prompt_suffix="square",
    preview="square_post",
    shows_text=True,
    links_clickable=False,
    needs_picture=True,
    needs_public_url=True,
    other_shapes=(Shape(ImageSpec(360, 450), "portrait"),),
)
TALL = Declaration(
    name="tall",
    label="Tall",
    service="made_up",
    account_kind="square_account",
    limits=TextLimits(text_max=200),
    image=ImageSpec(360, 640),
    prompt_suffix="vertical",
    preview="fullscreen",
    shows_text=False,
    links_clickable=False,
    needs_picture=True,
    needs_public_url=True,
)
# A key without a text is shown as it is.
NAMES = {name: Message(f"made_up.{name}") for name in ("audience", "friends", "all", "warning", "pinned", "board")}
OPTIONS = (
    Option(
        "audience",
        "choice",
        NAMES["audience"],
        choices=(OptionChoice("all", NAMES["all"]), OptionChoice("friends", NAMES["friends"])),
        default="all",
    ),
    Option("warning", "text", NAMES["warning"], text_max=20, counts_in_text=True),
    Option("pinned", "flag", NAMES["pinned"]),
    Option("board", "choice", NAMES["board"], required=True),
)
DECLARATIONS = {declared.name: declared for declared in (WALL, SQUARE, TALL)}

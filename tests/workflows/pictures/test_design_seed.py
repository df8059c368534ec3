"""The design of a post's cards stays while its words change: palette, layout and art come from the design seed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from araldo.accounts.models import Account
from araldo.errors import Rejected
from araldo.images.designer.backdrop import choose_art_family
from araldo.images.designer.card import Card
from araldo.images.designer.design import choose_design
from araldo.images.designer.styles import STYLES
from araldo.images.providers.base import PictureRequest
from araldo.images.providers.offline import build_card
from araldo.images.spec import ImageSpec
from araldo.pictures.models import NO_OPTIONS, PictureOptions
from araldo.platforms.base import Declaration
from araldo.posts.content import Slide
from araldo.posts.design_seed import design_seed_of
from araldo.posts.models import Post
from araldo.posts.rules import NewPost
from araldo.workflows.pictures.carousel import slide_requests_for
from araldo.workflows.pictures.generate import digest_of, picture_request_for
from araldo.workflows.posts.create import new_post
from araldo.workspaces.models import Workspace
from tests.support.clock import FakeClock
from tests.support.made_up_platforms import DECLARATIONS, WALL

CONTENT = "Estate al mare: la spiaggia apre sabato. Venite con noi!"
WORDS = st.text(min_size=1, max_size=80)
STYLE_NAMES = st.sampled_from(sorted(STYLES))
EDITS = st.fixed_dictionaries(
    {},
    optional={
        "content": WORDS,
        "cta": st.none() | WORDS,
        "image_prompt": WORDS,
        "texts": st.dictionaries(st.sampled_from(sorted(DECLARATIONS)), WORDS),
        "platform_prompts": st.dictionaries(st.sampled_from(sorted(DECLARATIONS)), WORDS),
        "hashtags": st.lists(WORDS, max_size=2),
    },
)


def scheduled(**fields: Any) -> Post:
    workspace = Workspace(id="wsp_1", name="", language="it", zone="UTC")
    new = NewPost(**{"content": CONTENT, "intent": "publish", "image_provider": "offline"} | fields)
    return new_post(workspace, new, FakeClock().now())


def card_of(post: Post, declared: Declaration = WALL, options: PictureOptions = NO_OPTIONS) -> Card:
    """Return the card of the post on one platform; skip the example when there are no words that can be drawn."""
    return drawable_card(picture_request_for(post, declared, None, options))


def drawable_card(request: PictureRequest) -> Card:
    try:
        return build_card(request)
    except Rejected:
        assume(False)
        raise


def look_of(card: Card) -> tuple[object, ...]:
    """Return all of the design that the size of the card does not change."""
    design = choose_design(card)
    art = choose_art_family(design), design.seed, design.roll
    return design.style, design.palette, design.pair, design.frame.art, *art


def layout_of(card: Card) -> tuple[object, ...]:
    return look_of(card), choose_design(card).frame


@given(EDITS, STYLE_NAMES, st.integers(0, 5))
@example({"content": "Inverno in montagna: la neve apre sabato."}, "professional", 0)
def test_any_edit_of_the_words_keeps_palette_layout_and_art(edit: dict[str, Any], style: str, variant: int) -> None:
    post = scheduled(image_style=style)
    options = PictureOptions(variant=variant)
    for declared in DECLARATIONS.values():
        before = card_of(post, declared, options)
        assert layout_of(card_of(replace(post, **edit), declared, options)) == layout_of(before)


@given(WORDS, st.none() | WORDS, st.just("") | WORDS, STYLE_NAMES)
@example("🎉🎉", None, "", "bold")
@example("\u0378! Ciao", None, "", "bold")
def test_storing_the_seed_of_the_present_words_changes_no_card(
    content: str, cta: str | None, prompt: str, style: str
) -> None:
    unseeded = replace(scheduled(content=content, cta=cta, image_prompt=prompt, image_style=style), design_seed=None)
    seeded = replace(unseeded, design_seed=design_seed_of(unseeded))
    assert layout_of(card_of(seeded)) == layout_of(card_of(unseeded))


@given(EDITS, STYLE_NAMES)
def test_the_cards_of_all_platforms_match(edit: dict[str, Any], style: str) -> None:
    post = replace(scheduled(image_style=style), **edit)
    looks = {
        name: (choose_design(card).palette, choose_art_family(choose_design(card)), choose_design(card).seed)
        for name, card in ((name, card_of(post, declared)) for name, declared in DECLARATIONS.items())
    }
    assert len(set(looks.values())) == 1


@given(EDITS, STYLE_NAMES, st.integers(0, 20))
def test_another_version_has_another_palette_and_art(edit: dict[str, Any], style: str, variant: int) -> None:
    post = replace(scheduled(image_style=style), **edit)
    one, other = (
        choose_design(card_of(post, options=PictureOptions(variant=number))) for number in (variant, variant + 1)
    )
    assert one.palette != other.palette
    assert choose_art_family(one) != choose_art_family(other)


def test_another_style_has_another_design() -> None:
    styles = [look_of(card_of(scheduled(image_style=style))) for style in STYLES]
    assert len(set(styles)) == len(STYLES)


def test_a_prompt_for_one_picture_alone_chooses_its_design() -> None:
    post = scheduled()
    asked = PictureOptions(prompt="Neve e montagna d'inverno", variant=1)
    assert look_of(card_of(post, options=asked)) != look_of(card_of(post, options=replace(asked, prompt=None)))
    edited = replace(post, content="Altro testo")
    assert look_of(card_of(edited, options=asked)) == look_of(card_of(post, options=asked))


def test_the_slides_of_a_carousel_keep_the_posts_design() -> None:
    slides: list[Slide] = [{}, {"headline": "Vino e cena"}, {}]
    post = scheduled(slides=slides)
    edited = replace(post, content="Inverno in montagna. La neve apre sabato. Venite con noi!")
    declared = replace(WALL, pictures_max=10)
    before, after = (
        [choose_design(build_card(slide.request)) for slide in slide_requests_for(version, declared, None)]
        for version in (post, edited)
    )
    assert [(design.palette, design.seed, design.roll) for design in after] == [
        (design.palette, design.seed, design.roll) for design in before
    ]


def test_the_seed_is_no_part_of_the_digest_and_the_words_are() -> None:
    post = scheduled()
    account: Account | None = None
    unseeded = picture_request_for(replace(post, design_seed=None), WALL, account)
    seeded = picture_request_for(post, WALL, account)
    assert digest_of(seeded, "offline") == digest_of(unseeded, "offline")
    edited = picture_request_for(replace(post, content=CONTENT.replace("sabato", "domenica")), WALL, account)
    assert digest_of(edited, "offline") != digest_of(seeded, "offline")


def test_a_digest_stored_by_an_earlier_version_stays_valid() -> None:
    wall = replace(WALL, image=ImageSpec(1200, 675))
    request = picture_request_for(replace(scheduled(), design_seed=None), wall, None)
    assert digest_of(request, "offline") == "172598b8244638fcc9097f096b4becd55b4052acbd62f9a604c5b088499a41f6"


@pytest.mark.parametrize(
    ("fields", "stored"),
    [
        ({}, True),
        ({"intent": "schedule"}, True),
        ({"intent": "draft"}, False),
        ({"makes_pictures": False}, False),
    ],
)
def test_a_new_post_stores_its_seed_when_its_cards_are_asked_for(fields: dict[str, Any], *, stored: bool) -> None:
    assert (scheduled(**fields).design_seed is not None) is stored

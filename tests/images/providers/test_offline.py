"""The offline provider: what of a request is drawn, and what only chooses the design."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.errors import Rejected
from araldo.http import Http
from araldo.images.designer import STYLES, draw
from araldo.images.designer.text import drawable_line
from araldo.images.fit import fit
from araldo.images.provider_settings import ProviderSettings
from araldo.images.providers import ImageProviders
from araldo.images.providers.base import Brand, PictureCopy, PictureRequest
from araldo.images.providers.offline import Offline, build_card
from araldo.images.spec import ImageSpec
from tests.support.clock import FakeClock
from tests.support.examples import examples

_SPEC = ImageSpec(1200, 675)
_COPY = PictureCopy("Lancio nuovo servizio! 🚀", "Da oggi.", "Scopri di più →", "@providers")


def test_with_copy_the_copy_is_drawn_and_nothing_else() -> None:
    brand = Brand("Studio", ("#102030", "#f0e0d0"))
    request = PictureRequest("a rocket", "professional", _SPEC, "base", "suffix", _COPY, brand, variant=3)
    card = build_card(request)
    assert (card.headline, card.text, card.cta, card.handle) == (
        "Lancio nuovo servizio! 🚀",
        "Da oggi.",
        _COPY.cta,
        "@providers",
    )
    assert (card.kicker, card.brand, card.colors, card.variant) == (None, "Studio", brand.colors, 3)
    assert (card.width, card.height) == (1200, 675)
    assert card.mood == "base a rocket"


def test_without_copy_the_prompt_is_the_headline_and_the_base_prompt_the_kicker() -> None:
    card = build_card(PictureRequest("a rocket", "bold", _SPEC, base_prompt="Studio Demo", suffix="wide"))
    assert (card.headline, card.kicker, card.text, card.cta) == ("a rocket", "Studio Demo", "", None)
    alone = build_card(PictureRequest(" ", "bold", _SPEC, base_prompt="Studio Demo"))
    assert (alone.headline, alone.kicker) == ("Studio Demo", None)
    handle_only = PictureRequest("a rocket", "", _SPEC, copy=PictureCopy(" ", handle="@providers"))
    assert (build_card(handle_only).headline, build_card(handle_only).handle) == ("a rocket", "@providers")


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_style_and_suffix_are_neither_drawn_nor_choose_the_colours(
    prompt: str, base: str, style: str, suffix: str
) -> None:
    mark = "\ue000mark"
    if not drawable_line(prompt if prompt.strip() else base):
        return
    card = build_card(PictureRequest(prompt, style + mark, _SPEC, base_prompt=base, suffix=suffix + mark))
    assert mark not in "".join(part or "" for part in (card.headline, card.text, card.cta, card.kicker, card.handle))
    assert mark not in card.mood
    assert card.style in STYLES


async def test_offline_needs_no_settings_and_is_deterministic() -> None:
    async with Http() as http:
        providers = ImageProviders(http, ProviderSettings(), FakeClock())
        assert providers.missing_setting("offline") is None
        request = PictureRequest("x", "professional", _SPEC, copy=_COPY)
        first, again = await providers.generate("offline", request), await providers.generate("offline", request)
    assert _SPEC.problem_with(first.data) is None
    assert first == again
    assert (first.provider, first.notes, first.fallback_reason) == ("offline", (), None)


async def test_an_unknown_style_is_noted() -> None:
    async with Http() as http:
        providers = ImageProviders(http, ProviderSettings(), FakeClock())
        finished = await providers.generate("offline", PictureRequest("a rocket", "steampunk", ImageSpec(600, 600)))
    (note,) = finished.notes
    assert "steampunk" in note.to("en")
    assert "steampunk" in note.to("it")


async def test_a_request_without_words_is_refused() -> None:
    async with Http() as http:
        with pytest.raises(Rejected):
            await ImageProviders(http, ProviderSettings(), FakeClock()).generate(
                "offline", PictureRequest(" ", "x", _SPEC)
            )


@examples(5)
@given(st.sampled_from([(1080, 1080), (1080, 1920), (1200, 676), (514, 1200)]), st.text(min_size=1, max_size=300))
def test_any_words_give_a_card_that_meets_its_spec(size: tuple[int, int], text: str) -> None:
    spec = ImageSpec(*size)
    drawn = draw(
        build_card(PictureRequest("a rocket", "", spec, copy=PictureCopy(text if drawable_line(text) else "x")))
    )
    assert spec.problem_with(fit(drawn, spec).data) is None


HIEROGLYPHS = "𓀀𓀁𓂀"


async def test_undrawable_letters_are_noted() -> None:
    made = await Offline(Http(), ProviderSettings(), FakeClock()).generate(
        PictureRequest("", "professional", _SPEC, copy=PictureCopy(f"Ciao {HIEROGLYPHS}", handle="@ꦗ"))
    )
    assert [note.to("en") for note in made.notes] == [
        "The card leaves out these characters, because no font has them: 𓀀 𓀁 𓂀 ꦗ."
    ]
    whole = await Offline(Http(), ProviderSettings(), FakeClock()).generate(
        PictureRequest("", "professional", _SPEC, copy=PictureCopy("Ciao ⭐ नमस्ते 𝗯𝗼𝗹𝗱 1️⃣"))
    )
    assert whole.notes == ()


def test_words_without_a_drawable_letter_are_refused() -> None:
    copy = PictureCopy(HIEROGLYPHS, "Ma il testo sì.")
    assert build_card(PictureRequest("", "bold", _SPEC, copy=copy)).headline == "Ma il testo sì."
    for request in (
        PictureRequest("", "bold", _SPEC, copy=PictureCopy(HIEROGLYPHS, HIEROGLYPHS)),
        PictureRequest(HIEROGLYPHS, "bold", _SPEC),
    ):
        with pytest.raises(Rejected, match="None of the characters"):
            build_card(request)

"""The brand kit: validation, storage, legible colours, and its use in pictures."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from araldo.errors import PostInvalid
from araldo.images.designer import FONT_PAIRS
from araldo.images.designer.brand_colors import explain_color_changes, is_readable, swatches
from araldo.images.designer.colors import contrast
from araldo.images.providers.base import Brand, PictureCopy, PictureRequest
from araldo.images.providers.offline import build_card
from araldo.images.spec import ImageSpec
from araldo.media import store as media_store
from araldo.media.models import Medium
from araldo.storage.database import Database, new_id
from araldo.storage.local_blobs import LocalBlobs
from araldo.workflows.pictures.branding import Branding
from araldo.workspaces import store as workspace_store
from araldo.workspaces.brand import BrandKit, undrawable_name_notes, validate_brand
from tests.support.clock import FakeClock
from tests.support.database import open_transaction

COLORS = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
KIT = BrandKit(
    "Costa Viva", None, ("#0b3f9e", "#ffcb5c"), "jakarta", "@costaviva", "caldo, fatto a mano", ("mare",), "Vieni"
)
SPEC = ImageSpec(1080, 1080)


def test_colors_are_normalized_and_text_is_trimmed() -> None:
    kit = validate_brand(BrandKit(" Studio ", None, ("#ABC", "#0B3F9E"), None, " @s ", " x "))
    assert kit == BrandKit("Studio", None, ("#aabbcc", "#0b3f9e"), None, "@s", "x")


def test_all_problems_are_reported_at_once() -> None:
    with pytest.raises(PostInvalid) as raised:
        validate_brand(BrandKit(colors=("red", "#12345"), fonts="comic"))
    assert [(one.pointer, one.code) for one in raised.value.problems] == [
        ("/colors/0", "color_invalid"),
        ("/colors/1", "color_invalid"),
        ("/fonts", "fonts_unknown"),
    ]
    assert raised.value.problems[2].suggestions == FONT_PAIRS


@given(COLORS, COLORS)
def test_any_two_colors_are_adjusted_until_text_is_legible(first: str, second: str) -> None:
    for swatch in swatches((first, second)).values():
        assert is_readable(swatch)


@given(COLORS, COLORS)
def test_only_adjusted_colors_are_noted(first: str, second: str) -> None:
    said = " ".join(note.to("en") + note.to("it") for note in explain_color_changes((first, second)))
    ground = swatches((first, second))["professional"].ground
    assert (ground != first) == (f"White text on {first}" in said)
    if contrast(first, second) < 1.4:
        assert "almost the same" in said


def test_a_good_pair_needs_no_note_and_a_bad_one_has_its_numbers() -> None:
    assert explain_color_changes(("#0b3f9e", "#ffcb5c")) == []
    yellow = explain_color_changes(("#ffee00", "#fff200"))
    assert len(yellow) >= 3
    assert "1.2" in yellow[0].to("en")
    assert "#ffee00" in yellow[0].to("it")


def test_a_card_has_the_brand() -> None:
    brand = Brand("Costa Viva", ("#0b3f9e", "#ffcb5c"), "anton", "@costaviva", "notte", b"logo")
    card = build_card(PictureRequest("x", "bold", SPEC, copy=PictureCopy("Ciao"), brand=brand))
    assert (card.brand, card.colors, card.fonts, card.handle, card.logo) == (
        "Costa Viva",
        brand.colors,
        "anton",
        "@costaviva",
        b"logo",
    )
    # The account's own name is nearer to where it appears.
    with_account = PictureRequest("x", "bold", SPEC, copy=PictureCopy("Ciao", handle="@negozio"), brand=brand)
    assert build_card(with_account).handle == "@negozio"


def test_an_image_model_is_told_the_colours_and_the_tone() -> None:
    plain = PictureRequest("a rocket", "bold", SPEC, "base", "wide")
    assert plain.remote_prompt == "base, a rocket, bold, wide"
    brand = Brand("Studio", ("#0b3f9e", "#ffcb5c"), tone="warm")
    told = PictureRequest("a rocket", "bold", SPEC, "base", "wide", brand=brand).remote_prompt
    assert told == "base, a rocket, bold, wide, in the colours #0b3f9e and #ffcb5c, warm"


async def kept(database: Database, blobs: LocalBlobs, clock: FakeClock, workspace_id: str, picture: Image.Image) -> str:
    out = BytesIO()
    picture.save(out, "PNG")
    medium = Medium(
        id=new_id("med"),
        workspace_id=workspace_id,
        digest=await blobs.put(out.getvalue()),
        mime="image/png",
        width=picture.width,
        height=picture.height,
        bytes=len(out.getvalue()),
        origin="uploaded",
        provider=None,
        alt="",
        placeholder=None,
        created_at=clock.now(),
    )
    with open_transaction(database) as transaction:
        media_store.add(transaction, medium)
    return medium.id


async def test_a_brand_is_stored_and_applied(database: Database, tmp_path: Path) -> None:
    clock, blobs = FakeClock(), LocalBlobs(tmp_path)
    branding = Branding(database=database, clock=clock, blobs=blobs)
    with open_transaction(database) as transaction:
        mine = workspace_store.add(transaction, "Mia", clock.now())
        other = workspace_store.add(transaction, "Altra", clock.now())
    request = PictureRequest("x", "bold", SPEC, copy=PictureCopy("Ciao"))
    assert await branding.kit(mine.id) is None
    assert await branding.add_brand(mine.id, request) == request
    wide = Image.new("RGBA", (1600, 900), (0, 0, 0, 0))
    wide.paste((200, 30, 30, 255), (100, 300, 1500, 600))
    logo = await kept(database, blobs, clock, mine.id, wide)
    kit = BrandKit("Costa Viva", logo, ("#0b3f9e", "#ffcb5c"), "fredoka", "@costaviva", "caldo")
    assert await branding.save(mine.id, kit) == kit == await branding.kit(mine.id)
    brand = (await branding.add_brand(mine.id, request)).brand
    assert brand is not None
    assert (brand.name, brand.colors, brand.fonts, brand.handle, brand.tone) == (
        kit.name, kit.colors, kit.fonts, kit.handle, kit.tone,
    )  # fmt: skip
    assert brand.logo is not None
    with Image.open(BytesIO(brand.logo)) as small:
        assert max(small.size) <= 420
        # What is transparent around it is cut off.
        assert small.width / small.height == pytest.approx(1400 / 300, rel=0.05)
    # Setting it again replaces all of it, and the other workspace has none of it.
    await branding.save(mine.id, BrandKit("Solo nome"))
    assert await branding.kit(mine.id) == BrandKit("Solo nome")
    assert await branding.kit(other.id) is None
    with pytest.raises(PostInvalid) as raised:
        await branding.save(other.id, kit)
    assert raised.value.problems[0].code == "media_unknown"
    assert await branding.kit(other.id) is None


async def test_a_brands_logo_is_not_deleted_as_unreferenced(database: Database, tmp_path: Path) -> None:
    clock, blobs = FakeClock(), LocalBlobs(tmp_path)
    branding = Branding(database=database, clock=clock, blobs=blobs)
    with open_transaction(database) as transaction:
        mine = workspace_store.add(transaction, "Mia", clock.now())
    logo = await kept(database, blobs, clock, mine.id, Image.new("RGB", (40, 40), "red"))
    await branding.save(mine.id, BrandKit(logo=logo))
    clock.advance(10 * 86_400)
    with open_transaction(database) as transaction:
        assert media_store.delete_unreferenced(transaction, clock.now()) == 0
    await branding.save(mine.id, BrandKit())
    with open_transaction(database) as transaction:
        assert media_store.delete_unreferenced(transaction, clock.now()) == 1


def test_undrawable_letters_of_the_name_are_noted() -> None:
    (note,) = undrawable_name_notes(BrandKit("Studio ꦗ", handle="@𓀀"))
    assert note.to("en") == "Cards cannot show these characters of your name or handle: ꦗ 𓀀."
    assert undrawable_name_notes(BrandKit("स्टूडियो ⭐", handle="@studio")) == []

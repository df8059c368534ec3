"""Sample cards, and helpers that measure a card's boxes, pixels and text contrast."""

from __future__ import annotations

import io
from dataclasses import replace

from PIL import Image

from araldo.images.designer import Card
from araldo.images.designer.colors import luminance, rgb_luminance
from araldo.images.designer.compose import Composition
from araldo.images.designer.nodes import Box, Node
from araldo.images.designer.photo import draw_words_on_photo
from araldo.images.designer.render import render_pixels

SHAPES = {"16:9": (1200, 675), "1:1": (1080, 1080), "4:5": (1080, 1350), "9:16": (1080, 1920), "1.91:1": (1200, 628)}
FULL = Card(
    headline="L’estate è già qui: −30% su tutto il catalogo ☀️",
    text="Solo fino a domenica. Spedizione gratuita e resi facili.",
    cta="Acquista ora",
    handle="@costaviva",
    kicker="Offerta",
    brand="Costa Viva",
)
LONG = (
    "Come abbiamo ridotto del 40% i consumi energetici del nostro laboratorio artigiano in un solo anno di lavoro, "
    "partendo dai forni e arrivando fino alle luci, alla logistica e a chi ogni mattina apre la porta: una storia "
    "lunga, piena di errori e di risultati, che vi raccontiamo qui dal principio."
)
SAMPLES = {
    "short": Card("Ciao", handle="@studio"),
    "full": FULL,
    "long": replace(FULL, headline=LONG, text=LONG, cta="Leggi tutto l’articolo sul nostro blog adesso"),
    "one long word": replace(FULL, headline="Precipitevolissimevolmente", text="Donaudampfschifffahrtsgesellschaft"),
    "no words but one": Card("Donaudampfschifffahrtsgesellschaftskapitänsmütze" * 3),
    "emoji": replace(FULL, headline="Team 👩‍👩‍👧‍👦 🇮🇹 🏳️‍🌈 in festa 🎉", text="Ciao 👋🏽 🏴󠁧󠁢󠁥󠁮󠁧󠁿", cta="Vieni 🚀"),
    "only emoji": Card("🎉🚀👩‍👩‍👧‍👦", handle="🌞"),
    "arabic": replace(
        FULL,
        headline="تخفيضات الصيف بدأت: خصم ٣٠٪ على كل شيء ☀️",
        text="العرض ساري حتى يوم الأحد فقط.",
        cta="تسوق الآن",
        kicker="عرض",
        brand="كوستا فيفا",
    ),
    "hebrew": replace(FULL, headline="הקיץ כבר כאן: 30% הנחה על כל הקטלוג", text="רק עד יום ראשון.", cta="קנו עכשיו"),
    "japanese": replace(
        FULL, headline="夏が来た：全品30%オフのサマーセール開催中", text="日曜日まで。送料無料です。", cta="今すぐ購入"
    ),
    "korean": replace(FULL, headline="여름이 왔어요: 전 상품 30% 할인", text="일요일까지만.", brand="코스타 비바"),
    "hindi": replace(
        FULL,
        headline="गर्मियों की सेल शुरू: हर चीज़ पर ३०% की छूट ☀️",
        text="सिर्फ़ रविवार तक। मुफ़्त डिलीवरी और आसान वापसी।",
        cta="अभी खरीदें",
        brand="कोस्टा विवा",
    ),
    "thai": replace(
        FULL,
        headline="ลดราคาหน้าร้อนเริ่มแล้ว: ทุกอย่างลดสูงสุดถึง 30% เฉพาะสมาชิกใหม่ที่นี่เท่านั้น",
        text="เฉพาะวันอาทิตย์นี้เท่านั้น ส่งฟรีทั่วประเทศและคืนสินค้าได้ง่าย ๆ",
        cta="ซื้อเลย",
    ),
    "burmese": replace(
        FULL, headline="နွေရာသီအရောင်းစတင်ပြီ။ အားလုံးအတွက် ၃၀% လျှော့စျေး", text="အခမဲ့ပို့ဆောင်ပေးပါသည်။", brand="ကော်စတာ"
    ),
    "names too long": replace(FULL, brand="Laboratorio Artigiano di Milano e Provincia", handle="@" + "lungo" * 8),
}


def at(card: Card, style: str, shape: str) -> Card:
    width, height = SHAPES[shape]
    return replace(card, style=style, width=width, height=height)


def decode_rgb(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as found:
        return found.convert("RGB")


def without_letters(composed: Composition, *, art: bool = True) -> Image.Image:
    """Render the card without letters and emoji, but with pills and plates."""
    bare = replace(composed, front=_make_transparent(composed.front))
    images = dict.fromkeys(composed.images, b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>')
    frame = composed.design.frame
    drawn = render_pixels(bare.html(), frame.width, frame.height, {**images, "ground": composed.draw_backdrop(art=art)})
    return drawn.convert("RGB")


def letters_alone(composed: Composition) -> Image.Image:
    """Render the text with its pills as RGBA on a transparent background."""
    frame = composed.design.frame
    return render_pixels(composed.html(None), frame.width, frame.height, composed.images)


def photo_without_letters(photo: bytes, composed: Composition) -> Image.Image:
    """Render a card over a photo without letters and emoji."""
    blank = dict.fromkeys(composed.images, b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>')
    return draw_words_on_photo(photo, replace(composed, front=_make_transparent(composed.front), images=blank))


def _make_transparent(node: Node) -> Node:
    return replace(node, color="transparent", children=tuple(_make_transparent(child) for child in node.children))


def least_contrast(picture: Image.Image, ink: Box, within: Box, color: str) -> float:
    """Return the least WCAG contrast of `color` to the pixels of `ink` inside `within`, as fonts claim more height."""
    left, top = max(0, int(ink.x), int(within.x)), max(0, int(ink.y), int(within.y))
    right, bottom = min(picture.width, int(ink.right)), min(picture.height, int(ink.bottom), int(within.bottom) + 1)
    # Merge colours that differ in their last bit: a gradient has thousands.
    part = picture.crop((left, top, right, bottom)).point(lambda value: value & ~1)
    found = part.getcolors(part.width * part.height) or []
    own = luminance(color) + 0.05
    seen = (rgb_luminance(*value) + 0.05 for _, value in found if isinstance(value, tuple))
    return min(pixel / own if pixel > own else own / pixel for pixel in seen)

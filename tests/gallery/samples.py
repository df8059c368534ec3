"""Samples for the gallery: texts, a logo and a landscape, drawn here."""

from __future__ import annotations

import io
import math
from dataclasses import replace

from PIL import Image, ImageDraw, ImageFilter

from araldo.images.designer import Card
from araldo.posts.slides import split_into_slides

SHAPES = {"16:9": (1200, 675), "1:1": (1080, 1080), "4:5": (1080, 1350), "9:16": (1080, 1920), "1.91:1": (1200, 628)}


def logo() -> bytes:
    """Return a logo: a wave in a ring, dark blue on transparent."""
    picture = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    drawing = ImageDraw.Draw(picture)
    drawing.ellipse((20, 20, 380, 380), outline=(18, 40, 92, 255), width=30)
    crest = [(x, 210 + 42 * math.sin(x / 36)) for x in range(70, 331, 2)]
    drawing.line(crest, fill=(232, 96, 60, 255), width=34, joint="curve")
    return _packed(picture)


def landscape() -> bytes:
    """Return a landscape: hills under a low sun, light above and busy below."""
    picture = Image.new("RGB", (1600, 1200))
    drawing = ImageDraw.Draw(picture)
    for y in range(1200):
        share = y / 1200
        drawing.line((0, y, 1600, y), fill=(int(255 - 60 * share), int(214 - 120 * share), int(170 - 40 * share)))
    glow = Image.new("L", picture.size, 0)
    ImageDraw.Draw(glow).ellipse((980, 90, 1290, 400), fill=255)
    picture.paste((255, 244, 214), mask=glow.filter(ImageFilter.GaussianBlur(26)))
    for layer in range(6):
        base = 560 + layer * 110
        tone = (int(190 - 28 * layer), int(110 - 14 * layer), int(120 - 8 * layer))
        ridge = [
            (x, base - 70 * math.sin(x / (260 - 22 * layer) + layer * 1.7) - 24 * math.sin(x / 57 + layer))
            for x in range(0, 1601, 8)
        ]
        drawing.polygon([(0, 1200), *ridge, (1600, 1200)], fill=tone)
    return _packed(picture.filter(ImageFilter.GaussianBlur(1.2)))


def _packed(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


SLIDES = """5 consigli per foto migliori con il telefono 📸
1. Pulisci l'obiettivo. Sembra ovvio, ma metà delle foto sfocate nasce lì.
2. Cerca la luce di lato. A mezzogiorno aspetta l'ombra.
3. Tieni dritto l'orizzonte
4. Non usare lo zoom. Fai due passi avanti.
5. Scatta tre volte"""
_SUMMER = Card(
    headline="L’estate è già qui: −30% su tutto il catalogo ☀️",
    text="Solo fino a domenica. Spedizione gratuita e resi facili.",
    cta="Acquista ora",
    handle="@costaviva",
    kicker="Offerta",
    brand="Costa Viva",
    mood="estate mare",
)
SAMPLES = {
    "summer": _SUMMER,
    "short": Card("Siamo aperti!", handle="@bottega.lume", mood="bottega"),
    "menu": Card(
        "Da giovedì tornano i tortelli di zucca",
        "Fatti a mano ogni mattina, con la zucca del nostro orto.",
        "Prenota un tavolo",
        "@trattoria.bella",
        "Novità in menù",
        "Trattoria Bella",
        mood="cucina ristorante",
    ),
    "english": Card(
        "We just shipped dark mode 🌙",
        "Your eyes asked, we listened. Update today.",
        "Try it now",
        "@lumen.app",
        "New",
        "Lumen",
        mood="app software",
    ),
    "long": Card(
        "Come abbiamo ridotto del 40% i consumi energetici del nostro laboratorio in un solo anno",
        "Passo dopo passo: le scelte, gli errori e i risultati, dai forni alle luci fino alla logistica. Nel nuovo "
        "articolo del blog raccontiamo tutto, anche quello che rifaremmo in un altro modo.",
        "Leggi l’articolo",
        "@laboratorio_artigiano",
        "Sostenibilità",
        "Laboratorio Artigiano Milano",
        mood="sostenibile verde",
    ),
    "emoji": Card(
        "Team 👩‍👩‍👧‍👦 in festa 🎉 🇮🇹🇯🇵",
        "Ci vediamo sabato 👋🏽 a Roma.",
        "Vieni anche tu 🚀",
        "@studio",
        brand="Studio",
        mood="festa",
    ),
    "arabic": Card(
        "تخفيضات الصيف بدأت: خصم ٣٠٪ على كل شيء ☀️",
        "العرض ساري حتى يوم الأحد فقط. الشحن مجاني.",
        "تسوق الآن",
        "@costaviva",
        "عرض",
        "كوستا فيفا",
        mood="estate mare",
    ),
    "hebrew": Card(
        "הקיץ כבר כאן: 30% הנחה על כל הקטלוג",
        "רק עד יום ראשון. משלוח חינם.",
        "קנו עכשיו",
        "@costaviva",
        "מבצע",
        "קוסטה ויוה",
        mood="estate mare",
    ),
    "japanese": Card(
        "夏が来た：全品30%オフのサマーセール開催中",
        "日曜日まで。送料無料で、返品も簡単です。",
        "今すぐ購入",
        "@costaviva",
        "セール",
        "コスタビバ",
        mood="estate mare",
    ),
    "hindi": Card(
        "गर्मियों की सेल शुरू: हर चीज़ पर ३०% की छूट ☀️",
        "सिर्फ़ रविवार तक। मुफ़्त डिलीवरी और आसान वापसी।",
        "अभी खरीदें",
        "@costaviva",
        "ऑफ़र",
        "कोस्टा विवा",
        mood="estate mare",
    ),
    "thai": Card(
        "ลดราคาหน้าร้อนเริ่มแล้ว: ทุกอย่างลดสูงสุดถึง 30% เฉพาะสมาชิกใหม่",
        "เฉพาะวันอาทิตย์นี้เท่านั้น ส่งฟรีทั่วประเทศและคืนสินค้าได้ง่าย ๆ",
        "ซื้อเลย",
        "@costaviva",
        "โปรโมชั่น",
        "คอสตา วีวา",
        mood="estate mare",
    ),
    "burmese": Card(
        "နွေရာသီအရောင်းစတင်ပြီ။ အားလုံးအတွက် ၃၀% လျှော့စျေး",
        "တနင်္ဂနွေနေ့အထိသာ။ အခမဲ့ပို့ဆောင်ပေးပါသည်။",
        "ယခုဝယ်ပါ",
        "@costaviva",
        mood="estate mare",
    ),
    "stars": Card(
        "⭐⭐⭐⭐⭐ Ultime ore ⏰ prenota ora",
        "1️⃣ Scegli ⌚ 2️⃣ Prenota ℹ️ 3️⃣ Vieni ➜ ♪ 𝗼𝗴𝗴𝗶 👋🏽 👩🏿‍🚒",
        "Prenota ⏩",
        "@studio",
        brand="Studio",
        mood="festa",
    ),
    "logo": replace(_SUMMER, logo=logo(), colors=("#12285c", "#e8603c")),
    "photo": replace(_SUMMER, photo=landscape()),
}


def carousel(style: str) -> list[Card]:
    """Return the cards of a list as one set."""
    said = split_into_slides(SLIDES, "Salva il post")
    base = replace(SAMPLES["summer"], style=style, width=1080, height=1350, mood="fotografia", cta=None)
    return [
        replace(
            base,
            headline=sample.headline,
            text=sample.text,
            kicker=sample.kicker or None,
            family=said[0].headline,
            page=(at, len(said)),
        )
        for at, sample in enumerate(said, 1)
    ]

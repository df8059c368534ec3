"""What a picture says of a post, on posts as they are written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.posts.slides import wordings_of_slides
from araldo.posts.wording import HEADLINE_MAX, KICKER_MAX, TEXT_MAX, Wording, wording_of

POSTS = [
    # Italian
    (
        "Lancio nuovo servizio! 🚀",
        None,
        Wording("Lancio nuovo servizio! 🚀"),
    ),
    (
        "🍂 NOVITÀ IN MENÙ 🍂\n\nDa giovedì tornano i nostri tortelli di zucca, fatti a mano ogni mattina.\n"
        "Prenota il tuo tavolo: 045 123456\n\n#trattoria #verona #zucca",
        "Prenota",
        Wording(
            "Da giovedì tornano i nostri tortelli di zucca, fatti a mano ogni mattina",
            "Prenota il tuo tavolo: 045 123456",
            "NOVITÀ IN MENÙ",
        ),
    ),
    (
        "Offerta: -30% su tutta la collezione estiva fino a domenica! Spedizione gratuita sopra i 50 €.",
        "Acquista ora",
        Wording("-30% su tutta la collezione estiva fino a domenica!", "Spedizione gratuita sopra i 50 €.", "Offerta"),
    ),
    (
        "Buongiorno! ☕ Oggi si sforna presto: cornetti caldi dalle 6.30. Vi aspettiamo in via Roma 12.",
        None,
        Wording("Oggi si sforna presto: cornetti caldi dalle 6.30", "Vi aspettiamo in via Roma 12.", "Buongiorno"),
    ),
    (
        "Il dott. Bianchi e la sig.ra Verdi vi aspettano sabato alle ore 18.30 in sala. Ingresso libero!",
        None,
        Wording(
            "Il dott. Bianchi e la sig.ra Verdi vi aspettano sabato alle ore 18.30 in sala", "Ingresso libero!"
        ),
    ),
    (
        "Dopo tre anni di lavoro, di prove e di notti in bianco, apriamo finalmente le porte del nuovo laboratorio di "
        "ceramica in centro a Faenza",
        None,
        Wording(
            "Dopo tre anni di lavoro, di prove e di notti in bianco",
            "Apriamo finalmente le porte del nuovo laboratorio di ceramica in centro a Faenza",
        ),
    ),
    (
        "Stiamo cercando una persona appassionata di fotografia e social media che voglia crescere insieme al nostro "
        "piccolo studio.\n👉 Candidature entro il 15 maggio\nhttps://studio.example/lavora",
        "Candidati",
        Wording(
            "Stiamo cercando una persona appassionata di fotografia e social media che voglia crescere…",
            "…insieme al nostro piccolo studio. 👉 Candidature entro il 15 maggio",
        ),
    ),
    (
        "Ehi! Hai già visto il nuovo #catalogo?\n\nScopri di più\n\nLink in bio\n#moda #estate2026",
        "Scopri di più",
        Wording("Hai già visto il nuovo catalogo?", "", "Ehi"),
    ),
    (
        "L'estate è già qui. Solo fino a domenica. Spedizione gratuita e resi facili.",
        None,
        Wording("L'estate è già qui", "Solo fino a domenica. Spedizione gratuita e resi facili."),
    ),
    # English
    (
        "We just shipped dark mode 🌙\n\nYour eyes asked, we listened. Update today and tell us what you think!",
        None,
        Wording(
            "We just shipped dark mode 🌙", "Your eyes asked, we listened. Update today and tell us what you think!"
        ),
    ),
    (
        "Big news! We're opening our second bakery on St. Mark's Road this spring. Come and say hi.",
        None,
        Wording("We're opening our second bakery on St. Mark's Road this spring", "Come and say hi.", "Big news"),
    ),
    (
        "NOW HIRING\nSenior baker, full time, early mornings (sorry). Apply by Friday.",
        None,
        Wording("Senior baker, full time, early mornings (sorry)", "Apply by Friday.", "NOW HIRING"),
    ),
    (
        "5 tips for better photos with your phone 📸 1. Clean the lens. 2. Find the light.",
        None,
        Wording("5 tips for better photos with your phone 📸 1. Clean the lens", "2. Find the light."),
    ),
    (
        "Version 3.5 is out: faster, smaller, calmer. Read what changed: https://example.com/notes?v=3.5",
        "Read the notes",
        Wording("Version 3.5 is out: faster, smaller, calmer", "Read what changed"),
    ),
    (
        "New in: linen shirts in six colours",
        None,
        Wording("Linen shirts in six colours", "", "New in"),
    ),
    # Addresses
    ("Leggi la guida (https://example.com/a). Poi torna.", None, Wording("Leggi la guida", "Poi torna.")),
    ("Leggi la [guida](https://example.com/a) e torna.", None, Wording("Leggi la guida e torna")),
    ("Iscriviti qui: https://example.com/a. Ti aspettiamo!", None, Wording("Iscriviti qui", "Ti aspettiamo!")),
    ("Prenota https://example.com/a, poi vieni.", None, Wording("Prenota, poi vieni")),
    ("Tutto su https://it.wikipedia.org/wiki/Mercurio_(pianeta).", None, Wording("Tutto su")),
    ("Scopri 👉 <https://example.com/a#due>", None, Wording("Scopri")),
    ("Vieni su araldo.it e prenota", None, Wording("Vieni su araldo.it e prenota")),
    ("夏の詳細（https://example.com/a）。次へ。", None, Wording("夏の詳細。", "次へ。")),
    ("Il #1 in Italia per #pane e C# #forno", None, Wording("Il #1 in Italia per pane e C#")),
    ("मेरा #हिन्दी लेख", None, Wording("मेरा हिन्दी लेख")),
    # Others
    ("夏が来た。全品30%オフ！送料無料です。", None, Wording("夏が来た。", "全品30%オフ！ 送料無料です。")),
    ("تخفيضات الصيف بدأت! خصم ٣٠٪ على كل شيء.", None, Wording("تخفيضات الصيف بدأت!", "خصم ٣٠٪ على كل شيء.")),
    # Signs of their own at a sentence's end, and words that end in a vowel sign.
    (
        "मुफ़्त डिलीवरी: गर्मियों की सेल शुरू हो गई। हर चीज़ पर छूट। अभी खरीदें।",
        "अभी खरीदें",
        Wording("गर्मियों की सेल शुरू हो गई।", "हर चीज़ पर छूट।", "मुफ़्त डिलीवरी"),
    ),
    ("လျှော့စျေး။ ယခုဝယ်ပါ။", None, Wording("လျှော့စျေး။", "ယခုဝယ်ပါ။")),
    ("ቅናሽ ተጀመረ። አሁን ይግዙ።", None, Wording("ቅናሽ ተጀመረ።", "አሁን ይግዙ።")),
    ("បញ្ចុះតម្លៃ។ ទិញឥឡូវ។", None, Wording("បញ្ចុះតម្លៃ។", "ទិញឥឡូវ។")),
    ("#soloHashtag #altro", None, Wording("")),
    ("", None, Wording("")),
]  # fmt: skip


@pytest.mark.parametrize(("content", "cta", "wording"), POSTS, ids=lambda one: str(one)[:24])
def test_wording_of_typical_posts(content: str, cta: str | None, wording: Wording) -> None:
    assert wording_of(content, cta) == wording


PIECES = (
    *(
        "Ciao!",
        "NOVITÀ:",
        "parola",
        "è",
        "https://x.example/a",
        "#tag",
        "dott.",
        "18.30",
        "🎉",
        "\n",
        "lunghissima" * 9,
    ),
    *("Fine.", "(forse)", "– poi", "e,", "«citato»", "日本。", "!"),
)
WRITTEN = st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join)


@given(WRITTEN | st.text(max_size=500))
def test_the_wording_is_short_and_contains_only_the_posts_words(content: str) -> None:
    wording = wording_of(content)
    assert len(wording.headline) <= HEADLINE_MAX + 1 or not re.search(r"\w", content)
    assert len(wording.text) <= TEXT_MAX + 1
    assert len(wording.kicker) <= KICKER_MAX
    written = re.sub(r"\W", "", re.sub(r"(?i)(?:https?://|www\.)\S+", "", content)).casefold()
    for part in (wording.kicker, wording.headline):
        assert re.sub(r"\W", "", part).casefold() in written


@given(WRITTEN)
def test_any_text_with_letters_gives_a_headline(content: str) -> None:
    said = re.sub(r"https?://\S+|[#]\w+", "", content)
    if re.search(r"\w", said):
        assert wording_of(content).headline


@pytest.mark.parametrize(
    "content",
    [
        f"Ci vediamo{'.' * 60}a presto",
        f"Wow{'!' * 60}x",
        f"Ciao.{'🎉' * 80}a",
        "Ciao" + ".🎉" * 20_000 + "a",
        "#a" * 20_000 + "!",
        "! " * 30_000,
        "x" * 100_000,
        "\n".join(f"{number}. x" for number in range(20_000)),
    ],
    ids=lambda content: content[:12],
)
def test_no_text_takes_long(content: str) -> None:
    assert len(wording_of(content).headline) <= 91
    assert len(wordings_of_slides(content, "Vieni", 10)) == 10


def test_text_without_spaces_is_not_cut_within_a_grapheme() -> None:
    words = wording_of("ที่นี่" * 60)
    assert len(words.headline) <= HEADLINE_MAX + 1
    for part in (words.headline.rstrip("…"), words.text.strip("…")):
        assert {part[index : index + 3] for index in range(0, len(part), 3)} == {"ที่", "นี่"}

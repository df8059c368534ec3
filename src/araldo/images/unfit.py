"""The ways in which a file is no picture for us, each with its sentence."""

from __future__ import annotations

from araldo.errors import Sentence

MAX_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 50_000_000


class Unfit(ValueError):
    """This file cannot be made into a picture that a place accepts. `code` is stable, `sentence` is for people."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.sentence = SENTENCES[code]
        super().__init__(self.sentence.en)


SENTENCES = {
    "empty": Sentence("The file is empty.", "Il file è vuoto."),
    "too_big": Sentence("The file is larger than 25 MB.", "Il file supera 25 MB."),
    "too_many_pixels": Sentence("The picture has more than 50 megapixels.", "L'immagine supera 50 megapixel."),
    "svg": Sentence(
        "SVG drawings are not accepted: export it as PNG.", "I disegni SVG non sono accettati: esportalo in PNG."
    ),
    "format_unsupported": Sentence(
        "This kind of picture is not read: save it as JPEG, PNG, WebP, GIF or AVIF.",
        "Questo tipo di immagine non viene letto: salvala come JPEG, PNG, WebP, GIF o AVIF.",
    ),
    "not_a_picture": Sentence("This file is not a picture.", "Questo file non è un'immagine."),
    "damaged": Sentence(
        "The picture is damaged or cut short: its pixels cannot be read.",
        "L'immagine è danneggiata o incompleta: i suoi pixel non si leggono.",
    ),
    "too_costly": Sentence(
        "Reading this picture takes more time or memory than is allowed: save it anew, smaller, as JPEG or PNG.",
        "Leggere questa immagine richiede più tempo o memoria di quanto consentito: salvala di nuovo, più piccola, "
        "come JPEG o PNG.",
    ),
    "over_cap": Sentence(
        "The picture stays larger than the platform accepts, even at the lowest quality.",
        "L'immagine resta più pesante di quanto la piattaforma accetti, anche alla qualità più bassa.",
    ),
}

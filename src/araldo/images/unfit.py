"""The ways in which a file is no picture for us, each with its message."""

from __future__ import annotations

from araldo.messages import DEFAULT_LANGUAGE, Message

MAX_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 50_000_000


class Unfit(ValueError):
    """This file cannot be made into a picture that a place accepts. `code` is stable, `message` is for people."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.message = MESSAGES[code]
        super().__init__(self.message.to(DEFAULT_LANGUAGE))


MESSAGES = {
    "empty": Message("unfit.sentences_empty"),
    "too_big": Message("unfit.sentences_too_big"),
    "too_many_pixels": Message("unfit.sentences_too_many_pixels"),
    "svg": Message("unfit.sentences_svg"),
    "format_unsupported": Message("unfit.sentences_format_unsupported"),
    "not_a_picture": Message("unfit.sentences_not_a_picture"),
    "damaged": Message("unfit.sentences_damaged"),
    "too_costly": Message("unfit.sentences_too_costly"),
    "over_cap": Message("unfit.sentences_over_cap"),
}

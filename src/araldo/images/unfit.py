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
    "empty": Message("unfit.empty"),
    "too_big": Message("unfit.too_big"),
    "too_many_pixels": Message("unfit.too_many_pixels"),
    "svg": Message("unfit.svg"),
    "format_unsupported": Message("unfit.format_unsupported"),
    "not_a_picture": Message("unfit.not_a_picture"),
    "damaged": Message("unfit.damaged"),
    "too_costly": Message("unfit.too_costly"),
    "over_cap": Message("unfit.over_cap"),
}

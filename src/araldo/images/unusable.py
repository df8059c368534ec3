"""Why a file cannot be used as a picture, by code, each with its message."""

from __future__ import annotations

from araldo.messages import DEFAULT_LANGUAGE, Message

MAX_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 50_000_000


class UnusablePicture(ValueError):
    """The file cannot be made into a picture that a platform accepts. `code` is stable, `message` is for people."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.message = MESSAGES[code]
        super().__init__(self.message.to(DEFAULT_LANGUAGE))


MESSAGES = {
    "empty": Message("picture_file.empty"),
    "too_big": Message("picture_file.too_large"),
    "too_many_pixels": Message("picture_file.too_many_pixels"),
    "svg": Message("picture_file.svg"),
    "format_unsupported": Message("picture_file.format_unsupported"),
    "not_a_picture": Message("picture_file.not_a_picture"),
    "damaged": Message("picture_file.damaged"),
    "too_costly": Message("picture_file.too_costly"),
    "over_cap": Message("picture_file.too_large_for_platform"),
}

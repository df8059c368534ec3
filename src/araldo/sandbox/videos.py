"""Videos, which the sandbox does not play: refused, and who has no Page token hears of that first, as at Meta."""

from __future__ import annotations

from typing import Any

from araldo.sandbox.asks import Ask
from araldo.sandbox.not_emulated import refusal
from araldo.sandbox.records import Page
from araldo.sandbox.replies import bad_parameter


async def refuse(ask: Ask, page: Page) -> Any:
    if ask.token.page is None:
        raise bad_parameter("No permission to publish the video")
    raise refusal(ask.call, "video")

"""Refuse videos, which the sandbox does not emulate; a missing Page token is refused first, as at Meta."""

from __future__ import annotations

from typing import Any

from araldo.sandbox.meta.call_context import CallContext
from araldo.sandbox.meta.not_emulated import refusal
from araldo.sandbox.meta.records import Page
from araldo.sandbox.meta.replies import bad_parameter


async def refuse(context: CallContext, page: Page) -> Any:
    if context.token.page is None:
        raise bad_parameter("No permission to publish the video")
    raise refusal(context.call, "video")

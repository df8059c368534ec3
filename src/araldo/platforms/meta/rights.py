"""Find which right is missing when Meta refuses a call: a permission of the token, or a task on the Page.

Facts: the errors 10 and 200 to 299 say that a right is missing; their text names all rights that the call needs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from araldo.errors import OutsideError, ReconnectNeeded, TryLater
from araldo.messages import Message
from araldo.platforms.base import Declaration, Destination, PlatformContext
from araldo.platforms.meta.app import SERVICE, MetaApp
from araldo.platforms.meta.graph import GraphClient
from araldo.platforms.meta.graph_errors import is_about_rights
from araldo.platforms.meta.inspect import TokenInspector
from araldo.platforms.meta.pages import PageLister
from araldo.platforms.meta.tasks import may_publish
from araldo.platforms.meta.tokens import page_token, person_token


class RightsInspector:
    def __init__(self, context: PlatformContext) -> None:
        self._graph = GraphClient(context)
        self._inspector = TokenInspector(self._graph, MetaApp.of(context), context.clock)

    async def find_lost_task(self, remote_id: str, person_token: str) -> Message | None:
        """Return a message when the person may no longer publish there; None otherwise, or when it is unknown.

        Raises TryLater.
        """
        try:
            tasks = await PageLister(self._graph).read_tasks(remote_id, person_token)
        except TryLater:
            raise
        except OutsideError:
            return None
        return None if may_publish(tasks) else Message("meta.tasks.task_lost")

    async def name_missing_right(
        self, refusal: ReconnectNeeded, destination: Destination, declaration: Declaration
    ) -> ReconnectNeeded:
        """Return the refusal with a message that names the missing right; unchanged when it cannot be found."""
        if not is_about_rights(refusal.code, refusal.subcode):
            return refusal
        try:
            message = await self._find_missing_right(destination, declaration)
        except OutsideError:
            return refusal
        if message is None:
            return refusal
        known: dict[str, Any] = {"code": refusal.code, "subcode": refusal.subcode, "trace_id": refusal.trace_id}
        return ReconnectNeeded(message, service=SERVICE, raw=refusal.raw, **known)

    async def _find_missing_right(self, destination: Destination, declaration: Declaration) -> Message | None:
        known = await self._inspector.read_token_info(page_token(destination))
        granted = known.scopes if known.error is None else None
        missing = [] if granted is None else [scope for scope in declaration.scopes if scope not in granted]
        if missing:
            return Message("health.scopes_missing", {"label": declaration.label, "scopes": ", ".join(missing)})
        person = person_token(destination)
        return None if person is None else await self.find_lost_task(destination.remote_id, person)


class _Publishing(Protocol):
    declaration: Declaration
    rights: RightsInspector


_Method = TypeVar("_Method", bound=Callable[..., Awaitable[Any]])


def names_missing_right(method: _Method) -> _Method:
    """Decorate a platform's method: a ReconnectNeeded that it raises gets a message that names the missing right.

    Uses reads alone, after Meta has answered; the call itself is not repeated.
    """

    @wraps(method)
    async def named(self: _Publishing, destination: Destination, *rest: Any, **more: Any) -> Any:
        try:
            return await method(self, destination, *rest, **more)
        except ReconnectNeeded as refusal:
            named_refusal = await self.rights.name_missing_right(refusal, destination, self.declaration)
            raise named_refusal from refusal.__cause__

    return cast("_Method", named)

"""Which right is missing when Meta refuses for want of one: a permission of the token, or a task on the Page.

Facts: the errors 10 and 200 to 299 say that a right is missing, and their text names all that the call needs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from araldo.errors import OutsideError, ReconnectNeeded, TryLater
from araldo.messages import Message
from araldo.platforms.base import Declaration, Destination, PlatformContext
from araldo.platforms.meta.graph import SERVICE, Graph
from araldo.platforms.meta.graph_errors import is_about_rights
from araldo.platforms.meta.inspect import Inspector
from araldo.platforms.meta.pages import Pages
from araldo.platforms.meta.tasks import may_publish


class Rights:
    def __init__(self, context: PlatformContext) -> None:
        self._graph = Graph(context)
        self._inspector = Inspector(self._graph, context.services[SERVICE], context.clock)

    async def lost_task(self, remote_id: str, person_token: str) -> Message | None:
        """What to say where the person may no longer publish there; None also where Meta does not tell.

        Raises TryLater.
        """
        try:
            tasks = await Pages(self._graph).tasks_on(remote_id, person_token)
        except TryLater:
            raise
        except OutsideError:
            return None
        return None if may_publish(tasks) else Message("meta.tasks.task_lost")

    async def name_missing(
        self, refusal: ReconnectNeeded, to: Destination, declaration: Declaration
    ) -> ReconnectNeeded:
        """The same refusal, its message naming the right that is missing; unchanged where that cannot be told."""
        if not is_about_rights(refusal.code, refusal.subcode):
            return refusal
        try:
            message = await self._missing(to, declaration)
        except OutsideError:
            return refusal
        if message is None:
            return refusal
        known: dict[str, Any] = {"code": refusal.code, "subcode": refusal.subcode, "trace_id": refusal.trace_id}
        return ReconnectNeeded(message, service=SERVICE, raw=refusal.raw, **known)

    async def _missing(self, to: Destination, declaration: Declaration) -> Message | None:
        known = await self._inspector.ask(to.token)
        granted = known.scopes if known.trouble is None else None
        missing = [] if granted is None else [scope for scope in declaration.scopes if scope not in granted]
        if missing:
            return Message("meta.rights.missing", {"label": declaration.label, "scopes": ", ".join(missing)})
        return None if to.read_token is None else await self.lost_task(to.remote_id, to.read_token)


class _Publishing(Protocol):
    declaration: Declaration
    rights: Rights


_Verb = TypeVar("_Verb", bound=Callable[..., Awaitable[Any]])


def naming_missing_right(verb: _Verb) -> _Verb:
    """Decorate a platform's verb: what refuses it for want of a right is asked for that right's name.

    Only after Meta has answered, by reads alone: nothing is sent again.
    """

    @wraps(verb)
    async def named(self: _Publishing, to: Destination, *rest: Any, **more: Any) -> Any:
        try:
            return await verb(self, to, *rest, **more)
        except ReconnectNeeded as refusal:
            named_refusal = await self.rights.name_missing(refusal, to, self.declaration)
            raise named_refusal from refusal.__cause__

    return cast("_Verb", named)

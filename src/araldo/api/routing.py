"""The router of a resource: its routes refuse unknown input."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, FastAPI

from araldo.api.requests import refuse_unknown_input


class ResourceRouter(APIRouter):
    """A router whose routes refuse what they would ignore."""

    def __init__(self, **options: Any) -> None:
        super().__init__(dependencies=[Depends(refuse_unknown_input)], **options)

    def add_to(self, app: FastAPI) -> None:
        """Add the routes to an application.

        FastAPI's `include_router` would build each a second time, at the first request, and look for the route of every
        request in one router after another.
        """
        app.router.routes.extend(self.routes)

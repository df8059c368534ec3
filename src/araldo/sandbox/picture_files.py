"""The pictures of the sandbox's world under their own addresses: what was uploaded, and who it belongs to."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from araldo.sandbox import look
from araldo.sandbox.state import State

_READ = ["GET", "HEAD"]


def router(state: State) -> APIRouter:
    """Everybody may see them, as on the servers that Meta keeps its pictures on."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/favicon.ico", methods=_READ)
    async def icon() -> Response:
        return Response(look.avatar("S"), media_type="image/svg+xml")

    @routes.api_route("/pictures/{name}.jpg", methods=_READ)
    async def picture(name: str) -> Response:
        data = state.disk.picture(name)
        if data is None:
            return Response("no such picture", 404)
        return Response(data, media_type="image/jpeg", headers={"Cache-Control": "public, max-age=86400"})

    @routes.api_route("/pictures/{name}.svg", methods=_READ)
    async def avatar(name: str) -> Response:
        known = state.pages.get(name) or state.instagram.get(name) or state.users.get(name)
        if known is None:
            return Response("no such picture", 404)
        return Response(look.avatar(known.name), media_type="image/svg+xml")

    return routes

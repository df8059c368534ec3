"""Serve the pictures of the sandbox's world: uploads, and avatars of Pages, accounts and people."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from araldo.sandbox.common import html_helpers as html
from araldo.sandbox.meta.state import MetaState

_READ = ["GET", "HEAD"]


def router(state: MetaState) -> APIRouter:
    """Return the routes, which need no token, as at Meta."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/favicon.ico", methods=_READ)
    async def icon() -> Response:
        return Response(html.avatar_svg("S"), media_type="image/svg+xml")

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
        return Response(html.avatar_svg(known.name), media_type="image/svg+xml")

    return routes

"""The control plane, `/_sandbox/`: look into the world, change its laws, move its clock, break its calls."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel

from araldo.sandbox.faults import Fault
from araldo.sandbox.graph import Graph
from araldo.sandbox.state import APP_ID, APP_SECRET, SCOPES, Thing, World

_LIVES: dict[str, float | None] = {
    "user_short": 5_400,
    "user_long": 5_184_000,
    "page": None,
    "system_user": None,
    "app": None,
}


class NewToken(BaseModel):
    """`subject`: a user's or Page's id; `expires_in` in seconds, 0 for never."""

    type: Literal["user_short", "user_long", "page", "system_user", "app"]
    scopes: list[str] | None = None
    expires_in: float | None = None
    subject: str | None = None


class Kill(BaseModel):
    access_token: str
    subcode: int = 460


class ClockChange(BaseModel):
    advance_s: float | None = None
    real: bool | None = None


def router(graph: Graph) -> APIRouter:  # noqa: C901 - one route after another, nothing is nested
    routes = APIRouter(prefix="/_sandbox")
    world = graph.world

    @routes.get("/state")
    async def state() -> dict[str, list[Thing]]:
        return {
            kind: [_shown(world, kind, key, thing) for key, thing in table.items()]
            for kind, table in world.tables.items()
        }

    @routes.get("/log")
    async def log(since: int = 0) -> list[Thing]:
        return [entry for entry in graph.log if entry["n"] > since]

    @routes.post("/reset")
    async def reset() -> dict[str, bool]:
        world.reset()
        graph.log.clear()
        graph.faults.ordered.clear()
        return {"success": True}

    @routes.post("/tokens")
    async def mint(asked: NewToken) -> dict[str, str]:
        if asked.type == "app":
            return {"access_token": f"{APP_ID}|{APP_SECRET}"}
        table = world.table("pages" if asked.type == "page" else "users")
        subject = asked.subject or next(iter(table))
        if subject not in table:
            raise HTTPException(404, f"no {'page' if asked.type == 'page' else 'user'} {subject}")
        life = _LIVES[asked.type] if asked.expires_in is None else asked.expires_in or None
        token = world.mint(asked.type, subject, SCOPES if asked.scopes is None else asked.scopes, life)
        world.save()
        return {"access_token": token}

    @routes.post("/tokens/kill")
    async def kill(asked: Kill) -> dict[str, bool]:
        known = world.table("tokens").get(asked.access_token)
        if known is None:
            raise HTTPException(404, "no such token")
        known["dead"] = asked.subcode
        # With the person's token die the Page tokens that came from it.
        for token in known.get("_page_tokens", {}).values():
            world.table("tokens")[token]["dead"] = asked.subcode
        world.save()
        return {"success": True}

    @routes.get("/faults")
    async def faults() -> list[Fault]:
        return graph.faults.ordered

    @routes.post("/faults")
    async def add_fault(asked: Fault) -> Fault:
        graph.faults.ordered.append(asked)
        return asked

    @routes.delete("/faults")
    async def clear_faults() -> dict[str, bool]:
        graph.faults.ordered.clear()
        return {"success": True}

    @routes.post("/clock")
    async def clock(asked: ClockChange) -> dict[str, float]:
        world.offset_s = 0.0 if asked.real else world.offset_s + (asked.advance_s or 0.0)
        world.save()
        return {"now": world.now(), "offset_s": world.offset_s}

    @routes.get("/settings")
    async def settings() -> dict[str, Any]:
        return world.settings

    @routes.post("/settings")
    async def set_settings(request: Request) -> dict[str, Any]:
        asked = await request.json()
        unknown = [name for name in asked if name not in world.settings]
        if unknown:
            raise HTTPException(422, f"no such setting: {', '.join(unknown)}")
        world.settings |= asked
        world.save()
        return world.settings

    @routes.get("/pictures/{name}")
    async def picture(name: str) -> Response:
        data = world.picture(name.removesuffix(".jpg"))
        if data is None:
            raise HTTPException(404, "no such picture")
        return Response(data, media_type="image/png" if data.startswith(b"\x89PNG") else "image/jpeg")

    return routes


def _shown(world: World, kind: str, key: str, thing: Thing) -> Thing:
    """Graph fields, and ours without their underscore where they tell more; secrets and bytes stay out."""
    shown = {name: value for name, value in thing.items() if not name.startswith("_")}
    if "_picture" in thing:
        shown["picture"] = world.picture_url(thing["_picture"])
    for name in ("_page_id", "_account_id", "_media_id", "_used", "_instagram_id"):
        if name in thing:
            shown[name.removeprefix("_")] = thing[name]
    if "attached_media" in thing:
        shown["attached_media"] = [{"media_fbid": photo_id} for photo_id in thing["attached_media"]]
    if kind == "tokens":
        shown["ends_in"] = key[-4:]
    return shown

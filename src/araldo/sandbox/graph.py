"""Which function answers which call, with the log, the delays and the faults around it."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from araldo.sandbox import instagram, login, pages
from araldo.sandbox.calls import Call, Holder, holder_of, read_call
from araldo.sandbox.faults import Faults, act
from araldo.sandbox.replies import GraphError, nothing_there, parse_fields, pick
from araldo.sandbox.state import Thing, World


class Graph:
    """Every call is worked on alone: what one commits, the next sees whole."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.faults = Faults()
        self.log: list[Thing] = []

    async def answer(self, request: Request) -> Response:
        call = await read_call(request)
        entry: Thing = {
            "n": len(self.log) + 1,
            "at": self.world.now(),
            "method": call.method,
            "path": call.path,
            "params": call.logged_params(),
            "status": None,
            "error_code": None,
            "made": call.made,
        }
        self.log.append(entry)
        response = await self._answered(call, request, entry)
        entry["status"] = response.status_code
        response.headers["facebook-api-version"] = call.version
        response.headers["x-fb-trace-id"] = f"T{entry['n']:010d}"
        return response

    async def _answered(self, call: Call, request: Request, entry: Thing) -> Response:
        await asyncio.sleep(float(self.world.settings["latency_s"]))
        fault = self.faults.take(call)
        if fault is not None and fault.when == "before":
            answer = await act(fault, request)
            if answer is not None:
                return answer
        try:
            body = await self._route(call, str(request.url).split("?")[0])
            status = 200
        except GraphError as error:
            body, status = error.as_json(), error.status
            entry["error_code"] = error.code
        self.world.save()
        if call.method == "POST" and call.parts[-1:] in (["feed"], ["media_publish"]):
            await asyncio.sleep(float(self.world.settings["publish_latency_s"]))
        if fault is not None and fault.when == "after_commit":
            answer = await act(fault, request)
            if answer is not None:
                return answer
        return JSONResponse(body, status)

    async def _route(self, call: Call, url: str) -> Thing:
        match call.method, call.parts:
            case _, ["oauth", "access_token"]:
                return login.access_token(self.world, call)
        holder = holder_of(self.world, call)
        match call.method, call.parts:
            case "GET", ["debug_token"]:
                return login.debug_token(self.world, call, holder)
            case "GET", ["me"]:
                return login.me(self.world, call, holder)
            case "GET", ["me", "accounts"]:
                return login.accounts(self.world, call, holder, url)
            case "GET", ["me", "permissions"]:
                return login.permissions(holder)
            case _, [object_id]:
                return self._node(call, holder, object_id)
            case _, [object_id, edge]:
                return await self._edge(call, holder, object_id, edge, url)
        raise GraphError(2500, "Unknown path components: /" + "/".join(call.parts))

    def _node(self, call: Call, holder: Holder, object_id: str) -> Thing:
        world, fields = self.world, parse_fields(call.params.get("fields", ""))
        post = world.table("posts").get(object_id)
        if call.method == "DELETE" and post is not None:
            return pages.delete_post(world, holder, post)
        if call.method != "GET":
            raise nothing_there(object_id, call.method)
        if post is not None:
            return dict(pick(pages.post_view(world, post), fields, ("id", "message", "created_time")))
        if object_id in world.table("photos"):
            return dict(pick(pages.photo_view(world, world.table("photos")[object_id]), fields))
        if object_id in world.table("containers"):
            return instagram.container_view(world, call, holder, world.table("containers")[object_id])
        if object_id in world.table("media"):
            return dict(pick(instagram.media_view(world.table("media")[object_id]), fields))
        if object_id in world.table("pages"):
            page = world.table("pages")[object_id]
            owns = holder.type in {"USER", "SYSTEM_USER"} and holder.subject == page["_owner"]
            token = login.page_token(world, page, holder) if owns else None
            return dict(pick(login.page_view(world, page, token), fields, ("id", "name")))
        if object_id in world.table("instagram_accounts"):
            return dict(pick(world.table("instagram_accounts")[object_id], fields))
        raise nothing_there(object_id)

    async def _edge(self, call: Call, holder: Holder, object_id: str, edge: str, url: str) -> Thing:
        world = self.world
        page = world.table("pages").get(object_id if object_id != "me" else holder.subject)
        account = world.table("instagram_accounts").get(object_id)
        done: Any = None
        if page is not None:
            match call.method, edge:
                case "POST", "photos":
                    done = await pages.add_photo(world, call, holder, page)
                case "POST", "feed":
                    done = pages.add_post(world, call, holder, page)
                case "GET", "published_posts" | "feed" | "posts":
                    done = pages.published_posts(world, call, holder, page, url)
        elif account is not None:
            done = await self._instagram(call, holder, account, edge, url)
        if done is None:
            raise nothing_there(object_id, call.method)
        return dict(done)

    async def _instagram(self, call: Call, holder: Holder, account: Thing, edge: str, url: str) -> Thing | None:
        world = self.world
        match call.method, edge:
            case "POST", "media":
                return await instagram.create_container(world, call, holder, account)
            case "POST", "media_publish":
                return instagram.publish(world, call, holder, account)
            case "GET", "media" | "stories":
                return instagram.list_media(world, call, holder, account, url, stories=edge == "stories")
            case "GET", "content_publishing_limit":
                return instagram.publishing_limit(world, call, holder, account)
        return None

"""The Graph itself: which call reaches which node and edge, and what happens around every call."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response

from araldo.sandbox import faults, instagram, login, page_nodes, pages, tokens
from araldo.sandbox import instagram_nodes as ig
from araldo.sandbox.asks import Ask, Handler, Kind, Ref, answer
from araldo.sandbox.calls import Call, batch_items, make_call, read_call
from araldo.sandbox.faults import FaultOrder, Faults
from araldo.sandbox.fields import wanted
from araldo.sandbox.records import Business, Container, Instagram, Media, Page, Photo, Post, Story, User
from araldo.sandbox.replies import GraphError, bad_parameter, not_found, reply
from araldo.sandbox.state import Entry, State

_KINDS: dict[type, Kind] = {
    User: page_nodes.USER,
    Business: page_nodes.BUSINESS,
    Page: page_nodes.PAGE,
    Photo: page_nodes.PHOTO,
    Post: page_nodes.POST,
    Story: page_nodes.STORY,
    Instagram: ig.ACCOUNT,
    Container: ig.CONTAINER,
    Media: ig.MEDIA,
}

_EDGES: Mapping[tuple[str, type, str], Handler] = {
    ("GET", User, "accounts"): page_nodes.accounts,
    ("GET", User, "permissions"): login.permissions,
    ("GET", User, "businesses"): page_nodes.businesses,
    ("GET", Business, "owned_pages"): page_nodes.owned_pages,
    ("GET", Business, "client_pages"): page_nodes.client_pages,
    ("POST", Page, "photos"): pages.post_photo,
    ("POST", Page, "feed"): pages.post_feed,
    ("POST", Page, "photo_stories"): pages.post_photo_story,
    ("GET", Page, "published_posts"): page_nodes.published_posts,
    ("GET", Page, "posts"): page_nodes.published_posts,
    ("GET", Page, "feed"): page_nodes.feed,
    ("GET", Page, "scheduled_posts"): page_nodes.scheduled_posts,
    ("GET", Page, "photos"): page_nodes.photos,
    ("GET", Page, "stories"): page_nodes.stories,
    ("POST", Instagram, "media"): instagram.create,
    ("POST", Instagram, "media_publish"): instagram.publish,
    ("GET", Instagram, "media"): ig.media,
    ("GET", Instagram, "stories"): ig.stories,
    ("GET", Instagram, "content_publishing_limit"): ig.content_publishing_limit,
    ("GET", Media, "children"): ig.children,
}

_WRITES: Mapping[tuple[str, type], Handler] = {
    ("POST", Post): pages.update_post,
    ("DELETE", Post): pages.delete_post,
    ("DELETE", Photo): pages.delete_photo,
    ("DELETE", Media): instagram.delete,
}


@dataclass(slots=True)
class Outcome:
    """An answer to send; `fault` replaces it. `body` is JSON."""

    status: int
    body: Any
    version: str
    fault: FaultOrder | None = None


class Graph:
    """Answers calls, one by one or in a batch."""

    def __init__(self, state: State, ordered: Faults) -> None:
        self._state = state
        self._faults = ordered

    async def handle(self, request: Request) -> Response:
        try:
            call = await read_call(request)
        except GraphError as error:
            call = make_call(request.method, request.url.path, dict(request.query_params), None, {})
            return self._send(self._refused(call, error))
        if call.method == "POST" and not call.path and "batch" in call.params:
            return self._send(await self._batch(call))
        return self._send(await self._one(call))

    def _send(self, outcome: Outcome) -> Response:
        if outcome.fault is not None:
            return faults.response(outcome.fault)
        return reply(outcome.body, outcome.status, outcome.version, self._state.switches)

    async def _batch(self, call: Call) -> Outcome:
        """Each item is a call of its own, in the log too; one that a fault strikes comes back as null."""
        try:
            items = batch_items(call)
        except GraphError as error:
            return self._refused(call, error)
        results = []
        for item, said in items:
            outcome = await self._one(item)
            results.append(None if outcome.fault is not None else _in_batch(outcome, said))
        return Outcome(200, results, call.version)

    async def _one(self, call: Call) -> Outcome:
        entry = self._state.open_entry(call.method, call.raw_path, call.struck_out())
        try:
            outcome = await self._with_faults(call, entry)
        finally:
            self._state.close_entry(entry)
            self._state.commit()
        return outcome

    async def _with_faults(self, call: Call, entry: Entry) -> Outcome:
        state = self._state
        if state.switches.latency_s:
            await asyncio.sleep(state.switches.latency_s)
        struck = self._faults.take(call, "before")
        outcome = await self._struck(call, entry, struck) if struck is not None else None
        if outcome is None:
            outcome = await self._carried_out(call, entry)
            later = self._faults.take(call, "after_commit") if outcome.status < 400 and struck is None else None
            if later is not None:
                outcome = await self._struck(call, entry, later) or outcome
        if outcome.fault is None:
            entry.status = outcome.status
            error = outcome.body.get("error") if isinstance(outcome.body, dict) else None
            entry.error_code = error.get("code") if isinstance(error, dict) else None
        return outcome

    async def _struck(self, call: Call, entry: Entry, order: FaultOrder) -> Outcome | None:
        """What the fault makes of the call; None when it only was slow."""
        entry.fault = order.kind
        if order.kind == "slow":
            await asyncio.sleep(order.delay_s if order.delay_s is not None else 1.0)
            return None
        if order.kind == "graph_error":
            return self._refused(call, order.error.raised())
        return Outcome(0, None, call.version, order)

    async def _carried_out(self, call: Call, entry: Entry) -> Outcome:
        state = self._state
        state.go_live()
        try:
            body, visible = await self._body(call, entry)
        except GraphError as error:
            return self._refused(call, error)
        state.close_entry(entry)
        state.commit()
        if visible and state.switches.publish_latency_s:
            await asyncio.sleep(state.switches.publish_latency_s)
        return Outcome(200, body, call.version)

    def _refused(self, call: Call, error: GraphError) -> Outcome:
        switches = self._state.switches
        return Outcome(error.status(switches), error.body(switches, call.text("locale") or None), call.version)

    async def _body(self, call: Call, entry: Entry) -> tuple[Any, bool]:
        """The answer, and whether people can see what the call did."""
        if call.path == "oauth/access_token":
            return login.access_token(self._state, call), False
        ask = Ask(self._state, call, tokens.checked(self._state, call), entry.made)
        if call.path == "debug_token" and call.method == "GET":
            body = await login.debug_token(ask, None)
        elif not call.path:
            body = await self._several(ask)
        else:
            name, _, edge = call.path.partition("/")
            body = await self._reached(ask, name, edge)
        return body, ask.visible

    async def _several(self, ask: Ask) -> dict[str, Any]:
        """`?ids=a,b`: each under its id."""
        names = [str(name) for name in ask.call.listed("ids")]
        if ask.call.method != "GET" or not names:
            raise GraphError(100, message="Unsupported request. Please read the Graph API documentation")
        return {name: await self._reached(ask, name, "") for name in names}

    async def _reached(self, ask: Ask, name: str, edge: str) -> Any:
        wanted(ask.call.text("fields"))  # before anything is done: what cannot be read must not leave a post behind
        record = find_node(ask, name)
        method = ask.call.method
        if not edge and method == "GET":
            if isinstance(record, Container):
                _check_container_read(ask, record)
            return answer(ask, Ref(_KINDS[type(record)], record))
        handler = _EDGES.get((method, type(record), edge)) if edge else _WRITES.get((method, type(record)))
        if handler is None:
            raise _no_such_edge(name, edge, method, _KINDS[type(record)])
        return answer(ask, await handler(ask, record))


def _no_such_edge(name: str, edge: str, method: str, kind: Kind) -> GraphError:
    if edge and method == "GET":
        return bad_parameter(f"Tried accessing nonexisting field ({edge}) on node type ({kind.name})")
    return not_found(name, method)


def _check_container_read(ask: Ask, container: Container) -> None:
    if ask.state.switches.npe_quirk and ask.token.page is not None:
        raise GraphError(100, 33, message="Authorization Error", kind="GraphMethodException")


def find_node(ask: Ask, name: str) -> Any:
    """The record by its id, or `me`; 100/33 also when the token may not see it."""
    state, token = ask.state, ask.token
    if name == "me":
        return state.pages[token.page] if token.page is not None else tokens.person(state, token)
    seen = {page.id for page in tokens.reach(state, token)}
    user = state.users.get(name)
    if user is not None and token.user == user.id:
        return user
    business = state.businesses.get(name)
    if business is not None and token.user is not None:
        return business
    if name in state.pages and name in seen:
        return state.pages[name]
    for row in (state.posts.get(name), state.photos.get(name), state.stories.get(name)):
        if row is not None and row.page in seen:
            return row
    accounts = {state.pages[page].instagram for page in seen}
    if name in state.instagram and name in accounts:
        return state.instagram[name]
    for made in (state.containers.get(name), state.media.get(name)):
        if made is not None and made.instagram in accounts:
            return made
    raise not_found(name, ask.call.method)


def _in_batch(outcome: Outcome, said: Mapping[str, Any]) -> dict[str, Any]:
    body = json.dumps(outcome.body)
    if said.get("omit_response_on_success") and said.get("name") and outcome.status == 200:
        return {"code": outcome.status, "headers": [], "body": ""}
    headers = [
        {"name": "Content-Type", "value": "application/json; charset=UTF-8"},
        {"name": "facebook-api-version", "value": outcome.version},
    ]
    return {"code": outcome.status, "headers": headers, "body": body}

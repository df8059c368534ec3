"""The page of the account under /acme, the pages of single posts, and the files of the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from araldo.sandbox.common import html_helpers as html
from tools.scaffold.acme.sandbox.state import AcmePost, AcmeState


def router(state: AcmeState) -> APIRouter:
    """Return the routes of the pages."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/acme", methods=["GET", "HEAD"])
    async def account(request: Request) -> Response:
        return _page(state, html.choose_language(request), [*state.posts][::-1])

    @routes.api_route("/acme/posts/{name}", methods=["GET", "HEAD"])
    async def post(request: Request, name: str) -> Response:
        found, lang = state.posts.get(name), html.choose_language(request)
        if found is None:
            gone = f'<main><div class="sheet"><h1>{html.translate(lang, "gone")}</h1></div></main>'
            return HTMLResponse(html.html_document(lang, "404", gone, kind="narrow"), 404)
        return _page(state, lang, [found])

    @routes.api_route("/acme/pictures/{name}", methods=["GET", "HEAD"])
    async def picture(name: str) -> Response:
        found = state.pictures.get(name)
        data = state.disk.picture(f"acme_{name}")
        if found is None or data is None:
            return Response("no such file", 404)
        return Response(data, media_type=found.content_type)

    return routes


def _page(state: AcmeState, lang: str, posts: Sequence[AcmePost]) -> Response:
    shown = "".join(_article(state, lang, post) for post in posts)
    empty = f'<p class="empty">{html.translate(lang, "no posts")}</p>'
    body = f'<main><section class="place one">{shown or empty}</section></main>'
    return HTMLResponse(html.html_document(lang, "Acme", body))


def _article(state: AcmeState, lang: str, post: AcmePost) -> str:
    account = state.accounts[post.account]
    by = f"<div><strong>{escape(account.name)}</strong>{html.time_html(lang, post.created)}</div>"
    known = [state.pictures[name] for name in post.pictures]
    pictures = "".join(html.image_html(f"/acme/pictures/{picture.id}", picture.alt) for picture in known)
    opened = f'<a class="open" href="/acme/posts/{post.id}">{escape(state.public_url)}/acme/posts/{post.id}</a>'
    return f'<article><div class="by">{by}</div>{html.text_html(post.text)}{pictures}{opened}</article>'

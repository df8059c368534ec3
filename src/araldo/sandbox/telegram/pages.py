"""The pages of public channels under /t.me, as t.me/s/CHANNEL and t.me/CHANNEL/NUMBER show them."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from araldo.sandbox.common import html_helpers as html
from araldo.sandbox.telegram.records import Chat, ChatMessage
from araldo.sandbox.telegram.state import TelegramState

_READ = ["GET", "HEAD"]


def router(state: TelegramState) -> APIRouter:
    """Return the routes of the pages."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/t.me/files/{number}", methods=_READ)
    async def file(number: str) -> Response:
        data = state.disk.picture(f"telegram_{number}")
        photo = next((known for known in state.files if known.number == number), None)
        if data is None or photo is None:
            return Response("no such file", 404)
        return Response(data, media_type=photo.content_type)

    @routes.api_route("/t.me/{username}", methods=_READ)
    async def channel(request: Request, username: str) -> Response:
        lang, chat = html.choose_language(request), state.find_chat(f"@{username}")
        if chat is None:
            return _gone(lang)
        posts = _posts([message for message in state.messages if message.chat == chat.id])
        shown = "".join(_article(lang, state, chat, post) for post in reversed(posts))
        empty = f'<p class="empty">{html.translate(lang, "no posts")}</p>'
        who = f"<div><h2>{escape(chat.title)}</h2><small>@{escape(username)}</small></div>"
        heading = f'<div class="profile"><div class="who">{who}</div></div>'
        return _page(lang, chat, f'<section class="place one">{heading}{shown or empty}</section>')

    @routes.api_route("/t.me/{username}/{number}", methods=_READ)
    async def message(request: Request, username: str, number: str) -> Response:
        lang, chat = html.choose_language(request), state.find_chat(f"@{username}")
        found = state.messages.get(f"{chat.id}:{number}") if chat is not None else None
        if chat is None or found is None:
            return _gone(lang)
        album = [other for other in state.messages if other.chat == chat.id and _is_with(other, found)]
        return _page(lang, chat, f'<div class="one">{_article(lang, state, chat, album)}</div>')

    return routes


def _is_with(message: ChatMessage, other: ChatMessage) -> bool:
    same_album = message.media_group_id is not None and message.media_group_id == other.media_group_id
    return same_album or message.id == other.id


def _posts(messages: list[ChatMessage]) -> list[list[ChatMessage]]:
    """Return the messages, those of an album together."""
    posts: list[list[ChatMessage]] = []
    for message in messages:
        if posts and _is_with(message, posts[-1][-1]):
            posts[-1].append(message)
        else:
            posts.append([message])
    return posts


def _article(lang: str, state: TelegramState, chat: Chat, messages: list[ChatMessage]) -> str:
    photos = [photo for photo in (state.files.get(message.photo) for message in messages) if photo is not None]
    shown = "".join(html.image_html(f"/t.me/files/{photo.number}") for photo in photos)
    many = f"{' many' if len(photos) > 1 else ''}{' odd' if len(photos) % 2 and len(photos) > 1 else ''}"
    pictures = f'<div class="photos{many}">{shown}</div>' if photos else ""
    by = f"<div><strong>{escape(chat.title)}</strong>{html.time_html(lang, messages[0].date)}</div>"
    texts = "".join(html.text_html(message.text) for message in messages)
    path = f"/t.me/{chat.username}/{messages[0].message_id}"
    opened = f'<a class="open" href="{escape(path)}">{escape(state.public_url + path)}</a>'
    return f'<article><div class="by">{by}</div>{pictures}{texts}{opened}</article>'


def _page(lang: str, chat: Chat, body: str) -> Response:
    return HTMLResponse(html.html_document(lang, chat.title, f"<main>{body}</main>"))


def _gone(lang: str) -> Response:
    body = f'<main><div class="sheet"><h1>{html.translate(lang, "gone")}</h1></div></main>'
    return HTMLResponse(html.html_document(lang, "404", body, kind="narrow"), 404)

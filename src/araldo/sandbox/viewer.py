"""The feeds as people see them: every Page, grid and story, and each post at its own address."""

from __future__ import annotations

import html
from datetime import UTC, datetime

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse

from araldo.sandbox.state import Thing, World

_STYLE = """
:root{color-scheme:light dark;--line:#8884;--card:#fff;--ground:#eef0f4;--dim:#5c636a}
@media(prefers-color-scheme:dark){:root{--card:#1d1f24;--ground:#121317;--dim:#adb1b7}}
*{box-sizing:border-box}body{margin:0;font:16px/1.5 system-ui,sans-serif;background:var(--ground)}
header{padding:1rem 1.5rem;border-bottom:1px solid var(--line);background:var(--card)}
header a{color:inherit;text-decoration:none;font-weight:700}header span{color:var(--dim);margin-left:.6rem}
main{max-width:72rem;margin:0 auto;padding:1.5rem;display:grid;gap:2.5rem}
h2{font-size:1.1rem;margin:0 0 1rem}.feed{display:grid;gap:1.25rem;max-width:36rem}
article{background:var(--card);border:1px solid var(--line);border-radius:12px;overflow:hidden}
article p,article .who{margin:0;padding:.8rem 1rem}article .who{font-weight:600}
article time{display:block;font-weight:400;font-size:.85rem;color:var(--dim)}
article p{white-space:pre-wrap;overflow-wrap:anywhere}img{display:block;width:100%;height:auto}
.grid{display:grid;grid-template-columns:repeat(3,1fr);gap:4px;max-width:36rem}
.stories{display:flex;gap:1rem;flex-wrap:wrap}.stories a{width:9.5rem;border-radius:14px;overflow:hidden;
outline:3px solid #d6336c;outline-offset:2px}.empty{color:var(--dim)}
.full{background:#000;min-height:100vh;display:grid;place-items:center}
.full figure{position:relative;margin:0;height:100vh;aspect-ratio:9/16;max-width:100vw}
.full img{height:100%;object-fit:contain}.full figcaption{position:absolute;inset:0 0 auto;padding:1rem;color:#fff;
font-weight:600;text-shadow:0 0 6px #000}.full figcaption i{display:block;height:3px;border-radius:2px;background:#fff;
margin-bottom:.8rem}
"""


def router(world: World) -> APIRouter:
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/")
    async def home() -> str:
        parts = [_page(world, page) for page in world.table("pages").values()]
        parts += [_account(world, account) for account in world.table("instagram_accounts").values()]
        return _document("Sandbox", f"<main>{''.join(parts)}</main>")

    @routes.get("/{permalink_id}/posts/{number}")
    async def facebook_post(permalink_id: str, number: str) -> str:
        link = f"{world.public_url}/{permalink_id}/posts/{number}"
        post = next((one for one in world.table("posts").values() if one["permalink_url"] == link), None)
        if post is None:
            raise HTTPException(404, "This content isn't available right now")
        return _document("Post", f'<main><div class="feed">{_post(world, post)}</div></main>')

    @routes.get("/p/{shortcode}/")
    @routes.get("/p/{shortcode}")
    async def instagram_post(shortcode: str) -> str:
        media = next((one for one in world.table("media").values() if one["shortcode"] == shortcode), None)
        if media is None or media["media_product_type"] != "FEED":
            raise HTTPException(404, "Sorry, this page isn't available.")
        shown = _article(
            media["username"], media["_created"], media["caption"], [media["media_url"]], picture_first=True
        )
        return _document("Post", f'<main><div class="feed">{shown}</div></main>')

    @routes.get("/stories/{username}/{media_id}")
    async def story(username: str, media_id: str) -> str:
        media = world.table("media").get(media_id)
        if media is None or media["media_product_type"] != "STORY" or media["username"] != username:
            raise HTTPException(404, "This story is no longer available.")
        body = (
            f'<div class="full"><figure><figcaption><i></i>{html.escape(username)}</figcaption>'
            f'<img src="{html.escape(media["media_url"])}" alt="{html.escape(media["alt_text"] or "")}"></figure></div>'
        )
        return _document("Story", body, bare=True)

    return routes


def _document(title: str, body: str, *, bare: bool = False) -> str:
    head = (
        ""
        if bare
        else '<header><a href="/">Sandbox</a><span>nothing here is real · niente di questo è reale</span></header>'
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body>{head}{body}</body></html>"
    )


def _page(world: World, page: Thing) -> str:
    posts = [post for post in world.table("posts").values() if post["_page_id"] == page["id"] and post["is_published"]]
    shown = "".join(_post(world, post) for post in reversed(posts)) or '<p class="empty">No posts yet.</p>'
    return f'<section><h2>{html.escape(page["name"])} · Page</h2><div class="feed">{shown}</div></section>'


def _account(world: World, account: Thing) -> str:
    media = [one for one in world.table("media").values() if one["_account_id"] == account["id"]]
    feed = [one for one in reversed(media) if one["media_product_type"] == "FEED"]
    stories = [
        one
        for one in reversed(media)
        if one["media_product_type"] == "STORY" and one["_created"] > world.now() - 86_400
    ]
    grid = "".join(_tile(one) for one in feed) or '<p class="empty">No posts yet.</p>'
    ring = "".join(_tile(one) for one in stories) or '<p class="empty">No stories today.</p>'
    name = html.escape(account["username"])
    return (
        f'<section><h2>@{name} · Instagram</h2><div class="grid">{grid}</div></section>'
        f'<section><h2>@{name} · Stories</h2><div class="stories">{ring}</div></section>'
    )


def _tile(media: Thing) -> str:
    source, link = html.escape(media["media_url"]), html.escape(media["permalink"])
    return f'<a href="{link}"><img src="{source}" alt="{html.escape(media["caption"] or "")}"></a>'


def _post(world: World, post: Thing) -> str:
    page = world.table("pages")[post["_page_id"]]
    pictures = [world.picture_url(world.table("photos")[photo_id]["_picture"]) for photo_id in post["attached_media"]]
    link = html.escape(post["permalink_url"])
    return f'<a href="{link}" style="color:inherit;text-decoration:none">{_article(page["name"], post["_created"], post["message"], pictures)}</a>'


def _article(who: str, created: float, text: str | None, pictures: list[str], *, picture_first: bool = False) -> str:
    when = datetime.fromtimestamp(created, UTC)
    heading = f'<div class="who">{html.escape(who)}<time datetime="{when.isoformat()}">{when:%d %b %Y, %H:%M} UTC</time></div>'
    words = f"<p>{html.escape(text)}</p>" if text else ""
    shown = "".join(f'<img src="{html.escape(source)}" alt="">' for source in pictures)
    return f"<article>{heading}{shown + words if picture_first else words + shown}</article>"

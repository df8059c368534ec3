"""The feeds as people see them: every Page, grid and story, each post at its own address, and the pictures."""

from __future__ import annotations

import html
from datetime import UTC, datetime

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from araldo.sandbox import instagram_nodes, page_nodes
from araldo.sandbox.asks import Ask
from araldo.sandbox.calls import Call
from araldo.sandbox.graph import Graph
from araldo.sandbox.records import Instagram, Media, Page, Post, Story, Token
from araldo.sandbox.state import State

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
a.post{color:inherit;text-decoration:none}
.grid{display:grid;grid-template-columns:repeat(3,1fr);gap:4px;max-width:36rem}
.stories{display:flex;gap:1rem;flex-wrap:wrap}.stories a{width:9.5rem;border-radius:14px;overflow:hidden;
outline:3px solid #d6336c;outline-offset:2px}.empty{color:var(--dim)}
.full{background:#000;min-height:100vh;display:grid;place-items:center}
.full figure{position:relative;margin:0;height:100vh;aspect-ratio:9/16;max-width:100vw}
.full img{height:100%;object-fit:contain}.full figcaption{position:absolute;inset:0 0 auto;padding:1rem;color:#fff;
font-weight:600;text-shadow:0 0 6px #000}.full figcaption i{display:block;height:3px;border-radius:2px;background:#fff;
margin-bottom:.8rem}
"""


def router(state: State, graph: Graph) -> APIRouter:
    """The pages over this world; a call for the Graph's root that names no version goes to `graph`."""
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
    viewer = _Viewer(state)

    @routes.get("/")
    async def home(request: Request) -> Response:
        if request.query_params:
            return await graph.handle(request)
        state.go_live()
        return HTMLResponse(viewer.home())

    @routes.get("/{number}/posts/{post}")
    async def facebook_post(number: str, post: str) -> str:
        return viewer.facebook_post(number, post)

    @routes.get("/p/{shortcode}/")
    @routes.get("/p/{shortcode}")
    async def instagram_post(shortcode: str) -> str:
        return viewer.instagram_post(shortcode)

    @routes.get("/stories/{owner}/{name}")
    async def story(owner: str, name: str) -> str:
        return viewer.story(owner, name)

    @routes.get("/stories/{name}")
    async def page_story(name: str) -> str:
        return viewer.story("", name)

    _add_pictures(routes, state)
    return routes


def _add_pictures(routes: APIRouter, state: State) -> None:
    @routes.get("/favicon.ico")
    async def icon() -> Response:
        return Response(_avatar("S"), media_type="image/svg+xml")

    @routes.get("/photo/{name}")
    async def photo(name: str) -> str:
        if name not in state.photos:
            raise HTTPException(404, "This content isn't available right now")
        return document("Photo", f"<main>{_image(_picture(state, name), '')}</main>")

    @routes.api_route("/pictures/{name}.jpg", methods=["GET", "HEAD"])
    async def picture(name: str) -> Response:
        data = state.disk.picture(name)
        if data is None:
            raise HTTPException(404, "no such picture")
        return Response(data, media_type="image/jpeg", headers={"Cache-Control": "public, max-age=86400"})

    @routes.api_route("/pictures/{name}.svg", methods=["GET", "HEAD"])
    async def avatar(name: str) -> Response:
        known = state.pages.get(name) or state.instagram.get(name) or state.users.get(name)
        if known is None:
            raise HTTPException(404, "no such picture")
        return Response(_avatar(known.name), media_type="image/svg+xml")


class _Viewer:
    """Reads the world as nobody in particular; what is not published is not there."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._ask = Ask(state, Call("GET", "", "", "", {}), Token("", "APP", "", 0, 0, 0))

    def home(self) -> str:
        parts = [self._page(page) for page in self._state.pages]
        parts += [self._account(account) for account in self._state.instagram]
        return document("Sandbox", f"<main>{''.join(parts)}</main>")

    def facebook_post(self, number: str, name: str) -> str:
        for post in self._state.posts:
            if post.is_published and page_nodes.permalink(self._ask, post).endswith(f"/{number}/posts/{name}"):
                return document("Post", f'<main><div class="feed">{self._post(post)}</div></main>')
        raise HTTPException(404, "This content isn't available right now")

    def instagram_post(self, shortcode: str) -> str:
        for media in self._state.media:
            if media.shortcode == shortcode and media.media_product_type == "FEED" and media.parent is None:
                who = self._state.instagram[media.instagram].username
                shown = _article(who, media.created, media.caption, self._pictures(media), picture_first=True)
                return document("Post", f'<main><div class="feed">{shown}</div></main>')
        raise HTTPException(404, "Sorry, this page isn't available.")

    def story(self, owner: str, name: str) -> str:
        media, told = self._state.media.get(name), self._state.stories.get(name)
        if media is not None and media.media_product_type == "STORY":
            who, picture = self._state.instagram[media.instagram].username, media.picture or ""
        elif told is not None:
            who, picture = self._state.pages[told.page].name, told.photo
        else:
            raise HTTPException(404, "This story is no longer available.")
        image = _image(_picture(self._state, picture), media.alt_text if media is not None else "")
        figure = f"<figure><figcaption><i></i>{html.escape(who)}</figcaption>{image}</figure>"
        return document("Story", f'<div class="full">{figure}</div>', bare=True)

    def _page(self, page: Page) -> str:
        posts = page_nodes.posts_of(self._ask, page, published=True)
        shown = "".join(f'<a class="post" href="{self._link(post)}">{self._post(post)}</a>' for post in posts)
        stories = [story for story in self._state.stories if story.page == page.id and self._fresh(story.created)]
        ring = "".join(self._told(story) for story in reversed(stories))
        section = _section(f"{page.name} · Page", "feed", shown, "No posts yet.")
        return section + (_section(f"{page.name} · Stories", "stories", ring, "") if ring else "")

    def _account(self, account: Instagram) -> str:
        feed = instagram_nodes.media_of(self._ask, account, "FEED")
        stories = instagram_nodes.media_of(self._ask, account, "STORY")
        grid = "".join(self._tile(media) for media in feed)
        ring = "".join(self._tile(media) for media in stories if self._fresh(media.created))
        return _section(f"@{account.username} · Instagram", "grid", grid, "No posts yet.") + _section(
            f"@{account.username} · Stories", "stories", ring, "No stories today."
        )

    def _fresh(self, created: float) -> bool:
        return self._state.now() - created < instagram_nodes.DAY_S

    def _link(self, post: Post) -> str:
        return html.escape(page_nodes.permalink(self._ask, post))

    def _post(self, post: Post) -> str:
        pictures = [_picture(self._state, name) for name in post.photos]
        return _article(self._state.pages[post.page].name, post.created, post.message, pictures)

    def _pictures(self, media: Media) -> list[str]:
        names = [self._state.media[child].picture for child in media.children] or [media.picture]
        return [_picture(self._state, name) for name in names if name is not None]

    def _tile(self, media: Media) -> str:
        link = html.escape(instagram_nodes.permalink(self._ask, media))
        return f'<a href="{link}">{_image(self._pictures(media)[0], media.caption)}</a>'

    def _told(self, story: Story) -> str:
        return f'<a href="/stories/{story.page}/{story.id}">{_image(_picture(self._state, story.photo), "")}</a>'


def document(title: str, body: str, *, bare: bool = False) -> str:
    """A whole page; `bare` has no heading."""
    heading = '<header><a href="/">Sandbox</a><span>nothing here is real · niente di questo è reale</span></header>'
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body>{'' if bare else heading}{body}</body></html>"
    )


def _section(title: str, kind: str, shown: str, empty: str) -> str:
    inside = shown or f'<p class="empty">{empty}</p>'
    return f'<section><h2>{html.escape(title)}</h2><div class="{kind}">{inside}</div></section>'


def _article(who: str, created: float, text: str, pictures: list[str], *, picture_first: bool = False) -> str:
    when = datetime.fromtimestamp(created, UTC)
    time = f'<time datetime="{when.isoformat()}">{when:%d %b %Y, %H:%M} UTC</time>'
    words = f"<p>{html.escape(text)}</p>" if text else ""
    shown = "".join(_image(source, "") for source in pictures)
    body = shown + words if picture_first else words + shown
    return f'<article><div class="who">{html.escape(who)}{time}</div>{body}</article>'


def _picture(state: State, name: str) -> str:
    return f"{state.public_url}/pictures/{name}.jpg"


def _image(source: str, alt: str) -> str:
    return f'<img src="{html.escape(source)}" alt="{html.escape(alt)}">'


def _avatar(name: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="50" height="50"><rect width="50" height="50" fill="#3b5bdb"/>'
        '<text x="25" y="33" font-size="24" text-anchor="middle" fill="#fff" font-family="sans-serif">'
        f"{html.escape(name[:1].upper())}</text></svg>"
    )

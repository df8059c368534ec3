"""HTML pages of the feeds as people see them: every Page, grid and story, and each post at its own URL."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from araldo.sandbox.common import html_helpers as html
from araldo.sandbox.common.html_helpers import ViewerLink
from araldo.sandbox.meta import instagram_nodes, page_nodes
from araldo.sandbox.meta.call_context import CallContext
from araldo.sandbox.meta.calls import Call
from araldo.sandbox.meta.comment_view import comment_list
from araldo.sandbox.meta.comments import comments_on
from araldo.sandbox.meta.graph import GraphHandler
from araldo.sandbox.meta.records import Instagram, Media, Page, Post, Story, Token
from araldo.sandbox.meta.state import MetaState
from araldo.sandbox.meta.texts import translate

# Query parameters that mark a request to "/" as a Graph call instead of a visit to the front page.
_ASKED_OF_GRAPH = frozenset({"access_token", "ids", "id", "batch", "fields"})

_READ = ["GET", "HEAD"]


def router(state: MetaState, graph: GraphHandler, viewers: Sequence[ViewerLink]) -> APIRouter:
    """Return the routes of the viewer; a Graph call to "/" without a version goes to `graph`.

    `viewers`: the pages of other services, which the front page links to.
    """
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/", methods=_READ)
    async def home(request: Request) -> Response:
        if _ASKED_OF_GRAPH & set(request.query_params) or "authorization" in request.headers:
            return await graph.handle(request)
        state.publish_due_posts()
        return HTMLResponse(_Viewer(state, html.choose_language(request)).home(viewers))

    @routes.api_route("/{number}/posts/{post}", methods=_READ)
    async def facebook_post(request: Request, number: str, post: str) -> Response:
        state.publish_due_posts()
        return _html_or_404(request, _Viewer(state, html.choose_language(request)).facebook_post(number, post))

    @routes.api_route("/p/{shortcode}/", methods=_READ)
    @routes.api_route("/p/{shortcode}", methods=_READ)
    async def instagram_post(request: Request, shortcode: str) -> Response:
        return _html_or_404(request, _Viewer(state, html.choose_language(request)).instagram_post(shortcode))

    @routes.api_route("/stories/{owner}/{name}", methods=_READ)
    @routes.api_route("/stories/{name}", methods=_READ)
    async def story(request: Request, name: str, owner: str = "") -> Response:
        return _html_or_404(request, _Viewer(state, html.choose_language(request)).story(name))

    @routes.api_route("/photo/{name}", methods=_READ)
    async def photo(request: Request, name: str) -> Response:
        return _html_or_404(request, _Viewer(state, html.choose_language(request)).photo(name))

    return routes


def _html_or_404(request: Request, page: str | None) -> Response:
    if page is not None:
        return HTMLResponse(page)
    lang = html.choose_language(request)
    gone = translate(lang, "gone")
    body = f'<main><div class="sheet"><h1>{gone}</h1></div></main>'
    return HTMLResponse(html.html_document(lang, "404", body, kind="narrow"), 404)


class _Viewer:
    """Builds pages from the world as an anonymous visitor sees it; None for what is not published."""

    def __init__(self, state: MetaState, lang: str) -> None:
        self._state = state
        self._lang = lang
        self._context = CallContext(state, Call("GET", "", "", "", {}), Token("", "APP", "", 0, 0, 0))

    def home(self, viewers: Sequence[ViewerLink]) -> str:
        brands = "".join(
            f'<div class="brand">{self._page(page)}{self._account(page)}</div>' for page in self._state.pages
        )
        empty = f'<p class="empty">{translate(self._lang, "empty world")}</p>'
        return html.html_document(self._lang, "Feed", f"<main>{html.viewer_links(viewers)}{brands or empty}</main>")

    def facebook_post(self, number: str, name: str) -> str | None:
        for post in self._state.posts:
            if post.is_published and page_nodes.permalink(self._context, post).endswith(f"/{number}/posts/{name}"):
                title = self._state.pages[post.page].name
                return html.html_document(self._lang, title, f'<main><div class="one">{self._post(post)}</div></main>')
        return None

    def instagram_post(self, shortcode: str) -> str | None:
        for media in self._state.media:
            if media.shortcode == shortcode and media.media_product_type == "FEED" and media.parent is None:
                return html.html_document(self._lang, self._username(media), f"<main>{self._square(media)}</main>")
        return None

    def photo(self, name: str) -> str | None:
        photo = self._state.photos.get(name)
        if photo is None:
            return None
        below = comment_list(self._state, self._lang, comments_on(self._state, photo.id))
        shown = html.image_html(_picture(name), photo.alt_text) + html.text_html(photo.message) + below
        shown = f'<article class="one">{shown}</article>'
        return html.html_document(self._lang, translate(self._lang, "photo"), f"<main>{shown}</main>")

    # -- Facebook -----------------------------------------------------------------------------------------------------

    def _page(self, page: Page) -> str:
        posts = page_nodes.posts_of(self._context, page, published=True)
        stories = self._recent_stories(page.id)
        heading = self._heading(page.id, page.name, page.category, len(posts))
        shown = "".join(self._post(post, link=True) for post in posts)
        return (
            f'<section class="place"><div class="wall"><div class="cover"></div>{heading}</div>'
            f"{self._reel(stories)}{shown or self._empty('wall')}</section>"
        )

    def _post(self, post: Post, *, link: bool = False) -> str:
        page = self._state.pages[post.page]
        permalink = page_nodes.permalink(self._context, post)
        by = f"<div><strong>{escape(page.name)}</strong>{html.time_html(self._lang, post.created)}</div>"
        photos = [(name, self._state.photos[name].alt_text) for name in post.photos if name in self._state.photos]
        shown = "".join(html.image_html(_picture(name), alt) for name, alt in photos)
        kind = f"photos{' many' if len(photos) > 1 else ''}{' odd' if len(photos) % 2 and len(photos) > 1 else ''}"
        below = f'<div class="{kind}">{shown}</div>' if photos else _link_card(post.link)
        text = html.text_html(post.message)
        opened = f'<a class="open" href="{escape(urlsplit(permalink).path)}">{escape(permalink)}</a>' if link else ""
        details = comment_list(self._state, self._lang, comments_on(self._state, post.id))
        return f'<article><div class="by">{html.avatar_html(page.id)}{by}</div>{text}{below}{opened}{details}</article>'

    # -- Instagram ----------------------------------------------------------------------------------------------------

    def _account(self, page: Page) -> str:
        account = self._state.instagram.get(page.instagram)
        if account is None:
            return ""
        feed = instagram_nodes.media_of(self._context, account, "FEED")
        stories = self._recent_stories(account.id)
        heading = self._heading(account.id, f"@{account.username}", account.name, len(feed), ring=bool(stories))
        grid = "".join(self._tile(media) for media in feed)
        shown = (
            f'<div class="grid">{grid}</div>' if grid else f'<p class="empty">{translate(self._lang, "no posts")}</p>'
        )
        return f'<section class="place"><div class="profile">{heading}{self._reel(stories)}{shown}</div></section>'

    def _tile(self, media: Media) -> str:
        pictures = self._pictures(media)
        count = f'<span class="count">{len(pictures)}</span>' if len(pictures) > 1 else ""
        picture = html.image_html(pictures[0], media.alt_text or media.caption)
        return f'<a href="/p/{media.shortcode}/">{picture}{count}</a>'

    def _square(self, media: Media) -> str:
        username = self._username(media)
        strip = "".join(html.image_html(source, media.alt_text) for source in self._pictures(media))
        by = f"<div><strong>{escape(username)}</strong>{html.time_html(self._lang, media.created)}</div>"
        below = comment_list(self._state, self._lang, instagram_nodes.comments_of(self._state, media))
        heading = f'<div class="by">{html.avatar_html(media.instagram)}{by}</div>'
        details = f"<div>{heading}{html.text_html(media.caption)}{below}</div>"
        return f'<article class="square"><div class="strip">{strip}</div>{details}</article>'

    def _username(self, media: Media) -> str:
        return self._state.instagram[media.instagram].username

    def _pictures(self, media: Media) -> list[str]:
        children = [self._state.media[name] for name in media.children if name in self._state.media]
        return [_picture(medium.picture) for medium in children or [media] if medium.picture is not None]

    # -- stories ------------------------------------------------------------------------------------------------------

    def _recent_stories(self, owner: str) -> list[Media | Story]:
        """Return the stories of the last day, oldest first."""
        stories: list[Media | Story] = [story for story in self._state.stories if story.page == owner]
        stories += [
            media
            for media in self._state.media
            if media.instagram == owner and media.media_product_type == "STORY" and media.parent is None
        ]
        return [story for story in stories if self._state.now() - story.created < instagram_nodes.DAY_S]

    def _reel(self, stories: Sequence[Media | Story]) -> str:
        shown = "".join(
            f'<a href="/stories/{story.id}" aria-label="{translate(self._lang, "story")}">'
            f"{html.image_html(_picture(_story_picture(story)))}{html.avatar_html(_owner(story))}</a>"
            for story in stories
        )
        return f'<div class="reel" aria-label="{translate(self._lang, "stories")}">{shown}</div>' if shown else ""

    def story(self, name: str) -> str | None:
        found: Media | Story | None = self._state.stories.get(name) or self._state.media.get(name)
        if found is None or (isinstance(found, Media) and found.media_product_type != "STORY"):
            return None
        owner = _owner(found)
        place: Page | Instagram = self._state.pages.get(owner) or self._state.instagram[owner]
        who = place.name if isinstance(place, Page) else place.username
        alt = found.alt_text if isinstance(found, Media) else ""
        details = f"<div><strong>{escape(who)}</strong>{html.time_html(self._lang, found.created)}</div>"
        figure = (
            f"<figure>{html.image_html(_picture(_story_picture(found)), alt)}"
            f"<figcaption><i></i><div>{html.avatar_html(owner)}{details}</div></figcaption></figure>"
        )
        return html.html_document(
            self._lang,
            who,
            f'<div class="tale">{figure}<nav>{self._story_links(found, owner)}</nav></div>',
            kind="full",
        )

    def _story_links(self, story: Media | Story, owner: str) -> str:
        names = [story.id for story in self._recent_stories(owner)]
        after = names[names.index(story.id) + 1 :] if story.id in names else []
        back = f'<a class="back" href="/">{translate(self._lang, "back")}</a>'
        return back + (
            f'<a class="next" href="/stories/{after[0]}">{translate(self._lang, "next")}</a>' if after else ""
        )

    # -- both ---------------------------------------------------------------------------------------------------------

    def _heading(self, name: str, title: str, about: str, count: int, *, ring: bool = False) -> str:
        posts = translate(self._lang, "post" if count == 1 else "posts")
        details = f"<h2>{escape(title)}</h2><small>{escape(about)} · {count} {posts}</small>"
        return f'<div class="who">{html.avatar_html(name, ring=ring)}<div>{details}</div></div>'

    def _empty(self, kind: str) -> str:
        return f'<div class="{kind}"><p class="empty">{translate(self._lang, "no posts")}</p></div>'


def _picture(name: str) -> str:
    return f"/pictures/{name}.jpg"


def _story_picture(story: Media | Story) -> str:
    return (story.picture or "") if isinstance(story, Media) else story.photo


def _owner(story: Media | Story) -> str:
    return story.instagram if isinstance(story, Media) else story.page


def _link_card(link: str) -> str:
    if not link:
        return ""
    host = escape(urlsplit(link).hostname or "")
    return f'<a class="link" href="{escape(link)}" rel="nofollow noopener"><small>{host}</small>{escape(link)}</a>'

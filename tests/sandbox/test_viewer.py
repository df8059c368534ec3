"""The viewer: only what is published, escaped, in every language, without external resources."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.sandbox.meta import PAGE, Meta
from tests.sandbox.test_calls import raw
from tests.sandbox.test_tokens import page_token


@pytest.fixture
async def token(meta: Meta) -> str:
    return await page_token(meta, await meta.token())


async def read_page(meta: Meta, path: str, lang: str = "en-US,en;q=0.9") -> str:
    status, page, _ = await raw(meta, "GET", path, headers={"Accept-Language": lang})
    assert status == 200
    return str(page)


async def test_the_viewer_escapes_texts(meta: Meta, token: str) -> None:
    hostile = '<script>alert(1)</script> http://a.b/"><img src=x onerror=y> #<i>'
    made = await meta.post(f"{PAGE}/feed", token, message=hostile, fields="permalink_url")
    for url in ("/", urlsplit(made.body["permalink_url"]).path):
        page = await read_page(meta, url)
        assert "<script" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;" in page


async def test_the_viewer_shows_posts_stories_and_pictures(meta: Meta, token: str, pictures: str) -> None:
    user = await meta.token()
    photos = [(await meta.photo(token, alt_text_custom="un gatto")).body["id"] for _ in range(3)]
    media = [{"media_fbid": photo} for photo in photos]
    await meta.post(f"{PAGE}/feed", token, message="Tre foto #gatti https://example.org/", attached_media=media)
    await meta.post(f"{PAGE}/feed", token, message="nascosto", published=False)
    await meta.post(f"{PAGE}/feed", token, message="più tardi", published=False, scheduled_publish_time="+1 hour")
    await meta.post(f"{PAGE}/photo_stories", token, photo_id=(await meta.photo(token)).body["id"])
    post = await meta.publish(
        user, await meta.container(user, f"{pictures}/800x800.jpg", caption="ciao", alt_text="blu")
    )
    links = (await meta.get(post.body["id"], user, fields="permalink")).body["permalink"]
    story = await meta.container(user, f"{pictures}/1080x1920.jpg", media_type="STORIES")
    tale = (await meta.get((await meta.publish(user, story)).body["id"], user, fields="permalink")).body["permalink"]
    page = await read_page(meta, "/")
    assert "Tre foto <b>#gatti</b>" in page
    assert 'alt="un gatto"' in page
    for hidden in ("nascosto", "più tardi", "like", "follower"):
        assert hidden not in page.lower().replace("<style>", "")
    assert "ciao" in await read_page(meta, urlsplit(links).path)
    assert "studio.demo" in await read_page(meta, urlsplit(tale).path)
    for address in re.findall(r'(?:src|href)="(/[^"]*)"', page):
        for method in ("GET", "HEAD"):
            assert (await raw(meta, method, address))[0] == 200, address
    assert set(re.findall(r'src="(?!/)([^"]+)"', page)) == set()
    await meta.control("POST", "clock", {"advance_s": 3601})
    assert "più tardi" in await read_page(meta, "/")


async def test_the_viewer_is_in_the_browsers_language(meta: Meta) -> None:
    assert 'lang="it"' in await read_page(meta, "/", "it-IT,it;q=0.9,en;q=0.8")
    assert "Ancora nessun post." in await read_page(meta, "/?lang=it")
    assert "Todavía no hay publicaciones." in await read_page(meta, "/", "ca,es-MX;q=0.9")
    assert "No posts yet." in await read_page(meta, "/")
    status, page, _ = await raw(meta, "GET", "/p/nothing/", headers={"Accept-Language": "it"})
    assert (status, "non è disponibile" in page) == (404, True)


async def test_a_draft_has_no_page_in_the_viewer(meta: Meta, token: str) -> None:
    made = await meta.post(f"{PAGE}/feed", token, message="x", published=False, fields="permalink_url")
    assert (await raw(meta, "GET", urlsplit(made.body["permalink_url"]).path))[0] == 404

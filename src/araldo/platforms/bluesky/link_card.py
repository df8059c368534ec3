"""The card of a link: title and description of its page, read by us, as readers' apps do not.

Facts: the lexicon app.bsky.embed.external (uri, title and description; the picture is optional) and
https://docs.bsky.app/docs/advanced-guides/posts#website-card-embeds. The properties: https://ogp.me.
"""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urlsplit

from araldo.errors import OutsideError
from araldo.http import Http

_BYTES_MAX = 2_000_000
_WITHIN_S = 8.0
_TITLE_MAX, _DESCRIPTION_MAX = 300, 1_000
# A tag ends at the next "<" at the latest, so that a page takes no longer than its length.
_META = re.compile(r"<meta\s([^<>]{1,4000})>", re.IGNORECASE)
_TITLE = re.compile(r"<title(?:\s[^<>]{0,500})?>([^<]{1,2000})<", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z:-]{1,40})\s{0,5}=\s{0,5}(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_CHARSET = re.compile(r"charset=\"?([A-Za-z0-9_-]{1,40})", re.IGNORECASE)


async def read_link_card(http: Http, uri: str) -> dict[str, Any] | None:
    """Return the embed of a link, None when its page cannot be read or has no title. Raises TransientFault.

    The page is fetched as every untrusted URL: https or http, public addresses, few redirects.
    """
    try:
        page = await http.fetch_untrusted(uri, max_bytes=_BYTES_MAX, timeout_s=_WITHIN_S, accept="text/html")
    except OutsideError:
        return None
    if "html" not in page.content_type.lower():
        return None
    title, description = read_title(_decode(page.body, page.content_type))
    if not title:
        return None
    external = {"uri": uri, "title": title, "description": description or urlsplit(uri).netloc}
    return {"$type": "app.bsky.embed.external", "external": external}


def read_title(page: str) -> tuple[str, str]:
    """Return a page's title and description, "" for what it does not say."""
    properties: dict[str, str] = {}
    for tag in _META.finditer(page):
        attributes = {found[1].lower(): found[2] or found[3] or "" for found in _ATTRIBUTE.finditer(tag[1])}
        name = (attributes.get("property") or attributes.get("name") or "").lower()
        properties.setdefault(name, attributes.get("content", ""))
    written = _TITLE.search(page)
    title = properties.get("og:title") or (written[1] if written else "")
    description = properties.get("og:description") or properties.get("description", "")
    return _shorten(title, _TITLE_MAX), _shorten(description, _DESCRIPTION_MAX)


def _shorten(text: str, most: int) -> str:
    plain = " ".join(html.unescape(text).split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def _decode(body: bytes, content_type: str) -> str:
    named = _CHARSET.search(content_type)
    try:
        return body.decode(named[1] if named else "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")

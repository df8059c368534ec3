"""HTML of the sandbox's own pages: one style, one document frame, texts in the reader's language."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from fastapi import Request

from araldo.sandbox.common.style import STYLE

_FOLDER = Path(__file__).parent / "messages"
LANGUAGES = tuple(sorted(file.stem for file in _FOLDER.glob("*.json")))
DEFAULT_LANGUAGE = "en"
# URLs, #tags and @names in a text.
_PARTS = re.compile(r"(https?://[^\s<>\"']+|(?<!\w)[#@]\w+)")


def load_texts(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """Return the texts of every language by key: a service's own, in English where it has none, and the common ones."""

    def texts_of(language: str) -> dict[str, str]:
        files = (parent / f"{code}.json" for parent in (_FOLDER, folder) for code in (DEFAULT_LANGUAGE, language))
        return {
            key: text for file in files if file.exists() for key, text in json.loads(file.read_text("utf-8")).items()
        }

    return {language: texts_of(language) for language in LANGUAGES}


_TEXTS = load_texts(_FOLDER)


def choose_language(request: Request) -> str:
    """Return the language of `?lang=`, else the first known one of the browser, else English."""
    asked = request.query_params.get("lang") or request.headers.get("accept-language", "")
    codes = (re.split("[-;]", tag.strip().lower())[0] for tag in asked.split(","))
    return next((code for code in codes if code in LANGUAGES), DEFAULT_LANGUAGE)


def translate(lang: str, key: str, texts: Mapping[str, Mapping[str, str]] = _TEXTS, **values: str) -> str:
    """Return a text with its values, both escaped for HTML; `texts`: as `load_texts` returns a service's."""
    text = escape(texts[lang][key])
    return text.format(**{name: escape(value) for name, value in values.items()}) if values else text


def html_document(lang: str, title: str, body: str, *, kind: str = "") -> str:
    """Return a whole page; `kind` "full" has no heading, "narrow" is a card in the middle."""
    heading = (
        f'<header class="top"><a href="/">Sandbox</a><span>{translate(lang, "nothing is real")}</span></header>'
        if kind != "full"
        else ""
    )
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{escape(title)} · Sandbox</title><link rel="icon" href="/favicon.ico" type="image/svg+xml">'
        f'<style>{STYLE}</style></head><body class="{kind}">{heading}{body}</body></html>'
    )


@dataclass(frozen=True, slots=True)
class ViewerLink:
    """A page that shows what a service published."""

    title: str
    path: str


def viewer_links(viewers: Sequence[ViewerLink]) -> str:
    """Return the links to other services' pages; empty without any."""
    shown = "".join(f'<a href="{escape(viewer.path)}">{escape(viewer.title)}</a>' for viewer in viewers)
    return f'<nav class="services">{shown}</nav>' if shown else ""


def time_html(lang: str, seconds: float) -> str:
    """Return a time element in UTC."""
    at = datetime.fromtimestamp(seconds, UTC)
    month = _TEXTS[lang]["months"].split()[at.month - 1]
    day = _TEXTS[lang]["date"].format(day=at.day, month=month, year=at.year)
    return f'<time datetime="{at.isoformat(timespec="seconds")}">{day} · {at:%H:%M} UTC</time>'


def avatar_html(name: str, *, ring: bool = False) -> str:
    """Return the round picture of a Page, account or person."""
    return f'<img class="face{" ring" if ring else ""}" src="/pictures/{escape(name)}.svg" alt="">'


def text_html(text: str) -> str:
    """Return a text as HTML: URLs as links, tags and names highlighted."""
    shown = ""
    for index, part in enumerate(_PARTS.split(text)):
        plain = escape(part)
        if index % 2 == 0:
            shown += plain
        elif part.startswith("http"):
            shown += f'<a href="{plain}" rel="nofollow noopener">{plain}</a>'
        else:
            shown += f"<b>{plain}</b>"
    return f'<p class="words" dir="auto">{shown}</p>' if text else ""


def image_html(source: str, alt: str = "") -> str:
    return f'<img src="{escape(source)}" alt="{escape(alt)}" loading="lazy">'


def avatar_svg(name: str) -> str:
    """Return an SVG with the name's first letter on a colour derived from the name."""
    hue = zlib.crc32(name.encode("utf-8", "replace")) % 360
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200" viewBox="0 0 50 50"><defs>'
        f'<linearGradient id="g" x2="1" y2="1"><stop stop-color="hsl({hue} 62% 52%)"/>'
        f'<stop offset="1" stop-color="hsl({(hue + 50) % 360} 66% 38%)"/></linearGradient></defs>'
        '<rect width="50" height="50" fill="url(#g)"/><text x="25" y="33.5" font-size="24" font-weight="600" '
        f'text-anchor="middle" fill="#fff" font-family="system-ui,sans-serif">{escape(name[:1].upper())}</text></svg>'
    )

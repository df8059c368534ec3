"""Warn of letters of a post that a card cannot draw, before the post is published. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from araldo.errors import Problem
from araldo.images.designer.drawable import make_drawable, undrawable_letters
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.posts.pointers import escape_pointer
from araldo.posts.rules import NewPost
from araldo.posts.slides import wordings_of_slides
from araldo.posts.wording import wording_of

# How many letters a message names.
_NAMED_MAX = 8


def lettering_warnings(post: NewPost, declarations: Mapping[str, Declaration]) -> Iterator[Problem]:
    """Yield a warning for each field of the post with letters that its cards cannot draw."""
    drawn_on = [name for name in post.platforms if name in declarations and name not in post.own_pictures]
    if not post.makes_pictures or not drawn_on:
        return
    for pointer, name in _texts(post, drawn_on):
        yield from undrawable_letter_warnings(" ".join(_drawn_texts(post, name)), pointer, name or None)
    yield from undrawable_letter_warnings(post.cta or "", "/cta")
    for index, slide in enumerate(post.slides):
        yield from undrawable_letter_warnings(
            f"{slide.get('headline', '')} {slide.get('text', '')}", f"/slides/{index}"
        )


def undrawable_letter_warnings(text: str, pointer: str, platform: str | None = None) -> Iterator[Problem]:
    """Yield one warning that names the letters of `text` that cannot be drawn; none when all can."""
    missing = undrawable_letters(text)
    if missing:
        letters = " ".join(missing[:_NAMED_MAX]) + (" …" if len(missing) > _NAMED_MAX else "")
        yield Problem(
            pointer, "letters_not_drawn", Message("lettering.letters_left_out", {"letters": letters}), platform
        )


def undrawable_text_problems(post: NewPost, declarations: Mapping[str, Declaration]) -> Iterable[Problem]:
    """Yield a problem for each text of which nothing can be drawn, so that there can be no card."""
    drawn_on = [name for name in post.platforms if name in declarations and name not in post.own_pictures]
    if not post.makes_pictures or post.slides or not drawn_on:
        return
    for pointer, name in _texts(post, drawn_on):
        words = " ".join(_drawn_texts(post, name))
        if words.strip() and not make_drawable(words).text:
            yield Problem(pointer, "no_letter_drawn", Message("lettering.none_drawn"), name or None)


def _texts(post: NewPost, platforms: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (pointer, platform) of the texts that are drawn; platform "" for the shared content."""
    shared = False
    for name in platforms:
        if name in post.texts:
            yield f"/texts/{escape_pointer(name)}", name
        elif not shared:
            shared = True
            yield "/content", ""


def _drawn_texts(post: NewPost, platform: str) -> list[str]:
    content = post.texts.get(platform, post.content)
    unsaid = sum(
        1 for slide in post.slides if not (slide.get("headline") or slide.get("text") or slide.get("media_id"))
    )
    if post.slides and not unsaid:
        return []
    said = wordings_of_slides(content, post.cta, unsaid) if unsaid > 1 else [wording_of(content, post.cta)]
    return [part for words in said for part in (words.kicker, words.headline, words.text) if part]

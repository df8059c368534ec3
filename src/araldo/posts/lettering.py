"""What of a post's words a drawn card cannot show: said before it is published. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from araldo.errors import Problem
from araldo.images.designer.drawable import make_drawable, undrawable_letters
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.posts.rules import NewPost, escape_pointer
from araldo.posts.slides import words_of_slides
from araldo.posts.wording import words_of

# Letters that a sentence names.
_NAMED = 8


def letter_warnings(post: NewPost, declarations: Mapping[str, Declaration]) -> Iterator[Problem]:
    """Where a card is drawn without some of its letters, by the field that they stand in."""
    drawn_on = [name for name in post.platforms if name in declarations and name not in post.own_pictures]
    if not post.makes_pictures or not drawn_on:
        return
    for pointer, name in _texts(post, drawn_on):
        yield from letters_missing(" ".join(_drawn_of(post, name)), pointer, name or None)
    yield from letters_missing(post.cta or "", "/cta")
    for index, slide in enumerate(post.slides):
        yield from letters_missing(f"{slide.get('headline', '')} {slide.get('text', '')}", f"/slides/{index}")


def letters_missing(text: str, pointer: str, platform: str | None = None) -> Iterator[Problem]:
    """One warning that names what of `text` is not drawn; none when all of it is."""
    missing = undrawable_letters(text)
    if missing:
        letters = " ".join(missing[:_NAMED]) + (" …" if len(missing) > _NAMED else "")
        yield Problem(
            pointer, "letters_not_drawn", Message("lettering.letters_left_out", {"letters": letters}), platform
        )


def wordless(post: NewPost, declarations: Mapping[str, Declaration]) -> Iterable[Problem]:
    """Where nothing of a text can be drawn, so that no card can be made of it."""
    drawn_on = [name for name in post.platforms if name in declarations and name not in post.own_pictures]
    if not post.makes_pictures or post.slides or not drawn_on:
        return
    for pointer, name in _texts(post, drawn_on):
        words = " ".join(_drawn_of(post, name))
        if words.strip() and not make_drawable(words).text:
            yield Problem(pointer, "no_letter_drawn", Message("lettering.none_drawn"), name or None)


def _texts(post: NewPost, platforms: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pointers of the texts that are drawn, and the platform of each; none for the one that they share."""
    shared = False
    for name in platforms:
        if name in post.texts:
            yield f"/texts/{escape_pointer(name)}", name
        elif not shared:
            shared = True
            yield "/content", ""


def _drawn_of(post: NewPost, platform: str) -> list[str]:
    content = post.texts.get(platform, post.content)
    unsaid = sum(
        1 for slide in post.slides if not (slide.get("headline") or slide.get("text") or slide.get("media_id"))
    )
    if post.slides and not unsaid:
        return []
    said = words_of_slides(content, post.cta, unsaid) if unsaid > 1 else [words_of(content, post.cta)]
    return [part for words in said for part in (words.kicker, words.headline, words.text) if part]

"""Every rule on a post's text, hashtags, platforms, pictures and time, as one list of problems. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from araldo.entities.finder import is_hashtag
from araldo.errors import Problem
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.platforms.options import counted_texts
from araldo.posts.compose import compose_text
from araldo.posts.content import PostContent, content_values, platforms_named
from araldo.posts.models import Delivery, Post
from araldo.posts.option_rules import missing_option_problems, option_problems
from araldo.posts.pointers import escape_pointer
from araldo.posts.text_limits import TextCounts, count_limited, text_limit_problems
from araldo.posts.timing import When, resolve
from araldo.posts.wording import wording_of

Intent = Literal["publish", "schedule", "draft"]

# The `image_provider` of posts without generated pictures; they may have custom ones.
NO_PICTURES = "none"
# The most pictures of a carousel (Instagram Platform, "Carousel posts").
SLIDES_MAX = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPost(PostContent):
    """A request for a post, its hashtags already normalized; `due_at` may be naive or past.

    `zone`: the zone of `due_at`, if one was named; `fold`: 0 or 1, which of two instants a repeated hour means.
    `next_free_slot`: the time is chosen when the post is created.
    """

    platforms: Sequence[str] = ()
    intent: Intent = "draft"
    due_at: datetime | None = None
    zone: str | None = None
    fold: int | None = None
    next_free_slot: bool = False
    # By platform, the ids of the accounts that it goes to; without any: the default one.
    accounts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    makes_pictures: bool = True
    # Platforms that have a picture already.
    pictured: Collection[str] = ()
    # Platforms with a custom picture without the post's text over it.
    own_pictures: Collection[str] = ()
    # Platforms with a custom picture without alt text.
    undescribed: Collection[str] = ()


def post_request_for(post: Post, rows: Sequence[Delivery], intent: Intent) -> NewPost:
    """Return a stored post as a request for some of its deliveries, with its own time if `intent` is `schedule`."""
    return NewPost(
        **content_values(post),
        platforms=platforms_of(rows),
        intent=intent,
        due_at=post.due_at if intent == "schedule" else None,
        zone=post.zone if intent == "schedule" else None,
        accounts=account_ids_of(rows),
        makes_pictures=post.image_provider != NO_PICTURES,
        pictured=_platforms_where_all(rows, lambda row: row.picture.medium_id is not None),
        own_pictures=_platforms_where_all(rows, lambda row: row.picture.is_own),
        undescribed=platforms_of(row for row in rows if row.picture.is_undescribed),
    )


def platforms_of(rows: Iterable[Delivery]) -> list[str]:
    """Return the platforms of the deliveries in their order, each once."""
    return list(dict.fromkeys(row.platform for row in rows))


def account_ids_of(rows: Iterable[Delivery]) -> dict[str, list[str]]:
    """Return the accounts of the deliveries by platform, without platforms that have none."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.account_id is not None:
            found.setdefault(row.platform, []).append(row.account_id)
    return found


def _platforms_where_all(rows: Iterable[Delivery], matches: Callable[[Delivery], bool]) -> list[str]:
    by_platform: dict[str, list[bool]] = {}
    for row in rows:
        by_platform.setdefault(row.platform, []).append(matches(row))
    return [name for name, matching in by_platform.items() if all(matching)]


def find_problems(
    post: NewPost, declarations: Mapping[str, Declaration], now: datetime, default_zone: str = "UTC"
) -> list[Problem]:
    """Return every problem that forbids publishing or scheduling the post."""
    return [
        *_content(post),
        *_hashtags(post),
        *_platforms(post, declarations),
        *shape_problems(post.shapes, declarations),
        *option_problems(post.options, declarations),
        *_slides(post),
        *_on_each(post, declarations),
        *_time(post, now, default_zone),
    ]


def text_on(name: str, content: str, texts: Mapping[str, str], cta: str | None, hashtags: Iterable[str]) -> str:
    """Return the whole text on one platform: its own or the shared content, the call to action, the hashtags."""
    return compose_text(texts.get(name, content), cta, hashtags)


def alt_on(name: str, content: str, texts: Mapping[str, str], alt: str | None) -> str:
    """Return the picture's alt text: the one that a person wrote, else the picture's headline."""
    return wording_of(texts.get(name, content)).headline if alt is None else alt


def _content(post: NewPost) -> Iterable[Problem]:
    empty = Message("posts.text_missing")
    if not post.content.strip() and not all(name in post.texts for name in post.platforms or ("",)):
        yield Problem("/content", "empty", empty)
    for name in post.platforms:
        if name in post.texts and not post.texts[name].strip():
            yield Problem(f"/texts/{escape_pointer(name)}", "empty", empty, name)


def _hashtags(post: NewPost) -> list[Problem]:
    message = Message("posts.hashtag_invalid")
    return [
        Problem(f"/hashtags/{index}", "hashtag_invalid", message.with_values(tag=tag))
        for index, tag in enumerate(post.hashtags)
        if not is_hashtag(tag)
    ]


def _platforms(post: NewPost, declarations: Mapping[str, Declaration]) -> Iterable[Problem]:
    if not post.platforms:
        yield Problem("/platforms", "empty", Message("posts.platform_missing"))
    unknown = Message("posts.platform_unknown")
    known = ", ".join(declarations)
    for index, name in enumerate(post.platforms):
        pointer = f"/platforms/{index}"
        if name not in declarations:
            yield Problem(pointer, "platform_unknown", unknown.with_values(name=name, known=known), name)
        elif name in post.platforms[:index]:
            twice = Message("posts.platform_duplicate")
            yield Problem(pointer, "platform_duplicate", twice.with_values(name=name), name)
        elif declarations[name].needs_picture and not _has_pictures(post, name):
            lacks = Message("posts.needs_picture")
            yield Problem(pointer, "picture_needed", lacks.with_values(label=declarations[name].label), name)
    for field_name, name in (*platforms_named(post), *(("accounts", name) for name in post.accounts)):
        if name not in declarations:
            pointer = f"/{field_name}/{escape_pointer(name)}"
            yield Problem(pointer, "platform_unknown", unknown.with_values(name=name, known=known), name)


def _slides(post: NewPost) -> Iterable[Problem]:
    if len(post.slides) > SLIDES_MAX:
        yield Problem(
            "/slides",
            "too_many_pictures",
            Message("posts.too_many_pictures", {"most": SLIDES_MAX, "count": len(post.slides)}),
        )
    if post.slides and not post.makes_pictures:
        yield Problem("/slides", "pictures_switched_off", Message("posts.provider_none"))


def slide_warnings(post: NewPost, declarations: Mapping[str, Declaration]) -> Iterable[Problem]:
    """Yield a warning for each platform that does not show all of the post's pictures."""
    for index, name in enumerate(post.platforms):
        declared = declarations.get(name)
        if declared is not None and len(post.slides) > declared.pictures_max:
            said = Message(
                "posts.pictures_left_out",
                {"label": declared.label, "most": declared.pictures_max, "count": len(post.slides)},
            )
            yield Problem(f"/platforms/{index}", "not_all_pictures", said, name)


def no_check_warnings(post: NewPost, declarations: Mapping[str, Declaration]) -> Iterable[Problem]:
    """Yield a warning for each platform that cannot be asked whether a post was published."""
    for index, name in enumerate(post.platforms):
        declared = declarations.get(name)
        if declared is not None and not declared.can_check:
            yield Problem(
                f"/platforms/{index}", "cannot_check", Message("posts.cannot_check", {"label": declared.label}), name
            )


def alt_text_warnings(post: NewPost, declarations: Mapping[str, Declaration]) -> Iterable[Problem]:
    """Yield a warning for each custom picture without alt text: the post's text does not say what it shows."""
    for name in post.platforms:
        declared = declarations.get(name)
        # A story has no alt text.
        if declared is not None and declared.shows_text and name in post.undescribed:
            yield Problem(
                f"/images/{escape_pointer(name)}",
                "alt_text_missing",
                Message("posts.alt_missing", {"label": declared.label}),
                name,
            )


def shape_problems(shapes: Mapping[str, str], declarations: Mapping[str, Declaration]) -> Iterable[Problem]:
    """Yield a problem for each shape that a platform does not accept; `suggestions` are those that it does."""
    for name, asked in shapes.items():
        known = tuple(declarations[name].shapes) if name in declarations else (asked,)
        if asked not in known:
            said = Message(
                "posts.shape_unknown",
                {"label": declarations[name].label, "asked": asked[:20], "known": ", ".join(known)},
            )
            yield Problem(f"/shapes/{escape_pointer(name)}", "shape_unknown", said, name, known)


def _on_each(post: NewPost, declarations: Mapping[str, Declaration]) -> Iterable[Problem]:
    for name in dict.fromkeys(post.platforms):
        declared = declarations.get(name)
        if declared is None:
            continue
        yield from missing_option_problems(name, post.options.get(name, {}), declared)
        if not declared.shows_text:
            continue
        pointer = f"/texts/{escape_pointer(name)}" if name in post.texts else "/content"
        yield from text_limit_problems(_count_on(post, name, declared), declared, pointer)


def count_texts(post: NewPost, declarations: Mapping[str, Declaration]) -> dict[str, TextCounts]:
    """Count the text on each of the post's platforms, without those that show no text."""
    declared = {name: declarations[name] for name in post.platforms if name in declarations}
    return {name: _count_on(post, name, rules) for name, rules in declared.items() if rules.shows_text}


def _count_on(post: NewPost, name: str, declared: Declaration) -> TextCounts:
    return count_limited(
        text_on(name, post.content, post.texts, post.cta, post.hashtags),
        declared.limits,
        with_pictures=_has_pictures(post, name),
        also=counted_texts(declared.options, post.options.get(name, {})),
    )


def _has_pictures(post: NewPost, name: str) -> bool:
    """Return whether the post has pictures on the platform, or will have when they are generated."""
    return post.makes_pictures or name in post.pictured


def _time(post: NewPost, now: datetime, default_zone: str) -> Iterable[Problem]:
    if post.intent == "publish" and (post.due_at is not None or post.next_free_slot):
        both = Message("posts.publish_or_schedule")
        yield Problem("/schedule_time", "publish_and_schedule", both)
    when = when_of(post, now, default_zone)
    if isinstance(when, list):
        yield from when


def when_of(post: NewPost, now: datetime, default_zone: str) -> When | list[Problem] | None:
    """Return the time that the post requests, in its own zone or the default one; None when it requests none."""
    if post.due_at is None:
        return None
    return resolve(post.due_at, zone=post.zone, fold=post.fold, now=now, default_zone=default_zone)

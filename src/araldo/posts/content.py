"""What a person writes of a post: the one list of these fields, and changes to some of them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypedDict, TypeVar

from araldo.platforms.options import OptionValue


class Slide(TypedDict, total=False):
    """One slide of a carousel; keys that are absent come from the post: its prompt, a part of its text.

    `media_id` names a picture of the library to show instead of a generated one.
    """

    prompt: str
    headline: str
    text: str
    media_id: str


@dataclass(frozen=True, slots=True)
class PostContent:
    """What a person writes of a post, wherever and whenever it is published.

    Posts, requests for posts, edits, copies, database rows and the search take their fields from this class.
    CONTRIBUTING.md says what else a new field needs. A field whose metadata has `internal` is for colleagues only: no
    delivery depends on it.
    """

    content: str
    cta: str | None = None
    # Without `#`.
    hashtags: Sequence[str] = field(default_factory=list)
    # By platform, a text instead of the content.
    texts: Mapping[str, str] = field(default_factory=dict)
    image_prompt: str = ""
    platform_prompts: Mapping[str, str] = field(default_factory=dict)
    # By platform, the picture's ratio where it differs from the platform's default.
    shapes: Mapping[str, str] = field(default_factory=dict)
    # By platform, the values of its options by their names.
    options: Mapping[str, Mapping[str, OptionValue]] = field(default_factory=dict)
    # The slides in order; empty: one picture, generated from the whole post.
    slides: Sequence[Slide] = field(default_factory=list)
    image_style: str = "professional"
    image_provider: str = "auto"
    # For colleagues, never published.
    note: str | None = field(default=None, metadata={"internal": True})

    @property
    def searched_texts(self) -> list[str]:
        """The texts whose words find the post."""
        return [self.content, self.cta or "", *self.hashtags, *self.texts.values(), self.note or ""]


CONTENT_FIELDS = tuple(one.name for one in fields(PostContent))
BY_PLATFORM_FIELDS = tuple(one.name for one in fields(PostContent) if one.default_factory is dict)
INTERNAL_FIELDS = frozenset(one.name for one in fields(PostContent) if one.metadata.get("internal"))

ContentT = TypeVar("ContentT", bound=PostContent)


def content_values(of: PostContent) -> dict[str, Any]:
    """Return the values by field, to build another dataclass with the same content."""
    return {name: getattr(of, name) for name in CONTENT_FIELDS}


def platforms_named(by: PostContent) -> Iterator[tuple[str, str]]:
    """Yield each platform for which a field has a value of its own, after the field's name."""
    for name in BY_PLATFORM_FIELDS:
        yield from ((name, platform) for platform in getattr(by, name))


@dataclass(frozen=True, slots=True)
class ContentChanges:
    """New values for the fields that `names` lists (a field mask); the other `values` are not read.

    Raises ValueError for the name of no field.
    """

    values: PostContent = PostContent(content="")
    names: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        unknown = self.names.difference(CONTENT_FIELDS)
        if unknown:
            raise ValueError(f"posts have no {', '.join(sorted(unknown))}")

    @property
    def are_internal(self) -> bool:
        """Whether there are any, and no delivery depends on them."""
        return bool(self.names) and self.names <= INTERNAL_FIELDS

    @property
    def alone(self) -> PostContent:
        """The new values, with nothing in the other fields."""
        return self.apply_to(PostContent(content=""))

    def apply_to(self, post: ContentT) -> ContentT:
        """Return the post with the new values."""
        return replace(post, **{name: getattr(self.values, name) for name in self.names})

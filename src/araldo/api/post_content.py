"""The fields that a person writes of a post, in requests and in answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from araldo.api.fields import CleanText, PictureCount, PostOptions, Shapes, SlideFields, Slides, slides_of
from araldo.api.requests import RequestModel
from araldo.posts.compose import normalize_hashtags
from araldo.posts.content import CONTENT_FIELDS, ContentChanges, PostContent

Content = Annotated[CleanText, Field(max_length=100_000)]
Hashtags = Annotated[list[CleanText], Field(max_length=200)]
ImagePrompt = Annotated[CleanText, Field(max_length=10_000)]
ImageStyle = Annotated[CleanText, Field(max_length=100)]

Note = Annotated[CleanText, Field(max_length=2_000, description="A note for colleagues, which is never published.")]

# The fields of PostContent that have another name in requests.
_STORED_AS = {"base_image_prompt": "image_prompt", "pictures": "slides"}


class ContentRequest(RequestModel):
    """Base of the requests that create or change a post. Texts and prompts by platform are in those that take them."""

    content: Content = ""
    cta: Annotated[CleanText, Field(max_length=1_000)] | None = None
    hashtags: Hashtags = []
    base_image_prompt: ImagePrompt = ""
    shapes: Shapes = {}
    options: PostOptions = {}
    pictures: PictureCount = 1
    slides: Slides = []
    image_style: ImageStyle = "professional"
    image_provider: Annotated[CleanText, Field(max_length=100)] = "auto"
    note: Note | None = None

    def as_content(self) -> PostContent:
        return PostContent(
            content=self.content,
            cta=self.cta,
            hashtags=normalize_hashtags(self.hashtags),
            image_prompt=self.base_image_prompt,
            shapes=self.shapes,
            options=self.options,
            slides=slides_of(self.pictures, self.slides),
            image_style=self.image_style,
            image_provider=self.image_provider,
            note=self.note,
        )

    def as_changes(self) -> ContentChanges:
        """Return changes of the fields that were sent."""
        sent = frozenset(_STORED_AS.get(name, name) for name in self.model_fields_set)
        return ContentChanges(self.as_content(), sent.intersection(CONTENT_FIELDS))


class ContentRead(BaseModel):
    content: str
    cta: str | None
    hashtags: list[str]
    texts: dict[str, str]
    base_image_prompt: str
    platform_prompts: dict[str, str]
    shapes: dict[str, str]
    options: dict[str, dict[str, bool | str]]
    slides: list[SlideFields]
    image_style: str
    image_provider: str
    note: str | None

    @classmethod
    def of(cls, post: PostContent) -> ContentRead:
        return ContentRead(
            content=post.content,
            cta=post.cta,
            hashtags=list(post.hashtags),
            texts=dict(post.texts),
            base_image_prompt=post.image_prompt,
            platform_prompts=dict(post.platform_prompts),
            shapes=dict(post.shapes),
            options={name: dict(values) for name, values in post.options.items()},
            slides=[SlideFields.model_validate(slide) for slide in post.slides],
            image_style=post.image_style,
            image_provider=post.image_provider,
            note=post.note,
        )

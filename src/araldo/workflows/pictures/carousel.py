"""Which pictures a delivery shows: one for the whole post, or one for each slide that the platform shows. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from araldo.accounts.models import Account
from araldo.images.providers.base import PictureCopy, PictureRequest
from araldo.pictures.models import NO_OPTIONS, PictureOptions
from araldo.platforms.base import Declaration
from araldo.posts.content import Slide
from araldo.posts.models import Post
from araldo.posts.slides import wordings_of_slides
from araldo.posts.wording import Wording
from araldo.workflows.pictures.generate import digest_of, picture_request_for


@dataclass(frozen=True, slots=True)
class SlideRequest:
    """One picture to generate; with `media_id`, that picture of the library cropped to the request's spec instead."""

    request: PictureRequest
    media_id: str | None = None

    def digest(self, provider: str) -> str:
        """Return a hash of all that the picture is made from."""
        if self.media_id is None:
            return digest_of(self.request, provider)
        text = digest_of(self.request, provider) if self.draws_text_over else ""
        return hashlib.sha256(f"{self.media_id} {self.request.spec} {text}".encode()).hexdigest()

    @property
    def draws_text_over(self) -> bool:
        """Whether text is drawn over the library picture: only when the slide has a headline and `text_over` is set."""
        copy = self.request.copy
        return self.request.text_over and copy is not None and bool(copy.headline)


def slide_requests_for(
    post: Post, declared: Declaration, account: Account | None, options: PictureOptions = NO_OPTIONS
) -> list[SlideRequest]:
    """Return the delivery's pictures in the order in which they are shown; at least one."""
    whole = picture_request_for(post, declared, account, options)
    slides = post.slides[: declared.pictures_max]
    if not slides:
        return [SlideRequest(whole)]
    if len(slides) == 1 and not slides[0]:
        # A single empty slide stands for the whole post.
        return [SlideRequest(whole)]
    content = post.texts.get(declared.name, post.content)
    textless = [slide for slide in slides if not _has_content(slide)]
    from_post = iter(wordings_of_slides(content, post.cta, max(1, len(textless))))
    wordings = [
        Wording(slide.get("headline", ""), slide.get("text", "")) if _has_content(slide) else next(from_post)
        for slide in slides
    ]
    custom_prompt = options.prompt or post.image_prompt or post.platform_prompts.get(declared.name, "")
    # The call to action never goes into a prompt, nor the post's text when a person wrote a prompt.
    excluded = {(post.cta or "").strip()}
    if custom_prompt.strip():
        excluded |= {wording.headline for wording in wordings}
    return [_slide_request(whole, slide, wordings, index, excluded) for index, slide in enumerate(slides)]


def combined_digest(pictures: Sequence[SlideRequest], provider: str) -> str:
    """Return one hash of all that the pictures are made from."""
    digests = [picture.digest(provider) for picture in pictures]
    return digests[0] if len(digests) == 1 else hashlib.sha256(" ".join(digests).encode()).hexdigest()


def _has_content(slide: Slide) -> bool:
    """Return whether the slide has a text or a library picture, and so takes no part of the post's text."""
    return bool(slide.get("headline") or slide.get("text") or slide.get("media_id"))


def _slide_request(
    whole: PictureRequest, slide: Slide, wordings: Sequence[Wording], index: int, excluded: Collection[str]
) -> SlideRequest:
    """Return the request of one slide. `excluded`: texts that must not go into a prompt."""
    wording = wordings[index]
    headline = wording.headline or wording.text
    copy = PictureCopy(
        headline=headline,
        text=wording.text if wording.headline else "",
        handle=whole.copy.handle if whole.copy else None,
        kicker=wording.kicker or None,
        page=(index + 1, len(wordings)) if len(wordings) > 1 else None,
    )
    # The prompt names the slide's headline or position, else a model would draw the same picture for every slide.
    subject = f"picture {index + 1} of {len(wordings)}" if headline in excluded else headline
    parts = [whole.prompt, subject] if index else [whole.prompt]
    prompt = slide.get("prompt") or ", ".join(filter(None, parts))
    family = (whole.prompt, whole.copy.headline if whole.copy else "")
    return SlideRequest(replace(whole, prompt=prompt, copy=copy, family=family), slide.get("media_id"))

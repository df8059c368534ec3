"""Which pictures a delivery has: one of the whole post, or one for each of its slides that the platform shows. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from araldo.accounts.models import Account
from araldo.images.providers.base import PictureCopy, PictureRequest
from araldo.platforms.base import Declaration
from araldo.posts.models import Post, Slide
from araldo.posts.pictures import PictureOptions
from araldo.posts.slides import words_of_slides
from araldo.posts.wording import Wording
from araldo.workflows.illustrate import NO_WISH, digest_of, request_for


@dataclass(frozen=True, slots=True)
class SlideRequest:
    """A picture to make for `request`; of the picture `media_id` where one is named, cropped to the request's spec."""

    request: PictureRequest
    media_id: str | None = None

    def digest(self, provider: str) -> str:
        """Changes when anything that the picture is made from changes."""
        if self.media_id is None:
            return digest_of(self.request, provider)
        words = digest_of(self.request, provider) if self.says_over else ""
        return hashlib.sha256(f"{self.media_id} {self.request.spec} {words}".encode()).hexdigest()

    @property
    def says_over(self) -> bool:
        """Words are drawn over a picture that is there: those of its own, where it has any."""
        copy = self.request.copy
        return self.request.text_over and copy is not None and bool(copy.headline)


def pictures_for(
    post: Post, declared: Declaration, account: Account | None, wish: PictureOptions = NO_WISH
) -> list[SlideRequest]:
    """In the order in which they are seen."""
    whole = request_for(post, declared, account, wish)
    slides = post.slides[: declared.pictures_max]
    if not slides:
        return [SlideRequest(whole)]
    if len(slides) == 1 and not slides[0]:
        # Alone, a picture says what the whole post says.
        return [SlideRequest(whole)]
    content = post.texts.get(declared.name, post.content)
    unsaid = [slide for slide in slides if not _says(slide)]
    words = iter(words_of_slides(content, post.cta, max(1, len(unsaid))))
    said = [
        Wording(slide.get("headline", ""), slide.get("text", "")) if _says(slide) else next(words) for slide in slides
    ]
    own = wish.prompt or post.image_prompt or post.platform_prompts.get(declared.name, "")
    # With a prompt of one's own the post's text stays here; its call to action always does.
    kept_back = {(post.cta or "").strip()} | ({words.headline for words in said} if own.strip() else set())
    return [_wanted(whole, slide, said, index, kept_back) for index, slide in enumerate(slides)]


def digest_of_all(pictures: Sequence[SlideRequest], provider: str) -> str:
    digests = [picture.digest(provider) for picture in pictures]
    return digests[0] if len(digests) == 1 else hashlib.sha256(" ".join(digests).encode()).hexdigest()


def _says(slide: Slide) -> bool:
    """A picture that is there needs none of the post's words either."""
    return bool(slide.get("headline") or slide.get("text") or slide.get("media_id"))


def _wanted(
    whole: PictureRequest, slide: Slide, said: Sequence[Wording], index: int, kept_back: Collection[str]
) -> SlideRequest:
    words = said[index]
    headline = words.headline or words.text
    copy = PictureCopy(
        headline=headline,
        text=words.text if words.headline else "",
        handle=whole.copy.handle if whole.copy else None,
        kicker=words.kicker or None,
        page=(index + 1, len(said)) if len(said) > 1 else None,
    )
    # A model is told the slide's words or its place, else all of its pictures would be the same one.
    place = f"picture {index + 1} of {len(said)}" if headline in kept_back else headline
    told = [whole.prompt, place] if index else [whole.prompt]
    prompt = slide.get("prompt") or ", ".join(filter(None, told))
    family = (whole.prompt, whole.copy.headline if whole.copy else "")
    return SlideRequest(replace(whole, prompt=prompt, copy=copy, family=family), slide.get("media_id"))

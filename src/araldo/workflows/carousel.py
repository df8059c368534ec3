"""Which pictures a delivery has: one of the whole post, or one for each of its slides that the platform shows. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from araldo.accounts.models import Account
from araldo.images.providers.base import PictureCopy, PictureRequest
from araldo.platforms.base import Declaration
from araldo.posts.compose import words_of_slides
from araldo.posts.models import Post, Slide
from araldo.posts.pictures import PictureWish
from araldo.workflows.illustrate import NO_WISH, digest_of, request_for


@dataclass(frozen=True, slots=True)
class Wanted:
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
    post: Post, declared: Declaration, account: Account | None, wish: PictureWish = NO_WISH
) -> list[Wanted]:
    """In the order in which they are seen."""
    whole = request_for(post, declared, account, wish)
    slides = post.slides[: declared.pictures_max]
    if not slides:
        return [Wanted(whole)]
    if len(slides) == 1 and not slides[0]:
        # Alone, a picture says what the whole post says.
        return [Wanted(whole)]
    content = post.texts.get(declared.name, post.content)
    unsaid = [slide for slide in slides if not _says(slide)]
    words = iter(words_of_slides(content, post.cta, max(1, len(unsaid))))
    said = [(slide.get("headline", ""), slide.get("text", "")) if _says(slide) else next(words) for slide in slides]
    return [_wanted(whole, slide, said, index) for index, slide in enumerate(slides)]


def digest_of_all(pictures: Sequence[Wanted], provider: str) -> str:
    digests = [picture.digest(provider) for picture in pictures]
    return digests[0] if len(digests) == 1 else hashlib.sha256(" ".join(digests).encode()).hexdigest()


def _says(slide: Slide) -> bool:
    """A picture that is there needs none of the post's words either."""
    return bool(slide.get("headline") or slide.get("text") or slide.get("media_id"))


def _wanted(whole: PictureRequest, slide: Slide, said: Sequence[tuple[str, str]], index: int) -> Wanted:
    headline, text = said[index]
    place = f"{index + 1}/{len(said)}" if index else None
    copy = PictureCopy(
        headline=headline or text,
        text=text if headline else "",
        handle=whole.copy.handle if whole.copy else None,
        kicker=place,
    )
    # A model is told the slide's words, else all of its pictures would be the same one.
    told = [whole.prompt, headline or text] if index else [whole.prompt]
    prompt = slide.get("prompt") or ", ".join(filter(None, told))
    family = (whole.prompt, whole.copy.headline if whole.copy else "")
    return Wanted(replace(whole, prompt=prompt, copy=copy, family=family), slide.get("media_id"))

"""Preview of a post's card while it is written: drawn by the designer and cached in memory."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from araldo.errors import PostInvalid, Problem, Rejected
from araldo.images.designer import Card, draw_jpeg
from araldo.images.process import ImageRunner, ThreadImageRunner
from araldo.images.providers.base import PictureCopy, PictureRequest
from araldo.images.providers.offline import build_card
from araldo.images.spec import ImageSpec, spec_for_ratio
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.posts import store as post_store
from araldo.posts.compose import picture_prompt
from araldo.posts.design_seed import design_seed_after_edit
from araldo.posts.wording import wording_of
from araldo.storage.database import Database
from araldo.workflows.pictures.branding import Branding
from araldo.workspaces.brand import BrandKit

_CACHE_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """What to draw. `platform`, else `aspect_ratio`, sets the size; `kit`: a brand to try instead of the saved one.

    `post_id`: the stored post whose design the card has, whatever its words. `width`: scale the card down to it, in
    pixels.
    """

    content: str
    cta: str | None = None
    style: str = "professional"
    variant: int = 0
    platform: str | None = None
    aspect_ratio: str = "1:1"
    prompt: str = ""
    handle: str | None = None
    kit: BrandKit | None = None
    post_id: str | None = None
    width: int | None = None


class Previews:
    """Draws previews. Caches up to `_CACHE_BYTES` of JPEGs; equal requests at the same time are drawn once."""

    def __init__(
        self,
        *,
        database: Database,
        branding: Branding,
        declarations: Mapping[str, Declaration],
        images: ImageRunner | None = None,
    ) -> None:
        self._database = database
        self._branding = branding
        self._declarations = declarations
        self._images = images or ThreadImageRunner()
        self._drawn: OrderedDict[str, bytes] = OrderedDict()
        self._drawing: dict[str, asyncio.Task[bytes]] = {}

    async def card(self, workspace_id: str, asked: PreviewRequest) -> tuple[bytes, str]:
        """Return a JPEG, and a hash of what it was drawn from. Raises PostInvalid, NotFound."""
        kit = await self._kit(workspace_id, asked)
        words = wording_of(asked.content, asked.cta)
        prompt = picture_prompt(asked.platform or "", asked.content, asked.prompt, {})
        request = PictureRequest(
            prompt=prompt,
            style=asked.style,
            spec=self._spec(asked),
            copy=PictureCopy(words.headline, words.text, asked.cta, asked.handle, words.kicker or None),
            brand=await self._branding.resolve_brand(workspace_id, kit),
            variant=asked.variant,
            design_seed=await self._design_seed(workspace_id, asked.post_id),
        )
        try:
            card = build_card(request)
        except Rejected as wordless:
            raise PostInvalid([Problem("/content", "content_empty", wordless.message)]) from wordless
        digest = _digest(card, asked.width)
        return await self._draw_cached(digest, card, asked.width), digest

    async def _design_seed(self, workspace_id: str, post_id: str | None) -> tuple[str, str] | None:
        """Return the words that choose the design of a stored post's cards; None while its words may change them."""
        if post_id is None:
            return None
        view = await self._database.read(lambda transaction: post_store.get(transaction, workspace_id, post_id))
        seed = design_seed_after_edit(view)
        return None if seed is None else (seed["prompt"], seed["headline"])

    async def _kit(self, workspace_id: str, asked: PreviewRequest) -> BrandKit | None:
        if asked.kit is None:
            return await self._branding.kit(workspace_id)
        try:
            return await self._branding.validate(workspace_id, asked.kit)
        except PostInvalid as invalid:
            problems = [replace(problem, pointer=f"/brand{problem.pointer}") for problem in invalid.problems]
            raise PostInvalid(problems) from invalid

    def _spec(self, asked: PreviewRequest) -> ImageSpec:
        if asked.platform is not None:
            declared = self._declarations.get(asked.platform)
            if declared is None:
                raise PostInvalid(
                    [Problem("/platform", "platform_unknown", Message("platforms.unknown", {"name": asked.platform}))]
                )
            return declared.image
        try:
            return spec_for_ratio(asked.aspect_ratio)
        except ValueError as wrong:
            raise PostInvalid(
                [Problem("/aspect_ratio", "aspect_ratio_invalid", Message("preview.aspect_ratio_invalid"))]
            ) from wrong

    async def _draw_cached(self, digest: str, card: Card, width: int | None) -> bytes:
        if digest in self._drawn:
            self._drawn.move_to_end(digest)
            return self._drawn[digest]
        task = self._drawing.get(digest)
        if task is None:
            # A task of its own: the client that asked first may disconnect while another waits for the same card.
            task = self._drawing[digest] = asyncio.create_task(self._draw(digest, card, width))
            task.add_done_callback(lambda _: self._drawing.pop(digest, None))
        return await asyncio.shield(task)

    async def _draw(self, digest: str, card: Card, width: int | None) -> bytes:
        data = await self._images.run(draw_jpeg, card, width)
        self._drawn[digest] = data
        while sum(map(len, self._drawn.values())) > _CACHE_BYTES:
            self._drawn.popitem(last=False)
        return data


def _digest(card: Card, width: int | None) -> str:
    return hashlib.sha256(repr((asdict(card), card.logo, width)).encode("utf-8", "replace")).hexdigest()

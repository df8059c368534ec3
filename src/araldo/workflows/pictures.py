"""Making all pictures of a delivery: side by side, each with its own outcome, and none again that is right."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from araldo.accounts.models import Account
from araldo.clock import Clock
from araldo.errors import OutsideError, Rejected, TryLater
from araldo.images.providers import ProviderUnavailable
from araldo.images.providers.base import PictureRequest
from araldo.images.spec import ImageSpec
from araldo.images.unfit import Unfit
from araldo.local_faults import is_transient
from araldo.media import store as media_store
from araldo.media.models import Medium
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.posts import store as post_store
from araldo.posts.models import PictureState, Post, SlidePicture
from araldo.posts.pictures import PictureOptions, options_of
from araldo.storage.blobs import BlobMissing
from araldo.storage.database import Database
from araldo.workflows.carousel import SlideRequest, combined_digest, slide_requests_for
from araldo.workflows.custom_pictures import crop_from_notes, custom_picture_of, delivery_columns_for
from araldo.workflows.fitting import UNCROPPED, CropSelection, Fitting
from araldo.workflows.generate import PictureGenerator, error_of, picture_request_for, provider_of, record_version
from araldo.workflows.lease import LeasedDelivery


class DeliveryPictures:
    """One for a process."""

    def __init__(
        self, *, database: Database, clock: Clock, picture_generator: PictureGenerator, fitting: Fitting
    ) -> None:
        self._database = database
        self._clock = clock
        self._picture_generator = picture_generator
        self._fitting = fitting

    async def make(self, leased: LeasedDelivery, post: Post, declared: Declaration, account: Account | None) -> None:
        """Leaves the delivery's picture `ready`, or `failed` where it can never work.

        Raises TryLater when a provider may manage later, LeaseLost.
        """
        options = options_of(leased.row.picture_wish)
        wanted = slide_requests_for(post, declared, account, options)
        given = custom_picture_of(leased.row)
        if given is not None:
            await self._generate_from_custom(leased, post, given, picture_request_for(post, declared, account, options), options, wanted)
            return
        if len(wanted) == 1 and wanted[0].media_id is None and wanted[0].request.family is None:
            await self._picture_generator.generate_for_delivery(leased, post, declared, account)
            return
        await self._make_all(leased, post, wanted, options)

    async def _generate_from_custom(
        self,
        leased: LeasedDelivery,
        post: Post,
        given: Mapping[str, Any],
        request: PictureRequest,
        options: PictureOptions,
        wanted: Sequence[SlideRequest],
    ) -> None:
        """A person's own picture, cut anew from what it was cut from, with or without the post's words over it."""
        await self._picture_generator.mark_generating(leased)
        try:
            medium = await self._cropped(
                post, given["media_id"], request.spec, crop_from_notes(given), leased.row.picture_alt
            )
            if options.text_over:
                medium = await self._picture_generator.draw_text_over(medium, request)
        except TryLater:
            raise
        except OutsideError as failure:
            await leased.save(picture_state=PictureState.FAILED, picture_error=failure.as_json())
            return
        digest = combined_digest(wanted, provider_of(post, options)) if options.text_over else None
        alt = leased.row.picture_alt
        async with self._database.transaction() as transaction:
            await media_store.add(transaction, medium)
            await leased.save_in(
                transaction, **delivery_columns_for(medium) | {"picture_digest": digest, "picture_alt": alt}
            )
            await record_version(transaction, leased.row, self._clock.now())

    async def _make_all(
        self, leased: LeasedDelivery, post: Post, wanted: Sequence[SlideRequest], options: PictureOptions
    ) -> None:
        provider = provider_of(post, options)
        pictures = _begun(leased.row.pictures or [], [one.digest(provider) for one in wanted])
        await self._picture_generator.mark_generating(leased, pictures)
        # Each is stored when it is there, and one at a time: they share the delivery's row.
        turn = asyncio.Lock()

        async def one(index: int) -> None:
            made, medium = await self._made(post, wanted[index], options, pictures[index]["digest"])
            async with turn:
                pictures[index] = made
                async with self._database.transaction() as transaction:
                    if medium is not None:
                        await media_store.add(transaction, medium)
                        await post_store.refer(transaction, leased.row.id, [medium.id])
                    await leased.save_in(transaction, pictures=list(pictures))

        missing = [index for index, picture in enumerate(pictures) if picture["state"] != PictureState.READY]
        ends = await asyncio.gather(*map(one, missing), return_exceptions=True)
        _raise_unless_final([end for end in ends if end is not None], pictures)
        async with self._database.transaction() as transaction:
            await leased.save_in(transaction, **_summary(pictures, combined_digest(wanted, provider)))
            await record_version(transaction, leased.row, self._clock.now())

    async def _made(
        self, post: Post, wanted: SlideRequest, options: PictureOptions, digest: str | None
    ) -> tuple[SlidePicture, Medium | None]:
        try:
            if wanted.media_id is None:
                medium, notes = await self._picture_generator.generate_medium(post, wanted.request, options)
            else:
                medium, notes = await self._cropped(post, wanted.media_id, wanted.request.spec), None
                if wanted.draws_text_over:
                    medium = await self._picture_generator.draw_text_over(medium, wanted.request)
        except TryLater:
            raise
        except (OutsideError, ProviderUnavailable) as failure:
            return {"state": PictureState.FAILED, "digest": digest, "error": error_of(failure)}, None
        return {"state": PictureState.READY, "digest": digest, "medium_id": medium.id, "notes": notes}, medium

    async def _cropped(
        self, post: Post, media_id: str, spec: ImageSpec, cut: CropSelection = UNCROPPED, alt: str | None = None
    ) -> Medium:
        """Raises Rejected when the picture is not there, or cannot be used."""
        async with self._database.reading() as transaction:
            own = await media_store.find_in_library(transaction, post.workspace_id, media_id)
        if own is None:
            raise Rejected(Message("library.not_found"), service="araldo", code="media_unknown")
        try:
            return await self._fitting.fit_copy(own, spec, cut, alt)
        except BlobMissing as lost:
            raise Rejected(Message("library.not_found"), service="araldo", code="media_unknown") from lost
        except Unfit as unfit:
            raise Rejected(unfit.message, service="araldo", code=unfit.code) from unfit


def _raise_unless_final(errors: Sequence[BaseException], pictures: Sequence[SlidePicture]) -> None:
    """Raise the error that decides: one that is not for later first, and none for later once a picture has failed.

    What is there stays, and the next try makes only what is missing; with one that can never work there is none.
    """
    for_later = [error for error in errors if isinstance(error, TryLater) or is_transient(error)]
    decisive = [error for error in errors if error not in for_later]
    if decisive:
        raise decisive[0]
    if for_later and all(picture["state"] != PictureState.FAILED for picture in pictures):
        raise for_later[0]


def _begun(before: Sequence[SlidePicture], digests: Sequence[str]) -> list[SlidePicture]:
    """What is ready and still right stays, wherever it stands now."""
    right = {one["digest"]: one for one in before if one["state"] == PictureState.READY}
    return [right.get(digest) or {"state": PictureState.MAKING, "digest": digest} for digest in digests]


def _summary(pictures: Sequence[SlidePicture], digest: str) -> dict[str, Any]:
    """The delivery's own columns: ready when all are, else failed for the first reason."""
    failed = [one for one in pictures if one["state"] != PictureState.READY]
    first = pictures[0]
    return {
        "picture_state": PictureState.FAILED if failed else PictureState.READY,
        "picture_error": failed[0].get("error") if failed else None,
        "picture_media_id": first.get("medium_id"),
        "picture_digest": None if failed else digest,
        "picture_origin": "made",
        "picture_notes": first.get("notes"),
    }

"""Generate all pictures of a delivery in parallel, each with its own outcome; pictures that are up to date are kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from araldo.accounts.models import Account
from araldo.errors import OutsideError, Rejected, TryLater
from araldo.images.providers import ProviderUnavailable
from araldo.images.providers.base import PictureRequest
from araldo.images.spec import ImageSpec
from araldo.images.unusable import UnusablePicture
from araldo.local_faults import is_transient
from araldo.media import store as media_store
from araldo.media.models import Medium
from araldo.messages import Message
from araldo.pictures.models import CustomSource, DeliveryPicture, PictureOptions, PictureState, SlidePicture
from araldo.platforms.base import Declaration
from araldo.posts import delivery_store
from araldo.posts.delivery_changes import DeliveryChanges
from araldo.posts.models import Delivery, Post
from araldo.storage.blobs import BlobMissing
from araldo.storage.database import Database, Transaction
from araldo.workflows.deliveries.lease import LeasedDelivery, save_leased
from araldo.workflows.pictures.carousel import SlideRequest, combined_digest, slide_requests_for
from araldo.workflows.pictures.custom import crop_of, custom_picture
from araldo.workflows.pictures.fitting import UNCROPPED, CropSelection, Fitting
from araldo.workflows.pictures.generate import (
    PictureGenerator,
    error_of,
    is_remade,
    picture_request_for,
    provider_of,
    record_version,
)
from araldo.workflows.pictures.shared import SharedPictures, signing_account


class DeliveryPictures:
    """Generates a delivery's pictures and stores them with it."""

    def __init__(self, *, database: Database, picture_generator: PictureGenerator, fitting: Fitting) -> None:
        self._database = database
        self._picture_generator = picture_generator
        self._fitting = fitting
        self._shared = SharedPictures(database)

    async def generate(
        self, leased: LeasedDelivery, post: Post, declared: Declaration, account: Account | None
    ) -> None:
        """Generate what is missing; the delivery's picture is then `ready`, or `failed` for good.

        Deliveries on one platform share a picture: it is made for the first of them.

        Raises TryLater when a provider may succeed later, LeaseLost.
        """
        row, options = leased.row, leased.row.picture.options
        count = await self._database.read(lambda transaction: delivery_store.count_on_platform(transaction, row))
        account = signing_account([row.platform] * count, row.platform, account)
        requests = slide_requests_for(post, declared, account, options)
        custom = row.picture.source
        digest = combined_digest(requests, provider_of(post, options))
        if count > 1 and await self._shared.take_or_begin(leased, digest):
            return
        if custom is not None:
            await self._fit_custom(
                leased, post, custom, picture_request_for(post, declared, account, options), options, requests
            )
            return
        if len(requests) == 1 and requests[0].media_id is None and requests[0].request.family is None:
            await self._picture_generator.generate_for_delivery(leased, post, declared, account)
            return
        await self._generate_slides(leased, post, requests, options)

    async def _fit_custom(
        self,
        leased: LeasedDelivery,
        post: Post,
        custom: CustomSource,
        request: PictureRequest,
        options: PictureOptions,
        requests: Sequence[SlideRequest],
    ) -> None:
        """Crop the custom picture again from its source, and draw the post's text over it when `text_over` is set."""
        await self._picture_generator.mark_generating(leased)
        try:
            medium = await self._crop_library_picture(
                post, custom.media_id, request.spec, crop_of(custom), leased.row.picture.alt
            )
            if options.text_over:
                medium = await self._picture_generator.draw_text_over(medium, request)
        except TryLater:
            raise
        except OutsideError as failure:
            failed = replace(leased.row.picture, state=PictureState.FAILED, error=failure.as_json())
            await leased.save(DeliveryChanges(picture=failed))
            return
        digest = combined_digest(requests, provider_of(post, options)) if options.text_over else None
        alt = leased.row.picture.alt

        def in_transaction(transaction: Transaction, row: Delivery) -> Delivery:
            media_store.add(transaction, medium)
            remade = is_remade(transaction, row, digest)
            picture = replace(custom_picture(row.picture, medium), digest=digest, alt=alt, remade=remade)
            saved = save_leased(transaction, row, DeliveryChanges(picture=picture))
            record_version(transaction, saved, transaction.now)
            return saved

        await leased.write(in_transaction)

    async def _generate_slides(
        self, leased: LeasedDelivery, post: Post, requests: Sequence[SlideRequest], options: PictureOptions
    ) -> None:
        provider = provider_of(post, options)
        digests = [request.digest(provider) for request in requests]
        slides = _initial_slides(leased.row.picture.slides or (), digests)
        await self._picture_generator.mark_generating(leased, slides)
        # Each picture is stored as soon as it exists; the lock is there because they share the delivery's lease.
        row_lock = asyncio.Lock()

        async def generate_and_store(index: int) -> None:
            slide, medium = await self._generate_slide(post, requests[index], options, digests[index])
            async with row_lock:
                slides[index] = slide

                def store_slide(transaction: Transaction, row: Delivery) -> Delivery:
                    if medium is not None:
                        media_store.add(transaction, medium)
                    picture = replace(row.picture, slides=tuple(slides))
                    return save_leased(transaction, row, DeliveryChanges(picture=picture))

                await leased.write(store_slide)

        missing = [index for index, slide in enumerate(slides) if slide.state is not PictureState.READY]
        errors = await asyncio.gather(*map(generate_and_store, missing), return_exceptions=True)
        _raise_decisive([error for error in errors if error is not None], slides)

        def store_summary(transaction: Transaction, row: Delivery) -> Delivery:
            digest = combined_digest(requests, provider)
            remade = is_remade(transaction, row, digest)
            picture = _summarize(row.picture, digest, remade=remade)
            saved = save_leased(transaction, row, DeliveryChanges(picture=picture))
            record_version(transaction, saved, transaction.now)
            return saved

        await leased.write(store_summary)

    async def _generate_slide(
        self, post: Post, slide: SlideRequest, options: PictureOptions, digest: str | None
    ) -> tuple[SlidePicture, Medium | None]:
        """Return one slide's picture, `ready` or `failed`, and its medium, whose row is not stored. Raises TryLater."""
        try:
            if slide.media_id is None:
                medium, notes = await self._picture_generator.generate_medium(post, slide.request, options)
            else:
                medium, notes = await self._crop_library_picture(post, slide.media_id, slide.request.spec), None
                if slide.draws_text_over:
                    medium = await self._picture_generator.draw_text_over(medium, slide.request)
        except TryLater:
            raise
        except (OutsideError, ProviderUnavailable) as failure:
            return SlidePicture(PictureState.FAILED, digest, error=error_of(failure)), None
        return SlidePicture(PictureState.READY, digest, medium.id, notes=notes), medium

    async def _crop_library_picture(
        self, post: Post, media_id: str | None, spec: ImageSpec, crop: CropSelection = UNCROPPED, alt: str | None = None
    ) -> Medium:
        """Return a library picture cropped to `spec`. Raises Rejected when it does not exist or cannot be used."""
        own = None
        if media_id is not None:
            own = await self._database.read(
                lambda transaction: media_store.find_in_library(transaction, post.workspace_id, media_id)
            )
        if own is None:
            raise Rejected(Message("library.not_found"), service="araldo", code="media_unknown")
        try:
            return await self._fitting.fit_copy(own, spec, crop, alt)
        except BlobMissing as lost:
            raise Rejected(Message("library.not_found"), service="araldo", code="media_unknown") from lost
        except UnusablePicture as unfit:
            raise Rejected(unfit.message, service="araldo", code=unfit.code) from unfit


def _raise_decisive(errors: Sequence[BaseException], slides: Sequence[SlidePicture]) -> None:
    """Raise an error that is not retryable; else a retryable one, unless a picture has failed for good.

    A retry generates only what is missing, and would be useless when one of the pictures can never be generated.
    """
    retryable = [error for error in errors if isinstance(error, TryLater) or is_transient(error)]
    fatal = [error for error in errors if error not in retryable]
    if fatal:
        raise fatal[0]
    if retryable and all(slide.state is not PictureState.FAILED for slide in slides):
        raise retryable[0]


def _initial_slides(before: Sequence[SlidePicture], digests: Sequence[str]) -> list[SlidePicture]:
    """Return the pictures to begin with: those of `before` that are ready and unchanged, in their new order."""
    reusable = {slide.digest: slide for slide in before if slide.state is PictureState.READY}
    return [reusable.get(digest) or SlidePicture(PictureState.MAKING, digest) for digest in digests]


def _summarize(picture: DeliveryPicture, digest: str, *, remade: bool) -> DeliveryPicture:
    """Return the picture as its slides sum up: ready when all of them are, else failed with the first error."""
    slides = picture.slides or ()
    failed = [slide for slide in slides if slide.state is not PictureState.READY]
    return replace(
        picture,
        state=PictureState.FAILED if failed else PictureState.READY,
        error=failed[0].error if failed else None,
        medium_id=slides[0].medium_id,
        digest=None if failed else digest,
        origin="made",
        source=None,
        notes=slides[0].notes,
        remade=remade,
    )

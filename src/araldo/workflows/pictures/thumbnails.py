"""Small copies of stored pictures, made when a list first shows them and kept in memory."""

from __future__ import annotations

from collections import OrderedDict

from araldo.images.process import ImageRunner
from araldo.images.thumbnail import THUMBNAIL_SIDE, shrink_to_thumbnail
from araldo.images.unusable import UnusablePicture
from araldo.local_faults import TransientFault
from araldo.media.models import Medium
from araldo.storage.blobs import Blobs

# Some thousand thumbnails.
_CACHE_BYTES = 32 * 1024 * 1024


class Thumbnails:
    """Makes thumbnails in the image process; keeps the ones used last, at most `cache_bytes` of them."""

    def __init__(self, *, blobs: Blobs, images: ImageRunner, cache_bytes: int = _CACHE_BYTES) -> None:
        self._blobs = blobs
        self._images = images
        self._room = cache_bytes
        # By the digest of the whole picture.
        self._cached: OrderedDict[str, bytes] = OrderedDict()

    async def get(self, medium: Medium) -> tuple[bytes, str]:
        """Return a thumbnail and its media type; the picture itself where it is small or cannot be shrunk now.

        Raises BlobMissing, BlobStoreUnavailable.
        """
        if max(medium.width, medium.height) <= THUMBNAIL_SIDE:
            return await self._blobs.get(medium.digest), medium.mime
        if medium.digest in self._cached:
            self._cached.move_to_end(medium.digest)
            return self._cached[medium.digest], "image/jpeg"
        data = await self._blobs.get(medium.digest)
        try:
            small = await self._images.run(shrink_to_thumbnail, data)
        except (UnusablePicture, TransientFault):
            return data, medium.mime
        self._keep(medium.digest, small)
        return small, "image/jpeg"

    def _keep(self, digest: str, small: bytes) -> None:
        # Somebody else may have made it meanwhile.
        self._room += len(self._cached.pop(digest, b""))
        self._cached[digest] = small
        self._room -= len(small)
        while self._room < 0:
            self._room += len(self._cached.popitem(last=False)[1])

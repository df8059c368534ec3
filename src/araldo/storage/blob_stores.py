"""The blob store that the settings name."""

from __future__ import annotations

from pathlib import Path

from araldo.storage.blob_settings import BlobSettings
from araldo.storage.blobs import Blobs
from araldo.storage.local_blobs import LocalBlobs
from araldo.storage.s3_blobs import S3Blobs


def open_blobs(settings: BlobSettings, folder: Path) -> Blobs:
    """Return the store in the bucket of the settings; `folder` where they name none."""
    return LocalBlobs(folder) if settings.url is None else S3Blobs(settings.url, settings)

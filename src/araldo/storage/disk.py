"""Free space on the data folder's disk."""

from __future__ import annotations

import os
from pathlib import Path


def free_bytes(folder: Path) -> int:
    """Return the bytes that an unprivileged process may still write; 0 when the file system has no free inodes."""
    found = os.statvfs(folder)
    # File systems without a fixed number of inodes report 0 of 0.
    if found.f_files and not found.f_favail:
        return 0
    return found.f_bavail * found.f_frsize

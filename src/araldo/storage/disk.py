"""How much room the data folder's disk has left."""

from __future__ import annotations

import os
from pathlib import Path


def free_bytes(folder: Path) -> int:
    """What a program without privileges may still write; 0 when the file system can make no more files."""
    found = os.statvfs(folder)
    # Some file systems have no fixed number of files and say 0 of 0.
    if found.f_files and not found.f_favail:
        return 0
    return found.f_bavail * found.f_frsize

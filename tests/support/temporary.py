"""Where the tests' files are: in memory if there is room, because most tests make a database of many small files."""

from __future__ import annotations

import os
import tempfile

_MEMORY = "/dev/shm"
# All tests together leave some 400 MB, and PostgreSQL needs as much again for each of several workers.
_NEEDED_BYTES = 4 << 30


def keep_temporary_files_in_memory() -> None:
    """Let `tempfile` and pytest, in this process and those it starts, use memory, unless TMPDIR says where.

    On a disk, creating and deleting the files of one PostgreSQL database costs the kernel 0.1 to 0.4 s of CPU.
    """
    if "TMPDIR" not in os.environ and os.access(_MEMORY, os.W_OK):
        room = os.statvfs(_MEMORY)
        if room.f_bavail * room.f_frsize >= _NEEDED_BYTES:
            os.environ["TMPDIR"] = tempfile.tempdir = _MEMORY

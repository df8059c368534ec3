"""The archive of a backup: written member by member, and read as hostile input.

A tar file that `tar` lists and unpacks, of regular files only: `database.sqlite.gz`, `blobs/<SHA-256>` for each
picture, `secret.key` where it was asked for, and `manifest.json` last, so that an unfinished file is none.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from araldo.messages import Message
from araldo.storage.backup.errors import BackupDamaged, BackupTooNew
from araldo.storage.private_files import FILE_MODE, open_private

FORMAT = 1
DATABASE, KEYS, MANIFEST = "database.sqlite.gz", "secret.key", "manifest.json"
_PICTURE = re.compile(r"blobs/([0-9a-f]{64})")
_BLOCK, _CHUNK = 512, 1 << 20
# No picture and no manifest is larger.
_PICTURE_MAX, _TEXT_MAX = 1 << 30, 1 << 26
# Fast, and the rows still become a fifth.
_LEVEL = 3


class Manifest(BaseModel):
    """What the archive holds. `rows`: by table. `missing`: digests of pictures that the disk had lost already."""

    model_config = ConfigDict(strict=True, extra="forbid")

    format: int
    araldo: str = Field(max_length=100)
    made_at: datetime = Field(strict=False)
    database: Literal["sqlite", "postgresql"]
    revision: str = Field(max_length=40)
    database_bytes: int = Field(ge=0)
    database_sha256: str = Field(max_length=64)
    rows: dict[str, int]
    pictures: int = Field(ge=0)
    picture_bytes: int = Field(ge=0)
    missing: list[str]
    # Of the keys' file; None without one.
    keys_sha256: str | None = Field(max_length=64)

    @property
    def has_keys(self) -> bool:
        return self.keys_sha256 is not None


class _Format(BaseModel):
    """What the manifest of a later version still has."""

    format: int


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the archive, and where its bytes are."""

    name: str
    offset: int
    size: int


class ArchiveWriter:
    """Writes a new file with mode 0600; complete only after `finish`."""

    def __init__(self, path: Path) -> None:
        self._file = open(path, "xb", opener=open_private)  # noqa: SIM115 - closed by `close`
        self._tar = tarfile.open(fileobj=self._file, mode="w", format=tarfile.GNU_FORMAT)  # noqa: SIM115 - as above

    def add(self, name: str, data: bytes) -> None:
        self._add_from(name, io.BytesIO(data), len(data))

    def add_compressed(self, name: str, source: Path, scratch: Path) -> tuple[int, str]:
        """Add a file compressed, by way of the new file `scratch`; return the bytes and the SHA-256 of the source."""
        digest, size, deflate = hashlib.sha256(), 0, zlib.compressobj(_LEVEL, wbits=31)
        with source.open("rb") as plain, open(scratch, "xb", opener=open_private) as packed:
            while chunk := plain.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                packed.write(deflate.compress(chunk))
            packed.write(deflate.flush())
        with scratch.open("rb") as packed_again:
            self._add_from(name, packed_again, scratch.stat().st_size)
        scratch.unlink()
        return size, digest.hexdigest()

    def _add_from(self, name: str, source: BinaryIO, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, FILE_MODE
        self._tar.addfile(member, source)

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest and the end, and wait until the disk has all of it."""
        self.add(MANIFEST, manifest.model_dump_json(indent=2).encode())
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


class ArchiveReader:
    """An archive open for reading. Raises BackupDamaged for anything that `ArchiveWriter` would not have written."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._file = file
        self._members = {member.name: member for member in self._scan()}
        self.manifest = self._read_manifest()
        pictures = [digest for name in self._members if (digest := digest_in(name)) is not None]
        self.digests = sorted(pictures)
        expected = {DATABASE, MANIFEST, *[KEYS] * self.manifest.has_keys}
        if {name for name in self._members if digest_in(name) is None} != expected:
            raise self._damaged(Message("backup.files_wrong"))
        if len(pictures) != self.manifest.pictures:
            raise self._damaged(Message("backup.files_wrong"))

    def _damaged(self, why: Message) -> BackupDamaged:
        return BackupDamaged(self._path, why)

    def _scan(self) -> Iterator[Member]:
        """Read every header. Only plain files with known names and sizes within the file, each once.

        Headers are parsed one by one, because `tarfile` would follow extensions that make a small file claim anything.
        """
        end, seen = os.fstat(self._file.fileno()).st_size, set[str]()
        while True:
            start, header = self._file.tell(), self._file.read(_BLOCK)
            if header == bytes(_BLOCK):
                return
            try:
                found = tarfile.TarInfo.frombuf(header, "ascii", "strict")
            except (tarfile.HeaderError, ValueError) as wrong:
                raise self._damaged(Message("backup.cut_short")) from wrong
            member = Member(found.name, start + _BLOCK, found.size)
            if found.type != tarfile.REGTYPE or not _is_known(member.name) or member.name in seen:
                raise self._damaged(Message("backup.files_wrong"))
            if not 0 <= member.size <= end - member.offset:
                raise self._damaged(Message("backup.cut_short"))
            seen.add(member.name)
            yield member
            self._file.seek(member.offset + (member.size + _BLOCK - 1) // _BLOCK * _BLOCK)

    def _read_manifest(self) -> Manifest:
        if MANIFEST not in self._members:
            raise self._damaged(Message("backup.cut_short"))
        data = self._read(MANIFEST, _TEXT_MAX)
        try:
            manifest = Manifest.model_validate_json(data)
        except ValidationError as wrong:
            if _format_of(data) > FORMAT:
                raise BackupTooNew(Message("backup.too_new", {"path": self._path})) from wrong
            raise self._damaged(Message("backup.files_wrong")) from wrong
        if manifest.format > FORMAT:
            raise BackupTooNew(Message("backup.too_new", {"path": self._path}))
        return manifest

    def _read(self, name: str, most: int) -> bytes:
        member = self._members[name]
        if member.size > most:
            raise self._damaged(Message("backup.files_wrong"))
        self._file.seek(member.offset)
        return self._file.read(member.size)

    def read_picture(self, digest: str) -> bytes:
        """Return a picture's bytes, which have that digest."""
        data = self._read(f"blobs/{digest}", _PICTURE_MAX)
        if hashlib.sha256(data).hexdigest() != digest:
            raise self._damaged(Message("backup.checksum_wrong"))
        return data

    def read_keys(self) -> list[str]:
        """Return the keys that encrypt tokens; [] when the archive has none."""
        if not self.manifest.has_keys:
            return []
        data = self._read(KEYS, _TEXT_MAX)
        if hashlib.sha256(data).hexdigest() != self.manifest.keys_sha256:
            raise self._damaged(Message("backup.checksum_wrong"))
        return data.decode("ascii", "replace").split()

    def extract_database(self, target: Path) -> None:
        """Write the database to the new file `target`: as many bytes as the manifest says, with its checksum."""
        member, limit = self._members[DATABASE], self.manifest.database_bytes
        digest, size, inflate = hashlib.sha256(), 0, zlib.decompressobj(wbits=31)
        self._file.seek(member.offset)
        left = member.size
        with open(target, "xb", opener=open_private) as plain:
            while left and not inflate.eof:
                packed = self._file.read(min(_CHUNK, left))
                left -= len(packed)
                while packed:
                    data = self._inflate(inflate, packed)
                    size += len(data)
                    if size > limit:
                        raise self._damaged(Message("backup.checksum_wrong"))
                    digest.update(data)
                    plain.write(data)
                    packed = inflate.unconsumed_tail
        if not inflate.eof or left or size != limit or digest.hexdigest() != self.manifest.database_sha256:
            raise self._damaged(Message("backup.checksum_wrong"))

    def _inflate(self, inflate: zlib._Decompress, packed: bytes) -> bytes:
        try:
            return inflate.decompress(packed, _CHUNK)
        except zlib.error as wrong:
            raise self._damaged(Message("backup.checksum_wrong")) from wrong


@contextmanager
def open_archive(path: Path) -> Iterator[ArchiveReader]:
    """Open an archive and read its headers and its manifest. Raises BackupDamaged, BackupTooNew, OSError."""
    with path.open("rb") as file:
        yield ArchiveReader(path, file)


def digest_in(name: str) -> str | None:
    """Return the digest of the picture that a member of this name is; None for another file."""
    found = _PICTURE.fullmatch(name)
    return None if found is None else found[1]


def _is_known(name: str) -> bool:
    return name in {DATABASE, KEYS, MANIFEST} or digest_in(name) is not None


def _format_of(data: bytes) -> int:
    try:
        return _Format.model_validate_json(data).format
    except ValidationError:
        return 0

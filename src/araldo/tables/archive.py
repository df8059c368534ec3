"""The ZIP archive of a spreadsheet and the XML within, with limits: no document types, no entities, no bombs."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from araldo.tables.models import damaged, too_large_unpacked

# Unpacked, all files together. A member is never read beyond the size that its archive states.
_UNPACKED_MAX_BYTES = 64 * 1024 * 1024
_MEMBERS_MAX = 2_000
# Of all files together: a table at its limits has 300,000, and a small archive could hold millions.
_ELEMENTS_MAX = 500_000
_CHUNK = 64 * 1024
# Those that spreadsheets use.
_COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# What zipfile raises for an archive that is damaged, cut off or encrypted.
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, KeyError, EOFError, OSError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class Start:
    """The start of an element: its name and attributes, without their namespaces."""

    name: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class End:
    name: str


Event = Start | End | str


class Archive:
    """A spreadsheet's files. Raises TableUnreadable when it is damaged or unpacks to more than the limit."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as broken:
            raise damaged() from broken
        members = self._zip.infolist()
        if len(members) > _MEMBERS_MAX or sum(member.file_size for member in members) > _UNPACKED_MAX_BYTES:
            raise too_large_unpacked()
        if any(member.compress_type not in _COMPRESSIONS for member in members):
            raise damaged()
        self._names = {member.filename for member in members}
        self._elements = 0

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def events(self, name: str) -> Iterator[Event]:
        """Yield the elements and texts of an XML file, as far as they are asked for. Raises TableUnreadable."""
        parser = _Parser()
        try:
            with self._zip.open(name) as member:
                while chunk := member.read(_CHUNK):
                    events = parser.feed(chunk)
                    self._count(events)
                    yield from events
            yield from parser.feed(b"", final=True)
        except (*_BROKEN, expat.ExpatError) as broken:
            raise damaged() from broken

    def _count(self, events: list[Event]) -> None:
        self._elements += sum(isinstance(event, Start) for event in events)
        if self._elements > _ELEMENTS_MAX:
            raise too_large_unpacked()


@dataclass
class _Parser:
    found: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = lambda name: self.found.append(End(_local(name)))
        self._parser.CharacterDataHandler = self.found_text
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype

    def feed(self, chunk: bytes, *, final: bool = False) -> list[Event]:
        self._parser.Parse(chunk, final)
        found, self.found = self.found, []
        return found

    def found_text(self, text: str) -> None:
        self.found.append(text)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        # LibreOffice writes some attributes a second time, in a namespace of its own and with values of its own.
        kept = {_local(key): value for key, value in attributes.items() if ":calc:" not in key}
        self.found.append(Start(_local(name), kept))

    @staticmethod
    def _refuse_doctype(*_: object) -> None:
        """Refuse a document type before any of its entities: spreadsheets have none."""
        raise damaged()


def _local(name: str) -> str:
    return name.rpartition(" ")[2]

"""Comparison of what wheel and sdist contain with what they must and may contain."""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path

# Built, so in no commit. Each pattern must match a file: a studio without styles, or fonts without licence, is broken.
_STUDIO = (
    "araldo/web/index.html",
    "araldo/web/.vite/manifest.json",
    "araldo/web/assets/*.js",
    "araldo/web/assets/*.css",
    "araldo/web/assets/*.woff2",
    "araldo/web/licenses/bricolage-grotesque.txt",
    "araldo/web/licenses/figtree.txt",
    "araldo/web/licenses/packages.txt",
)
_DOCUMENTATION = (
    "araldo/docs/index.html",
    "araldo/docs/changelog/index.html",
    "araldo/docs/search.json",
    "araldo/docs/assets/javascripts/*.js",
    "araldo/docs/assets/javascripts/LICENSE",
    "araldo/docs/assets/stylesheets/*.css",
)
# Committed, but so important that their loss must not pass as a smaller package.
_COMMITTED = (
    "araldo/py.typed",
    "araldo/messages/*.json",
    "araldo/storage/migrations/versions/*.py",
    "araldo/images/designer/*/OFL.txt",
    "araldo/images/designer/emoji/*LICENSE",
)
REQUIRED = (*_STUDIO, *_DOCUMENTATION, *_COMMITTED)
_BUILT_FOLDERS = ("araldo/docs/", "araldo/web/")
_METADATA = ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
_BESIDE_THE_SOURCE = {"pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", ".gitignore", "PKG-INFO"}
_FORBIDDEN = re.compile(
    r"(^|/)(tests?|\.araldo|\.env[^/]*|__pycache__|node_modules)(/|$)|\.(key|pem|db|sqlite3?|map|log)$"
)
_SECRETS = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    rb"|\bEAA[0-9A-Za-z]{60,}"  # Meta
    rb"|\bgh[pousr]_[0-9A-Za-z]{36}|\bgithub_pat_\w{60,}"
    rb"|\bpypi-AgE[\w-]{50,}|\bAKIA[0-9A-Z]{16}\b|\bAIza[\w-]{35}\b|\bsk-[\w-]{40,}"
)


def wheel_problems(names: Iterable[str], committed: Iterable[str], version: str) -> list[str]:
    """Return what is missing in a wheel and what should not be there, a line each.

    `names`: paths in the wheel. `committed`: paths of all files in the repository.
    """
    metadata = {f"araldo-{version}.dist-info/{name}" for name in _METADATA}
    return _problems(set(names), _package(committed) | metadata)


def sdist_problems(names: Iterable[str], committed: Iterable[str], version: str) -> list[str]:
    """Return what is missing in an sdist and what should not be there, a line each."""
    top = f"araldo-{version}/"
    strays = [f"outside {top}: {name}" for name in names if not name.startswith(top)]
    inside = {name.removeprefix(top).removeprefix("src/") for name in names}
    return strays + _problems(inside, _package(committed) | _BESIDE_THE_SOURCE)


def secret_problems(files: Mapping[str, bytes]) -> list[str]:
    """Return the files that contain what looks like a credential, a line each."""
    return [f"looks like a credential: {name}" for name, content in files.items() if _SECRETS.search(content)]


def read_wheel(path: Path) -> dict[str, bytes]:
    """Return a wheel's files by their paths."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def read_sdist(path: Path) -> dict[str, bytes]:
    """Return an sdist's files by their paths; a link counts as an empty file."""
    with tarfile.open(path) as archive:
        return dict(_members(archive))


def _members(archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    for member in archive:
        if not member.isdir():
            file = archive.extractfile(member) if member.isfile() else None
            yield member.name, file.read() if file else b""


def _package(committed: Iterable[str]) -> set[str]:
    return {name.removeprefix("src/") for name in committed if name.startswith("src/")}


def _problems(names: set[str], expected: set[str]) -> list[str]:
    missing = expected - names | {pattern for pattern in REQUIRED if not any(fnmatch(name, pattern) for name in names)}
    unexpected = {name for name in names - expected if not name.startswith(_BUILT_FOLDERS)}
    forbidden = {name for name in names if _FORBIDDEN.search(name)}
    return [
        *(f"missing: {name}" for name in sorted(missing)),
        *(f"unexpected: {name}" for name in sorted(unexpected | forbidden)),
    ]

"""What a release's wheel and sdist may and must contain."""

from __future__ import annotations

import io
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
from tools.release.contents import (
    REQUIRED,
    read_sdist,
    read_wheel,
    sdist_problems,
    secret_problems,
    wheel_problems,
)

ROOT = Path(__file__).parents[2]
# A file for each pattern, as a complete package has them.
WHOLE = {pattern.replace("*", "x") for pattern in REQUIRED}
BUILT = {name for name in WHOLE if name.startswith(("araldo/docs/", "araldo/web/"))}
COMMITTED = {f"src/{name}" for name in WHOLE - BUILT} | {"tests/test_cli.py", "web/package.json", "README.md"}
METADATA = {
    f"araldo-1.2.3.dist-info/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
}
BESIDE = {"pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", ".gitignore", "PKG-INFO"}


def sdist_of(package: set[str]) -> set[str]:
    return {f"araldo-1.2.3/{name}" for name in BESIDE} | {f"araldo-1.2.3/src/{name}" for name in package}


def test_complete_packages_have_no_problems() -> None:
    assert wheel_problems(WHOLE | METADATA, COMMITTED, "1.2.3") == []
    assert sdist_problems(sdist_of(WHOLE), COMMITTED, "1.2.3") == []


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_whatever_is_missing_is_named(name: str) -> None:
    pattern = next(pattern for pattern in REQUIRED if pattern.replace("*", "x") == name)
    for found in (
        wheel_problems(WHOLE - {name} | METADATA, COMMITTED, "1.2.3"),
        sdist_problems(sdist_of(WHOLE - {name}), COMMITTED, "1.2.3"),
    ):
        assert f"missing: {pattern}" in found


def test_every_committed_file_of_the_package_must_be_there() -> None:
    committed = COMMITTED | {"src/araldo/new.py"}
    assert wheel_problems(WHOLE | METADATA, committed, "1.2.3") == ["missing: araldo/new.py"]
    assert sdist_problems(sdist_of(WHOLE), committed, "1.2.3") == ["missing: araldo/new.py"]


@pytest.mark.parametrize(
    "name",
    [
        "araldo/left_over.py",
        "tests/test_cli.py",
        "tests/__init__.py",
        ".araldo/secret.key",
        "araldo/.env",
        "araldo/web/secret.key",
        "araldo/web/assets/index.js.map",
        "araldo/web/tests/x.js",
        "araldo/__pycache__/cli.cpython-311.pyc",
    ],
)
def test_whatever_does_not_belong_there_is_named(name: str) -> None:
    assert wheel_problems(WHOLE | METADATA | {name}, COMMITTED, "1.2.3") == [f"unexpected: {name}"]
    assert sdist_problems(sdist_of(WHOLE | {name}), COMMITTED, "1.2.3") == [f"unexpected: {name}"]


def test_a_file_outside_the_folder_of_an_sdist_is_named() -> None:
    assert sdist_problems(sdist_of(WHOLE) | {"README.md"}, COMMITTED, "1.2.3") == ["outside araldo-1.2.3/: README.md"]


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN EC PRIVATE" + " KEY-----",
        "EAA" + "Ab0" * 30,
        "ghp_" + "a1" * 18,
        "pypi-AgE" + "a" * 60,
        "AKIA" + "A1" * 8,
        "AIza" + "x" * 35,
        "sk-proj-" + "x" * 40,
    ],
)
def test_credentials_are_found(secret: str) -> None:
    files = {"a.py": f"KEY = '{secret}'".encode(), "b.py": b"KEY = settings.key"}
    assert secret_problems(files) == ["looks like a credential: a.py"]


def test_nothing_that_is_committed_looks_like_a_credential() -> None:
    names = subprocess.run(
        ["git", "ls-files", "-z", "src"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    assert secret_problems({name: (ROOT / name).read_bytes() for name in names if name}) == []


def test_archives_are_read_file_by_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel:
        wheel.writestr("araldo/", "")
        wheel.writestr("araldo/a.py", "a")
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as sdist:
        folder = tarfile.TarInfo("araldo-1")
        folder.type = tarfile.DIRTYPE
        sdist.addfile(folder)
        link = tarfile.TarInfo("araldo-1/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        sdist.addfile(link)
        file = tarfile.TarInfo("araldo-1/a.py")
        file.size = 1
        sdist.addfile(file, io.BytesIO(b"a"))
    assert read_wheel(tmp_path / "a.whl") == {"araldo/a.py": b"a"}
    assert read_sdist(tmp_path / "a.tar.gz") == {"araldo-1/link": b"", "araldo-1/a.py": b"a"}

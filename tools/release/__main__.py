"""`make release`: build a release into dist/ and check it, from a tree without changes.

With the environment variable RELEASE_TAG (such as v1.2.3) the tag must name the version, and the version must have its
section in CHANGELOG.md. Without, it is a rehearsal: the notes may be those of the section "Unreleased".
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

from tools.release import contents, trial
from tools.release.commands import ROOT, run
from tools.release.notes import notes_for
from tools.release.refused import ReleaseRefused

_UV = ROOT / ".tools" / "bin" / "uv"
_TOOLS = ROOT / ".tools" / "release" / "bin"
_DIST = ROOT / "dist"


def require_clean_tree(status: str) -> None:
    """Raise ReleaseRefused when `git status --porcelain` printed something."""
    if status:
        first = status.splitlines()[0][3:]
        raise ReleaseRefused(f"The tree has changes that are in no commit ({first}): commit or stash them first.")


def require_tag(tag: str | None, version: str) -> None:
    """Raise ReleaseRefused when the tag is not that of the version."""
    if tag is not None and tag != f"v{version}":
        raise ReleaseRefused(f"The tag is {tag}, but pyproject.toml says {version}: they must be the same.")


def build(version: str) -> tuple[Path, Path]:
    """Build studio and documentation, the sdist with them, and from that the wheel. Return both paths."""
    # Built anew: make compares times, and an earlier build may be of other packages.
    for folder in ("web", "docs"):
        (ROOT / "src/araldo" / folder / "index.html").unlink(missing_ok=True)
    run("make", "web", "docs")
    when = {"SOURCE_DATE_EPOCH": run("git", "log", "-1", "--format=%ct").strip()}
    shutil.rmtree(_DIST, ignore_errors=True)
    run(_UV, "build", "--quiet", "--no-create-gitignore", "--out-dir", _DIST, env=when)
    return _DIST / f"araldo-{version}-py3-none-any.whl", _DIST / f"araldo-{version}.tar.gz"


def check_contents(wheel: Path, sdist: Path, version: str) -> None:
    """Raise ReleaseRefused with every file that is missing, unexpected, or looks like a credential."""
    committed = run("git", "ls-files", "-z").split("\0")
    in_wheel, in_sdist = contents.read_wheel(wheel), contents.read_sdist(sdist)
    problems = {
        wheel.name: contents.wheel_problems(in_wheel, committed, version) + contents.secret_problems(in_wheel),
        sdist.name: contents.sdist_problems(in_sdist, committed, version) + contents.secret_problems(in_sdist),
    }
    lines = [f"  {name}: {problem}" for name, found in problems.items() for problem in found]
    if lines:
        raise ReleaseRefused("\n".join(["The packages do not contain what they should:", *lines]))


def write_bill_of_materials(python: Path, to: Path) -> None:
    """Write all packages of the environment of `python` as CycloneDX JSON, validated and reproducible."""
    when = {"SOURCE_DATE_EPOCH": run("git", "log", "-1", "--format=%ct").strip()}
    words = ("environment", "--pyproject", "pyproject.toml", "--output-reproducible", "--validate", "--of", "JSON")
    run(_TOOLS / "cyclonedx-py", *words, "--output-file", to, python, env=when)


def build_image() -> str:
    """Build the container image where a Docker daemon answers. Return one line that says what happened."""
    if not (ROOT / "Dockerfile").exists():
        return "No image: there is no Dockerfile."
    try:
        run("docker", "version", within_s=30)
    except ReleaseRefused:
        return "No image: no Docker daemon answers here."
    run("make", "image", within_s=3600)
    return "The image is built."


def release(tag: str | None) -> None:
    """Build and check everything; print a line for each step. Raises ReleaseRefused."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    require_clean_tree(run("git", "status", "--porcelain"))
    require_tag(tag, version)
    notes = notes_for((ROOT / "CHANGELOG.md").read_text(), version, rehearsal=tag is None)
    wheel, sdist = build(version)
    check_contents(wheel, sdist, version)
    run(_TOOLS / "twine", "check", "--strict", wheel, sdist)
    print(f"Built: {wheel.name} and {sdist.name} contain what they should.")
    with tempfile.TemporaryDirectory() as folder:
        commands = trial.install(_UV, wheel, Path(folder))
        write_bill_of_materials(commands / "python", _DIST / f"araldo-{version}.cdx.json")
        trial.try_commands(commands, Path(folder))
    print("Tried: installed into an empty environment, `araldo run` becomes ready.")
    (_DIST / "release-notes.md").write_text(notes)
    print(build_image())
    for file in sorted(_DIST.iterdir()):
        print(f"  dist/{file.name}  {file.stat().st_size / 1e6:.1f} MB")


def main() -> int:
    """Return the exit code: 1 when the release is refused."""
    try:
        release(os.environ.get("RELEASE_TAG") or None)
    except ReleaseRefused as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

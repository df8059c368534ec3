"""When a release is refused, its notes, and the trial of its commands."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from tools.release import __main__ as release
from tools.release.commands import run
from tools.release.notes import notes_for
from tools.release.refused import ReleaseRefused
from tools.release.trial import require_page, wait_for_line

from tests.support.serving import serve

CHANGELOG = """# Changelog

For the person who upgrades.

## Unreleased

- Soon.

## 1.1.0 - 2027-01-31

- New.
  - And more.

### Fixed

- A thing.

## 1.0.0 - 2027-01-01
"""


def test_the_notes_are_the_section_of_the_version() -> None:
    for rehearsal in (True, False):
        notes = notes_for(CHANGELOG, "1.1.0", rehearsal=rehearsal)
        assert notes == "- New.\n  - And more.\n\n### Fixed\n\n- A thing.\n"


def test_only_a_rehearsal_takes_the_unreleased_notes() -> None:
    assert notes_for(CHANGELOG, "2.0.0", rehearsal=True) == "- Soon.\n"
    with pytest.raises(ReleaseRefused, match=r"nothing under '## 2\.0\.0 - DATE'"):
        notes_for(CHANGELOG, "2.0.0", rehearsal=False)


def test_a_section_without_text_is_refused() -> None:
    with pytest.raises(ReleaseRefused, match=r"nothing under '## 1\.0\.0 - DATE'"):
        notes_for(CHANGELOG, "1.0.0", rehearsal=True)


def test_a_tree_with_changes_is_refused_in_one_sentence() -> None:
    release.require_clean_tree("")
    with pytest.raises(ReleaseRefused) as refused:
        release.require_clean_tree(" M src/araldo/app.py\n?? left.py\n")
    assert str(refused.value) == (
        "The tree has changes that are in no commit (src/araldo/app.py): commit or stash them first."
    )


def test_a_tag_of_another_version_is_refused() -> None:
    release.require_tag(None, "1.1.0")
    release.require_tag("v1.1.0", "1.1.0")
    for tag in ("1.1.0", "v1.1.1"):
        with pytest.raises(ReleaseRefused, match="they must be the same"):
            release.require_tag(tag, "1.1.0")


def test_a_refusal_is_the_only_thing_said_and_the_exit_code_is_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RELEASE_TAG", "v0.0.0-none")
    monkeypatch.setattr(release, "run", lambda *_: "")
    assert release.main() == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("The tag is v0.0.0-none, but pyproject.toml says ")


def test_a_program_that_fails_is_named_with_its_output() -> None:
    assert run("sh", "-c", "echo good") == "good\n"
    with pytest.raises(ReleaseRefused, match=r"(?s)^sh -c .* failed:\n.*bad"):
        run("sh", "-c", "echo bad >&2; exit 3")
    with pytest.raises(ReleaseRefused, match="could not be run"):
        run("/nowhere/at-all")


def test_waiting_for_a_line_ends_with_it() -> None:
    output = io.StringIO("Starting\nReady: http://127.0.0.1:1\nMore\n")
    wait_for_line(output, "Ready: http://127.0.0.1:1", within_s=20)


def test_a_program_that_ends_early_is_refused_with_what_it_said() -> None:
    with pytest.raises(ReleaseRefused, match=r"(?s)ended before it said 'Ready'.*No database"):
        wait_for_line(io.StringIO("No database\n"), "Ready", within_s=20)


def test_a_program_that_says_nothing_is_refused_when_its_time_is_up() -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader) as silent, os.fdopen(writer, "w"), pytest.raises(ReleaseRefused, match=r"within 0\.01 s"):
        wait_for_line(silent, "Ready", within_s=0.01)


def test_without_a_dockerfile_no_image_is_claimed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "ROOT", tmp_path)
    assert release.build_image() == "No image: there is no Dockerfile."


def test_without_a_docker_daemon_no_image_is_claimed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Dockerfile").touch()
    monkeypatch.setattr(release, "ROOT", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert release.build_image() == "No image: no Docker daemon answers here."


def test_a_page_that_the_wheel_does_not_serve_is_refused() -> None:
    app = Starlette(routes=[Route("/", lambda _: PlainTextResponse("here"))])
    with serve(app) as url:
        require_page(f"{url}/")
        with pytest.raises(ReleaseRefused, match=r"does not serve http://127\.0\.0\.1:\d+/docs/: .*404"):
            require_page(f"{url}/docs/")
    with pytest.raises(ReleaseRefused, match="does not serve"):
        require_page(f"{url}/")

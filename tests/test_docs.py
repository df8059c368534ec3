"""What the documentation says still holds: its links, its settings, its commands and its curl."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr
from typer.main import get_command

from araldo.cli import cli
from araldo.settings import Settings
from tests.support.running_system import RunningSystem, ask, start_system

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        path, _, anchor = target.partition("#")
        if "://" in target:
            continue
        found = (page.parent / path) if path else page
        assert found.exists(), f"{page.name} links to {target}"
        if anchor:
            assert anchor in set(_anchors(found)), f"{page.name} links to {target}"


def _anchors(page: Path) -> Iterator[str]:
    for heading in re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_path_that_the_security_page_names_exists() -> None:
    page = (ROOT / "docs/security.md").read_text()
    named = re.findall(r"`((?:src|tests|web|docs)/[\w./-]+|uv\.lock|\.importlinter)`", page)
    assert len(named) > 60
    assert [path for path in named if not (ROOT / path).exists()] == []
    assert re.findall(r"^\| V(\d+) ", page, re.MULTILINE) == [str(chapter) for chapter in range(1, 18)]


def test_every_setting_is_described_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(ARALDO_\w+)` \|([^|]*)\|", (ROOT / "docs/operating.md").read_text(), re.MULTILINE))
    settings = dict(_settings(Settings, "ARALDO_"))
    assert set(rows) == set(settings)
    for name, default in settings.items():
        if "own" not in rows[name]:
            assert rows[name].strip().strip("`") == default, name


def _settings(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, str]]:
    for name, field in model.model_fields.items():
        made = field.get_default(call_default_factory=True)
        if isinstance(made, BaseModel):
            yield from _settings(type(made), f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{(field.alias or name).upper()}", _written(made)


def _written(default: object) -> str:
    if default is None or default == [] or isinstance(default, SecretStr):
        return ""
    return (
        str(default).lower()
        if isinstance(default, bool)
        else f"{default:g}"
        if type(default) is float
        else f"{default}"
    )


def test_every_variable_of_the_deployments_is_known() -> None:
    """`.env.example` has settings and what compose.yaml uses, and all of the latter."""
    example = (ROOT / ".env.example").read_text()
    composed = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text()))
    named = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    page = set(re.findall(r"^(ARALDO_\w+)=", (ROOT / "docs/deploy.md").read_text(), re.MULTILINE))
    settings = {name for name, _ in _settings(Settings, "ARALDO_")}
    assert named - composed <= settings
    assert page <= settings
    assert composed - {"ARALDO_IMAGE", "ARALDO_ENV_FILE"} <= named


def test_the_image_s_last_stage_sees_no_argument_of_the_build() -> None:
    *_, last = (ROOT / "Dockerfile").read_text().split("\nFROM ")
    for word in ("ARG", "PIP_", "NPM_", "EXTRA_CA", "pip", "uv "):
        assert word not in last
    assert "\nUSER araldo\n" in last
    assert (ROOT / ".dockerignore").read_text().splitlines()[1] == "*"


def test_every_command_that_is_named_exists() -> None:
    commands = get_command(cli)
    known = set(getattr(commands, "commands", {}))
    for page in PAGES:
        for word in re.findall(r"`araldo ([a-z]+)", page.read_text()):
            assert word in known, f"{page.name}: araldo {word}"


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        for word in re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text(), re.MULTILINE):
            assert word in targets, f"{page.name}: make {word}"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[RunningSystem]:
    with start_system(tmp_path) as opened:
        opened.meta.control("settings", {"container_delay_s": 0.1})
        yield opened


def test_the_readmes_curl_publishes(home: RunningSystem) -> None:
    line = next(line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("curl "))
    words = shlex.split(line)
    url = next(word for word in words if word.startswith("http"))
    headers = dict(words[index + 1].split(": ", 1) for index, word in enumerate(words) if word == "-H")
    assert headers["Authorization"] == "Bearer KEY"
    body = json.loads(words[words.index("-d") + 1])
    reply = ask(
        words[words.index("-X") + 1],
        url.replace("http://127.0.0.1:8000", home.url),
        body,
        headers | {"Authorization": f"Bearer {home.key}"},
    )
    assert (reply.status, reply.body["status"]) == (200, "published")
    assert [post["message"] for post in home.meta.state()["posts"]] == [
        "Lancio nuovo servizio! 🚀\n\nScopri di più →\n\n#marketing #AI #innovation"
    ]


def test_the_documented_walkthrough_of_a_post_works(home: RunningSystem, tmp_path: Path) -> None:
    page = (ROOT / "docs/api.md").read_text()
    script = next(block for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) if "A draft exists" in block)
    walked = subprocess.run(
        ["bash", "-c", script],
        env={**os.environ, "URL": home.url, "KEY": home.key},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert walked.returncode == 0, walked.stdout + walked.stderr
    said = walked.stdout
    assert "2030-07-01T08:00:00.000Z" in said
    assert "2030-12-01T09:00:00.000Z" in said
    assert "Pubblicato" in said
    assert said.rstrip().splitlines()[-4:] == ["False", "", "draft", "cancelled"]
    assert [post["message"] for post in home.meta.state()["posts"]] == ["Lancio nuovo servizio!\n\n#novità"]
    assert [post["caption"] for post in home.meta.state()["media"]] == ["Qualcosa di nuovo\n\n#novità"]

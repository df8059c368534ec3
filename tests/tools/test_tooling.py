"""Tools that are installed have an upper bound, and each place that runs the checks runs all of them."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTALLERS = [ROOT / "Makefile", ROOT / "web/with-node.sh", *ROOT.glob("Dockerfile"), *ROOT.glob(".github/**/*.yml")]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def test_whatever_pip_installs_has_an_upper_bound() -> None:
    installed = [
        line
        for path in INSTALLERS
        for line in re.findall(r"pip install (?:[^\n\\]|\\\n)*", path.read_text())
        if "--require-hashes" not in line and "--no-deps" not in line
    ]
    assert len(installed) >= 2
    assert [line for line in installed if not re.search(r"'[\w-]+(>=[\d.]+,<|==)[\d.]+'", line)] == []


def test_tools_and_what_builds_the_package_have_an_upper_bound() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    named = [
        *project["build-system"]["requires"],
        *project["dependency-groups"]["docs"],
        *project["dependency-groups"]["release"],
        *project["tool"]["uv"]["build-constraint-dependencies"],
    ]
    assert [requirement for requirement in named if "<" not in requirement and "==" not in requirement] == []


def test_pre_commit_has_a_hook_for_each_check() -> None:
    makefile = (ROOT / "Makefile").read_text()
    checks = re.findall(r"^CHECKS := (.*)$", makefile, re.MULTILINE)[0].split()
    assert re.search(r"^check: \$\(CHECKS\)", makefile, re.MULTILINE)
    hooks = re.findall(r"entry: make (\S+)", (ROOT / ".pre-commit-config.yaml").read_text())
    assert hooks == checks


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_run_targets_that_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"run: make ([a-z-]+)", path.read_text())) <= targets


def test_only_the_release_may_sign_publish_and_write() -> None:
    test = next(path for path in WORKFLOWS if path.name == "test.yml").read_text()
    assert "write" not in test
    assert "secrets." not in "".join(path.read_text() for path in WORKFLOWS)


def test_the_devcontainer_installs_what_the_tests_need() -> None:
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    assert "make .venv/.test web" in container["postCreateCommand"]
    assert container["forwardPorts"] == [8000, 8001]

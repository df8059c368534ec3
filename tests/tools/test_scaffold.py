"""`make platform` in a copy of the tree: what it makes is green as it is, and what it refuses changes nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools.scaffold.create import create_service
from tools.scaffold.names import Refused

ROOT = Path(__file__).parents[2]
NAME = "quillo"
_NEEDED = (
    *("src", "tests/*.py", "tests/platforms", "tests/sandbox", "tests/support", "tests/cases"),
    *("tools/scaffold", "tools/__init__.py", "docs/*.md", "pyproject.toml", ".importlinter", ".gitignore"),
)
# What an added service could break, besides its own contract.
_TESTS = (
    "tests/platforms/test_contract.py",
    "tests/sandbox/test_viewer.py",
    "tests/test_messages.py",
    "tests/test_architecture.py::test_the_list_of_platforms_is_complete",
    "tests/test_docs.py::test_every_setting_is_described_with_its_default",
)


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "ARALDO_", "GIT_"))}
    env["PYTHONPATH"] = f"{folder / 'src'}{os.pathsep}{folder}"
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=200)


def git(folder: Path, *words: str) -> str:
    done = run(["git", "-c", "user.name=test", "-c", "user.email=test@example.org", *words], folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A repository with what the command and the tests need, all of it committed."""
    names = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard", *_NEEDED).split("\0")
    copy = tmp_path_factory.mktemp("scaffold") / "tree"
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
    git(copy, "init", "--quiet")
    git(copy, "add", ".")
    git(copy, "commit", "--quiet", "--message", "start")
    yield copy
    shutil.rmtree(copy)


@pytest.fixture
def tree(committed: Path) -> Iterator[Path]:
    """The repository, which is set back after the test."""
    start = git(committed, "rev-parse", "HEAD").strip()
    yield committed
    git(committed, "reset", "--quiet", "--hard", start)
    # -x: compiled modules, too, else the folder of a removed service stays.
    git(committed, "clean", "--quiet", "--force", "-d", "-x")


def make_platform(tree: Path, name: str) -> subprocess.CompletedProcess[str]:
    return run([sys.executable, "-m", "tools.scaffold", name], tree)


def test_a_new_service_is_green_without_an_edit(tree: Path) -> None:
    made = make_platform(tree, NAME)
    assert made.returncode == 0, made.stderr
    assert "tests/platforms/test_contract.py" in made.stdout
    changed = git(tree, "status", "--porcelain", "--untracked-files=normal").splitlines()
    assert changed == [
        " M docs/index.md",
        " M docs/operating.md",
        " M src/araldo/platforms/__init__.py",
        " M src/araldo/sandbox/services.py",
        f"?? docs/connect-{NAME}.md",
        f"?? src/araldo/platforms/{NAME}/",
        f"?? src/araldo/sandbox/{NAME}/",
        f"?? tests/platforms/{NAME}/",
    ]
    tools = Path(sys.executable).parent
    for tool, *words in (["ruff", "check"], ["ruff", "format", "--check"], ["lint-imports"]):
        files = ["src", "tests/platforms"] if tool == "ruff" else []
        checked = run([str(tools / tool), *words, "--no-cache", *files], tree)
        assert checked.returncode == 0, checked.stdout
    pytest_words = ["-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "--basetemp", str(tree.parent / "inner")]
    tested = run([sys.executable, *pytest_words, *_TESTS, "-k", f"{NAME} or not test_contract"], tree)
    assert tested.returncode == 0, tested.stdout
    # At least the tests of the contract, with one picture and with three.
    assert int(tested.stdout.splitlines()[-1].split(" passed")[0].split()[-1]) > 40


def test_changes_that_are_not_committed_are_refused(tree: Path) -> None:
    (tree / "docs/index.md").write_text("# Changed\n")
    refused = make_platform(tree, NAME)
    assert refused.returncode == 1
    assert "not committed, such as docs/index.md" in refused.stderr
    assert git(tree, "status", "--porcelain") == " M docs/index.md\n"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "3 to 20 letters"),
        ("Quillo", "3 to 20 letters"),
        ("quillo2", "3 to 20 letters"),
        ("../quillo", "3 to 20 letters"),
        ("import", "no word of Python"),
        ("acme", "tools/scaffold exists"),
        ("meta", "src/araldo/platforms/meta exists"),
        ("options", "src/araldo/platforms/options.py exists"),
        ("telegram", "telegram exists"),
        ("delivery", "is a word in src/araldo/"),
    ],
)
def test_a_name_that_cannot_be_is_refused(name: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        create_service(ROOT, name)


def test_a_list_that_cannot_be_read_is_refused_before_anything_is_written(tree: Path) -> None:
    services = tree / "src/araldo/sandbox/services.py"
    services.write_text(services.read_text().replace("SERVICES: ", "ALL_SERVICES: "))
    git(tree, "commit", "--quiet", "--all", "--message", "another list")
    refused = make_platform(tree, NAME)
    assert refused.returncode == 1
    assert "services.py has no list SERVICES" in refused.stderr
    assert git(tree, "status", "--porcelain") == ""

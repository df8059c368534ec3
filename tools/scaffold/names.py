"""Which name a new service may have. A test keeps services' names out of everything but their own places."""

from __future__ import annotations

import ast
import json
import keyword
import re
from collections.abc import Iterator
from pathlib import Path

EXAMPLE = "acme"
_NAME = re.compile(r"[a-z]{3,20}")
# What may name a service: tests/test_architecture.py.
_NAMED_IN = ("platforms/", "sandbox/", "cli/demo.py", "api/social.py")
_STUDIO = {".ts", ".tsx", ".css", ".json", ".svg"}


class Refused(Exception):
    """The new service cannot be made; the text says why, and what to do."""


def places(root: Path, name: str) -> list[Path]:
    """Return the folders and the page that a new service gets."""
    return [
        root / "src/araldo/platforms" / name,
        root / "src/araldo/sandbox" / name,
        root / "tests/platforms" / name,
        root / f"docs/connect-{name}.md",
    ]


def require_name(root: Path, name: str) -> None:
    """Raise Refused for a name that is none, that is taken, or that the core uses as a word."""
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise Refused(
            f"NAME must be 3 to 20 letters from a to z and no word of Python, not {name!r}: make platform NAME=quillo"
        )
    modules = [place.with_suffix(".py") for place in places(root, name) if not place.suffix]
    taken = [place for place in (*places(root, name), *modules) if place.exists()]
    if taken or name == EXAMPLE:
        there = taken[0].relative_to(root) if taken else "tools/scaffold"
        raise Refused(f"{name} is taken: {there} exists. Choose another name, or remove what is there.")
    used = next((place.relative_to(root) for place, words in _core_words(root) if name in words), None)
    if used is not None:
        raise Refused(f"{name} is a word in {used}, which may name no service. Choose another name.")


def _core_words(root: Path) -> Iterator[tuple[Path, set[str]]]:
    """Yield the files that may name no service, each with its words in lower case."""
    source = root / "src/araldo"
    for path in sorted(source.rglob("*.py")):
        if not path.relative_to(source).as_posix().startswith(_NAMED_IN):
            yield path, _identifier_words(ast.parse(path.read_text("utf-8")))
    for path in sorted((source / "messages").glob("*.json")):
        yield path, _words(" ".join(json.loads(path.read_text("utf-8")).values()))
    for path in sorted((root / "web/src").rglob("*")):
        if path.suffix in _STUDIO and ".test." not in path.name and not path.name.endswith("schema.d.ts"):
            yield path, _words(path.read_text("utf-8"))


def _identifier_words(tree: ast.Module) -> set[str]:
    """Return the parts of all names, and of all texts that could be one."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            found.add(node.value)
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
    return {word for name in found for word in name.lower().split("_")}


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))

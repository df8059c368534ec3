"""The Python files of the repository, for tests that read them: parsed only where what they look for can be."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "araldo"


def python_files(*folders: Path) -> list[Path]:
    return [file for folder in folders for file in sorted(folder.rglob("*.py"))]


def trees_with(pattern: str, files: Iterable[Path]) -> Iterator[tuple[Path, ast.Module]]:
    """Yield the files whose text has `pattern` (a regular expression), parsed: to parse all takes seconds."""
    found = re.compile(pattern)
    for file in files:
        text = file.read_text("utf-8")
        if found.search(text):
            yield file, ast.parse(text)


def functions_of(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function, also those within others; visits statements alone, a fifth of all nodes."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, field, None)
            if isinstance(inner, list):
                waiting += inner

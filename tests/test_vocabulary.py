"""Names: what nobody can search for is neither defined nor imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.support.sources import ROOT, python_files, trees_with

FILES = python_files(*(ROOT / folder for folder in ("src", "tests", "bench", "tools")))
# Each had a word of its own here and has the field's now; docs/glossary.md has the domain's terms.
_WORDS = (
    "Lost Held holding let_go Verdicts Told Teller may_want take_in tell tell_of Bell rung Surroundings "
    "Room _full_for_s Keys Parts PartsHere CallerHere RepeatableHere Look Sentence with_ strike_out "
    "striking Guessing one_try buried dig_out sweep_away asked_again Choice Given Givens "
    "Remembering WorkspaceMemory recall Question Asked _out_all_the_same _ours_alone _go _dead_end "
    "write_openly write_visibly _invisible in_order PictureWish PastPicture face_of past_of Album put_off "
    "LastWork _with_last_works Done House Stage Desk Ward Hour Odd Victim Watch _one "
    "Outcome Wanted Made Job Change Happening"
)
BANNED = frozenset(_WORDS.split(" "))


def named(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every name that is defined or imported, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, part) for part in (node.module or "").split("."))
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, part) for alias in node.names for part in alias.name.split("."))


@pytest.mark.parametrize("name", ["class Told: ...", "def tell(): ...", "from a import Bell"])
def test_a_banned_name_is_found(name: str) -> None:
    assert {word for _, word in named(ast.parse(name))} & BANNED


def test_no_banned_name_is_defined_or_imported() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line} {name}"
        for file, tree in trees_with(rf"\b(?:{'|'.join(BANNED)})\b", FILES)
        for line, name in named(tree)
        if name in BANNED
    ]
    assert found == []
    assert {file.stem for file in FILES} & BANNED == set()

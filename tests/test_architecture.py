"""Architecture rules beyond import contracts: sizes of files and functions, places of names, complete registers."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import pkgutil
import re
import statistics
import tomllib
from collections.abc import Iterator
from pathlib import Path

import araldo.api
import araldo.images.providers
import araldo.platforms
from araldo.api.routers import ROUTERS
from araldo.images.providers import IMAGE_PROVIDERS
from araldo.platforms import PLATFORMS, SERVICES
from araldo.platforms.base import Declaration
from araldo.platforms.service import ServiceDeclaration
from tests.support.sources import ROOT, SOURCE, functions_of, python_files, trees_with

FILES = python_files(SOURCE, ROOT / "tests", ROOT / "tools")
# Where a platform may be named: its vendor's folder, the list, the sandbox, and two examples that are documentation.
NAMED_IN = ("platforms/", "sandbox/", "cli/demo.py", "api/social.py")


def imported_by(tree: ast.Module) -> set[str]:
    """Top-level names of everything that a file imports, inside functions and for types too."""
    nodes = list(ast.walk(tree))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module is not None}
    return {name.partition(".")[0] for name in plain | named}


def names() -> set[str]:
    return {vars(platform)["declaration"].name for platform in PLATFORMS}


def service_names() -> set[str]:
    return {vars(service)["declaration"].name for service in SERVICES}


def test_files_are_short() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in FILES}
    assert {str(path): length for path, length in lengths.items() if length > 400} == {}
    assert statistics.quantiles(lengths.values(), n=10)[-1] <= 250


def test_every_module_has_a_docstring_and_no_function_is_too_long() -> None:
    silent: list[Path] = []
    long: list[str] = []
    # The one test that parses every file; the trees of all would take eighty megabytes.
    for path, tree in trees_with(r"\S", FILES):
        if not ast.get_docstring(tree):
            silent.append(path)
        if "migrations" not in path.parts:
            long += [
                f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
                for function in functions_of(tree)
                if (function.end_lineno or 0) - function.lineno > 60
            ]
    assert (silent, long) == ([], [])


def test_only_storage_and_the_stores_import_sqlalchemy_and_alembic() -> None:
    def may(path: Path) -> bool:
        return path.parts[0] == "storage" or path.stem == "store" or path.stem.endswith("_store")

    strays = {
        str(path.relative_to(SOURCE)): names
        for path, tree in trees_with("sqlalchemy|alembic", python_files(SOURCE))
        if not may(path.relative_to(SOURCE)) and (names := imported_by(tree) & {"sqlalchemy", "alembic"})
    }
    assert strays == {}


def test_platforms_are_named_only_in_their_own_packages() -> None:
    assert len(names()) == len(PLATFORMS)
    strays = [
        f"{path.relative_to(SOURCE)}:{node.lineno} {node.value!r}"
        for path, tree in trees_with("|".join(names()), _core_files())
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in names()
    ]
    assert strays == []


def _core_files() -> list[Path]:
    """Return the source files that name no platform."""
    return [path for path in python_files(SOURCE) if not path.relative_to(SOURCE).as_posix().startswith(NAMED_IN)]


def _identifiers(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the names and the texts of a module that may name something, each with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        elif isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg


def test_services_are_named_only_in_their_own_packages() -> None:
    words = {*names(), *service_names()}
    found = {
        path.relative_to(SOURCE).as_posix()
        for path, tree in trees_with(f"(?i:{'|'.join(words)})", _core_files())
        for _, name in _identifiers(tree)
        if name.isidentifier() and words.intersection(name.lower().split("_"))
    }
    assert found == set()


def _core_texts() -> Iterator[tuple[str, str]]:
    """Yield the studio's lines and the core's messages, each after the place where it is."""
    for path in sorted((ROOT / "web/src").rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        is_test = ".test." in name or name.startswith("web/src/testing/") or name.endswith("schema.d.ts")
        if path.suffix in {".ts", ".tsx", ".css", ".json", ".svg"} and not is_test:
            yield from ((name, line) for line in path.read_text().splitlines())
    for path in sorted((SOURCE / "messages").glob("*.json")):
        yield from ((key, f"{key} {text}") for key, text in json.loads(path.read_text()).items())


def test_the_studio_and_the_core_name_no_platform_and_no_service() -> None:
    labels = {vars(platform)["declaration"].label for platform in PLATFORMS}
    known = "|".join(map(re.escape, sorted({*names(), *labels})))
    services = "|".join(map(re.escape, sorted(service_names())))
    # A service's name in a sentence, a text or a path (`import.meta` is none), and its noun for accounts.
    named = re.compile(
        rf"(?i:\b(?:{known})\b)|\b(?:{services.title()})\b|[\"'/](?:{services})[\"'`/]|\bconnect (?:{services})\b"
        r"|(?<=[a-z,»] )(?:Pages?|P[aá]gin(?:[ae]|as))\b"
    )
    assert {place for place, text in _core_texts() if named.search(text)} == set()


def test_the_list_of_platforms_is_complete() -> None:
    written = set(_classes_with("declaration", araldo.platforms.__path__, "araldo.platforms"))
    assert {one for one in written if isinstance(vars(one)["declaration"], Declaration)} == set(PLATFORMS)
    services: set[object] = {one for one in written if isinstance(vars(one)["declaration"], ServiceDeclaration)}
    assert services == set(SERVICES)


def test_the_list_of_providers_is_complete() -> None:
    written = set(_classes_with("remote", araldo.images.providers.__path__, "araldo.images.providers"))
    assert {one.__name__ for one in written if not inspect.isabstract(one)} - {"ImageProvider"} == {
        one.__name__ for one in IMAGE_PROVIDERS
    }


def test_every_router_is_mounted() -> None:
    for module in pkgutil.iter_modules(araldo.api.__path__):
        router = getattr(importlib.import_module(f"araldo.api.{module.name}"), "router", None)
        assert router is None or router in ROUTERS, f"{module.name} has a router that nobody mounts"


def test_every_dependency_comes_locked_from_one_registry() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    sources = {next(iter(package["source"].items())) for package in lock["package"]}
    assert ("editable", ".") in sources
    assert len({url for kind, url in sources if kind == "registry"}) == 1
    assert {kind for kind, _ in sources} == {"editable", "registry"}


def test_every_package_of_the_studio_is_locked_by_digest_and_to_no_host() -> None:
    packages = json.loads((ROOT / "web/package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


def test_no_todo_is_left() -> None:
    marks = re.compile(r"\b(TO" + "DO|FIX" + "ME|XX" + r"X)\b")
    assert [str(path.relative_to(ROOT)) for path in FILES if marks.search(path.read_text())] == []


def test_a_skipped_test_says_why() -> None:
    skips = re.compile(r"pytest\.skip\(|mark\.(skip|xfail)")
    for path, text in ((path, path.read_text()) for path in python_files(ROOT / "tests")):
        if skips.search(text) is None:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if path != Path(__file__) and skips.search(line):
                assert "reason=" in line or 'skip("' in line, f"{path}:{number}"


def _classes_with(attribute: str, paths: Iterator[str] | list[str], package: str) -> Iterator[type]:
    """Classes of the package's own modules that declare the attribute themselves."""
    for info in pkgutil.walk_packages(paths, f"{package}."):
        module = importlib.import_module(info.name)
        for _, found in inspect.getmembers(module, inspect.isclass):
            if found.__module__ == info.name and attribute in vars(found):
                yield found

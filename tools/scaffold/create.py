"""Copy the example under another name, and add the copy to the lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tools.scaffold.names import EXAMPLE, Refused, places, require_name

_LISTED = re.compile(r"^(SERVICES: [^=]+ = \()([^)]*)\)$", re.MULTILINE)
_IMPORT = "from {module} import {name}\n"


def create_service(root: Path, name: str) -> list[Path]:
    """Write the new service's files and lines, and return the Python files that were written or changed.

    Nothing is written when it raises Refused.
    """
    require_name(root, name)
    lists = _lists(root, name)
    lines = _lines(root, name)
    written = []
    for source, target in _copies(root, name):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_rename(source.read_text("utf-8"), name), "utf-8")
        written.append(target)
    for path, text in (lists | lines).items():
        path.write_text(text, "utf-8")
    return [path for path in (*written, *lists) if path.suffix == ".py"]


def _copies(root: Path, name: str) -> list[tuple[Path, Path]]:
    """Return the example's files, each with the path of its copy."""
    example = root / "tools/scaffold" / EXAMPLE
    *folders, page = places(root, name)
    found = [(example / "connect.md", page)]
    for part, target in zip(("service", "sandbox", "tests"), folders, strict=True):
        files = [path for path in sorted((example / part).rglob("*")) if path.suffix in {".py", ".json"}]
        found += [(path, target / path.relative_to(example / part)) for path in files]
    return found


def _rename(text: str, name: str) -> str:
    """Return a text of the example as the new service has it: modules, then the name as it is written anywhere."""
    for part, package in (("service", "araldo.platforms"), ("sandbox", "araldo.sandbox"), ("tests", "tests.platforms")):
        text = text.replace(f"tools.scaffold.{EXAMPLE}.{part}", f"{package}.{name}")
    for case in (str.lower, str.title, str.upper):
        text = text.replace(case(EXAMPLE), case(name))
    return text


def _lists(root: Path, name: str) -> dict[Path, str]:
    """Return the two lists of services with the new one. The sandbox's ends with what takes every other path."""
    platforms, sandbox = root / "src/araldo/platforms/__init__.py", root / "src/araldo/sandbox/services.py"
    service, emulated = f"{name.title()}Service", name.upper()
    return {
        platforms: _insert(platforms, f"araldo.platforms.{name}.service", service, lambda known: [*known, service]),
        sandbox: _insert(sandbox, f"araldo.sandbox.{name}.service", emulated, lambda known: [emulated, *known]),
    }


def _insert(path: Path, module: str, name: str, change: Callable[[list[str]], list[str]]) -> str:
    text = path.read_text("utf-8")
    found = _LISTED.search(text)
    if found is None:
        raise Refused(f"{path.name} has no list SERVICES that could be read. Add the service there yourself.")
    known = [entry.strip() for entry in found[2].split(",") if entry.strip()]
    changed = f"{text[: found.start()]}{found[1]}{', '.join(change(known))}){text[found.end() :]}"
    # Sorted in by the formatter.
    return changed.replace("\n\nfrom ", f"\n\n{_IMPORT.format(module=module, name=name)}from ", 1)


def _lines(root: Path, name: str) -> dict[Path, str]:
    """Return the index of the docs and the table of settings with the new service's lines."""
    index, settings = root / "docs/index.md", root / "docs/operating.md"
    title, upper = name.title(), name.upper()
    entry = f"- [Connect {title}](connect-{name}.md): with an access token"
    row = f"| `ARALDO_{upper}__URL` | `https://{name}.example` | base of {title}'s API; the sandbox is another one |"
    return {
        index: _add_line(index, entry, after="- [Connect "),
        settings: _add_line(settings, row, before="| `ARALDO_PUBLISH__"),
    }


def _add_line(path: Path, line: str, *, after: str | None = None, before: str | None = None) -> str:
    """Return the file's text with a line after the last one that begins so, or before the first one."""
    lines = path.read_text("utf-8").split("\n")
    at = [number for number, text in enumerate(lines) if text.startswith(after or before or "")]
    if not at:
        raise Refused(f"{path.name} has no line that begins with {after or before!r}. Add this one yourself: {line}")
    lines.insert(at[-1] + 1 if after else at[0], line)
    return "\n".join(lines)

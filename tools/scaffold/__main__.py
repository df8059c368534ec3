"""`make platform NAME=x`: copy the example service under another name; it publishes to the sandbox at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.scaffold.create import create_service
from tools.scaffold.names import Refused, require_name

ROOT = Path(__file__).parents[2]
_NEXT = """{title} is the example under another name. It is in the lists of services, and green:

  .venv/bin/python -m pytest tests/platforms/test_contract.py -k {name}

Now replace it by the real one, from {title}'s documentation (docs/adding-a-platform.md): the sandbox first, in
src/araldo/sandbox/{name}, then src/araldo/platforms/{name}, tests/platforms/{name}/stage.py and docs/connect-{name}.md.
"""


def main(arguments: Sequence[str]) -> int:
    """Return the exit code: 1 when nothing was made, with the reason on standard error."""
    name = arguments[0] if arguments else ""
    try:
        require_name(ROOT, name)
        _require_clean(ROOT)
        changed = create_service(ROOT, name)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    _format(changed)
    print(_NEXT.format(title=name.title(), name=name), end="")
    return 0


def _require_clean(root: Path) -> None:
    """Raise Refused when git has changes that are not committed, which the new files would mix with."""
    changed = _run(["git", "status", "--porcelain"], root)
    if changed:
        first = changed.splitlines()[0][3:]
        raise Refused(f"There are changes that are not committed, such as {first}. Commit or stash them first.")


def _format(files: Sequence[Path]) -> None:
    """Sort imports by the new names, and break lines anew."""
    ruff = [str(Path(sys.executable).parent / "ruff")]
    names = [str(path) for path in files]
    _run([*ruff, "check", "--quiet", "--fix", "--select", "I", *names], ROOT)
    _run([*ruff, "format", "--quiet", *names], ROOT)


def _run(command: Sequence[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - words of ours
    if done.returncode != 0:
        raise Refused(f"{' '.join(command[:3])}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

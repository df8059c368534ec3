"""The entry point of `araldo` and of `python -m araldo`."""

from __future__ import annotations

import sys

from araldo.console import say
from araldo.errors import Sentence

_STARTING = Sentence("Araldo is starting; this takes some seconds.", "Araldo si avvia; servono alcuni secondi.")


def main() -> None:
    if sys.argv[1:2] == ["run"]:
        say(_STARTING)
    # Imported late, because loading all commands takes seconds.
    from araldo.cli import main as run_command

    run_command()


if __name__ == "__main__":
    main()

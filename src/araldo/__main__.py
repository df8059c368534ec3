"""The entry point of `araldo` and of `python -m araldo`."""

from __future__ import annotations

import sys

from araldo.console import print_message
from araldo.messages import Message


def main() -> None:
    if sys.argv[1:2] == ["run"]:
        print_message(Message("run.loading"))
    # Imported late, because loading all commands takes seconds.
    from araldo.cli import main as run_command

    run_command()


if __name__ == "__main__":
    main()

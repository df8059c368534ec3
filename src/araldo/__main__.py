"""The entry point of `python -m araldo`."""

from __future__ import annotations

from araldo.cli import main

if __name__ == "__main__":
    main()
